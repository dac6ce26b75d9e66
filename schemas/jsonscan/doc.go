// Package jsonscan reads the providers' JSON strictly and without reflection: a
// pull scanner over bytes that are already in memory.
//
//	s := jsonscan.New(body)
//	s.BeginObject()
//	for {
//		key, more := s.NextKey()
//		if !more {
//			break
//		}
//		switch string(key) {
//		case "id":
//			v.ID = s.String()
//		case "history":
//			for s.BeginArray(); s.NextItem(); {
//				…
//			}
//		default:
//			s.Skip()
//		}
//	}
//	err := s.End()
//
// Errors stick: after the first one every call returns zero values and false,
// so that a decoder checks once, at the end. A scanner refuses what is not UTF-8,
// what follows the value, and nesting deeper than MaxDepth. It does not look for
// repeated keys: it shows every key in order, and the caller decides.
//
// The lenient readers take a value in every form that has one meaning, as senders are
// known to write it: a number as text, 12.0 for 12, [] for {}, a time with +0100. What
// has no one meaning they pass over and say so, so that one field in another form does
// not make the whole text unreadable.
//
// NewLoose is for those who only pass a text on: it finds fields in a text of which
// other parts are not JSON, and judges no value that it skips.
//
// It is ours because the standard decoder costs ten times as much per webhook and
// accepts invalid UTF-8 in silence.
package jsonscan
