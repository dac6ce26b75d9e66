package privacy

import (
	"strings"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// Correlate returns the correlation id at the JSON pointer in a field's text, in the
// form in which it may leave: see ID. It is empty if there is none or it is blank. It
// does not include the source's namespace.
func (p *Pseudonymiser) Correlate(s *source.Source, c source.Correlation, text string) string {
	return p.ID(s, correlated(c, text))
}

// correlated returns the text at the place of a correlation id, without surrounding white
// space.
func correlated(c source.Correlation, text string) string {
	if c.Pointer != "" {
		text, _ = jsonscan.Lookup(text, c.Pointer)
	}
	if strings.ContainsRune(text, utf8.RuneError) {
		return "" // it was no Unicode text, and two ids would become one
	}
	return strings.TrimSpace(text)
}

// ID returns an id of a provider or a customer, without surrounding white space, in the
// form in which it may leave the restricted topics. An id that looks like one by the
// source's rules leaves unchanged; any other becomes a pseudonym, which is the same
// wherever the id occurs:
//
//	phone:<key id>:<HMAC of the E.164 digits>    a phone number in any writing
//	hmac:<key id>:<HMAC of the text>             all else
//
// The key is that of ids, the same at all times, so that a case that begins before a key
// rotation and ends after it remains one case.
func (p *Pseudonymiser) ID(s *source.Source, text string) string {
	text = strings.TrimSpace(text)
	if isUUID(&s.IDs, text) {
		return text
	}
	like, digits := looksLikeID(&s.IDs, text, noSpace)
	if like && isPlain(s, text, digits) || text == "" {
		return text
	}
	return p.judge(s, text, like)
}

// Word returns a provider's own word, such as a status, in the form in which it may
// leave. A text with spaces leaves unchanged if it has too few digits for a one-time
// code; otherwise the rules of ID apply.
func (p *Pseudonymiser) Word(s *source.Source, text string) string {
	const shortestCode = 4
	if like, digits := looksLikeID(&s.IDs, text, space); like && digits < shortestCode {
		return text
	}
	return p.ID(s, text)
}

// isPlain reports whether a text that looks like an id, and is no UUID, has too few
// digits to contain a number. False means that the slower checks are needed.
func isPlain(s *source.Source, text string, digits int) bool {
	switch {
	case digits < shortestPhone:
		return true
	case digits >= shortestBare || len(s.PhoneCountries) > 0:
		return false
	}
	for i := range len(text) {
		c := text[i]
		exit := c == '0' && (i == 0 || !isDigit(text[i-1])) && strings.HasPrefix(text[i+1:], "0")
		if exit || c == ':' || c == '+' {
			return false
		}
	}
	return true
}

// judge is the slow path of ID, for a text that the quick checks do not recognise as an
// id.
func (p *Pseudonymiser) judge(s *source.Source, text string, like bool) string {
	if n := p.phoneOf(s, text, like); n != nil {
		return p.pseudonymOf(s, source.PhonePrefix, n.digits)
	}
	like = like || s.IDs.Allows(source.AllowText) && !reserved(text)
	if like && !p.hides(s, text) {
		return text
	}
	return p.pseudonymOf(s, source.HMACPrefix, text)
}

// Text returns a value that the source's configuration exposes, as payload_fields does:
// a phone number in the form of ID, anything else unchanged.
func (p *Pseudonymiser) Text(s *source.Source, text string) string {
	plain := strings.TrimSpace(text)
	if isUUID(&s.IDs, plain) {
		return text
	}
	like, digits := looksLikeID(&s.IDs, plain, noSpace)
	if like && isPlain(s, plain, digits) {
		return text
	}
	if n := p.phoneOf(s, plain, like); n != nil {
		return p.pseudonymOf(s, source.PhonePrefix, n.digits)
	}
	return text
}

// Characters that an id may have in addition to the source's.
const (
	noSpace = 0
	space   = ' '
)

// looksLikeID reports whether a text has at most the length of an id, consists of an
// id's characters and the additional one, and does not look like one of our pseudonyms;
// digits is the number of its digits.
func looksLikeID(rules *source.IDs, text string, besides byte) (like bool, digits int) {
	if len(text) > rules.MaxLength {
		return false, 0
	}
	usual := rules.Characters == source.DefaultCharacters
	for i := range len(text) {
		switch c := text[i]; {
		case c-'0' <= 9:
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case usual && (c == '-' || c == '_' || c == '.' || c == ':'):
		case c == besides && c != noSpace:
		case usual || strings.IndexByte(rules.Characters, c) < 0:
			return false, 0
		}
	}
	return !reserved(text), digits
}

// reserved reports whether a text begins like a pseudonym.
func reserved(text string) bool {
	return strings.HasPrefix(text, source.PhonePrefix) || strings.HasPrefix(text, source.HMACPrefix)
}

// isUUID reports whether a text has the shape of a UUID, whose digits are not a number,
// and the source lets ids of that shape leave. It is the first check, because most
// providers' ids are UUIDs.
func isUUID(rules *source.IDs, text string) bool {
	const length = 36
	if len(text) != length || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return false
	}
	if rules.MaxLength < length || rules.Characters != source.DefaultCharacters && strings.IndexByte(rules.Characters, '-') < 0 {
		return false
	}
	return isHex(text[:8]) && isHex(text[9:13]) && isHex(text[14:18]) && isHex(text[19:23]) && isHex(text[24:])
}

