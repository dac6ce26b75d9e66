// Package jsonscan parses the providers' JSON strictly and without reflection: a
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
// so that a decoder checks once, at the end. A scanner refuses invalid UTF-8, bytes after
// the value, and nesting deeper than MaxDepth. It does not look for repeated keys: it
// returns every key in order, and the caller decides.
//
// The lenient readers accept a value in every unambiguous form that senders are known to
// write: a number as text, 12.0 for 12, [] for {}, a time with +0100. They skip an
// ambiguous or malformed value and report it, so that one such field does not make the
// whole text unreadable.
//
// NewLoose is for callers that only pass a text on: it finds fields in a text even if other
// parts are not JSON, and does not validate values that it skips.
//
// This package exists because the standard decoder costs ten times as much per webhook and
// accepts invalid UTF-8 without an error.
package jsonscan