// isHex reports whether a text consists of hexadecimal digits, without a branch for
// each character.
func isHex(text string) bool {
	// A bit for each character, 64 in a word.
	const figures, letters = uint64(0x3ff) << '0', uint64(0x3f)<<('A'-64) | uint64(0x3f)<<('a'-64)
	words, all := [4]uint64{figures, letters}, uint64(1)
	for i := range len(text) {
		all &= words[text[i]>>6] >> (text[i] & 63)
	}
	return all != 0
}

// phoneOf returns the phone number that a text is, or nil: a possible number with + or
// 00, a valid one with its calling code, or a national form of the source's countries.
// like says that the text could be an id; separators then do not make it a number.
func (p *Pseudonymiser) phoneOf(s *source.Source, text string, like bool) *number {
	if s.IDs.Allows(source.AllowPhones) || like && isWord(text) {
		return nil
	}
	w := read(text)
	if w.words || len(w.digits) < shortestPhone || len(w.digits) > longestNSN {
		return nil
	}
	long := len(w.digits) >= shortestBare && len(w.digits) <= longestBare
	if w.plus || long && (w.bare || w.scheme || !like) {
		if n := p.judged(text, &w); n.valid || w.plus && n.possible {
			return n
		}
	}
	if w.plus || len(s.PhoneCountries) == 0 {
		return nil
	}
	return p.national(s.PhoneCountries, w.digits)
}

// isWord reports whether a text has letters, and no colon, which could end the scheme
// of a number.
func isWord(text string) bool {
	return strings.IndexByte(text, ':') < 0 && strings.ContainsFunc(text, func(r rune) bool { return r >= 'A' })
}

// pseudonymOf returns the pseudonym of an id and counts it.
func (p *Pseudonymiser) pseudonymOf(s *source.Source, prefix, text string) string {
	p.ids.WithLabelValues(s.Provider, s.ID, strings.TrimSuffix(prefix, ":")).Inc()
	return p.keys[0].pseudonym(prefix, text)
}

// pseudonym returns the pseudonym of a phone's digits or of another text, by the prefix.
func (k *key) pseudonym(prefix, text string) string {
	if prefix == source.HMACPrefix {
		// The zero byte keeps the HMACs of texts apart from those of phones' digits.
		text = strings.TrimSuffix(prefix, ":") + "\x00" + text
	}
	return prefix + k.ID + ":" + k.hmac(text)
}
