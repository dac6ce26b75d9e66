package privacy

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writing is a text parsed as a phone number in any notation.
type writing struct {
	// own are the text's digits; digits are the same without a 00 that stands for a
	// plus.
	own, digits string
	// plus is set if the digits begin with a calling code, after + or 00.
	plus bool
	// bare is set if the text consists of ASCII digits only.
	bare bool
	// words is set if the text has letters that are not a scheme.
	words bool
	// scheme is set if a URI scheme marks the text as a phone number.
	scheme bool
}

// international reports whether the digits may begin with a calling code: after a plus,
// as providers write numbers, or in a text with separators that is long enough for one.
func (w *writing) international() bool {
	return w.plus || w.bare || len(w.digits) >= shortestBare
}

// read reads a text. Most are digits with or without a plus, and cost no memory.
func read(text string) writing {
	digits := strings.TrimPrefix(text, "+")
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return readAny(text)
		}
	}
	return newWriting(digits, len(digits) != len(text))
}

func newWriting(digits string, plus bool) writing {
	w := writing{own: digits, digits: digits, plus: plus, bare: !plus}
	if plain := strings.TrimPrefix(digits, "00"); len(plain) != len(digits) {
		w.digits, w.plus = plain, true
	}
	return w
}

// readAny reads a text with a scheme, separators or digits of another script.
func readAny(text string) writing {
	text, scheme := cutScheme(strings.TrimSpace(text))
	var digits []byte
	plus, words := false, false
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case unicode.Is(unicode.Nd, r):
			digits = append(digits, '0'+digitOf(r))
		case len(digits) == 0 && isPlus(r):
			plus = true
		case r == utf8.RuneError, unicode.IsLetter(r), unicode.IsNumber(r):
			words = true
		}
	}
	w := newWriting(string(digits), plus)
	w.bare, w.words, w.scheme = false, words, scheme
	return w
}

// isPlus says whether a character is a plus: also the full-width, small and raised one.
func isPlus(r rune) bool {
	return r == '+' || r == '\uff0b' || r == '\ufe62' || r == '\u207a'
}

// digitOf returns the value of a decimal digit of any script: Unicode has them in runs of
// ten, from 0 to 9.
func digitOf(r rune) byte {
	for _, run := range unicode.Nd.R16 {
		if r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10) //nolint:gosec // below 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r <= rune(run.Hi) { //nolint:gosec // a code point
			return byte((r - rune(run.Lo)) % 10) //nolint:gosec // below 10
		}
	}
	return 0
}

// cutScheme returns the part of a URI that holds the number (RFC 3966, RFC 5724 and the
// messengers' own), without the parameters; any other text as it is.
func cutScheme(text string) (rest string, isURI bool) {
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !phoneScheme(strings.ToLower(strings.TrimSpace(scheme))) {
		return cutExtension(text), false
	}
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
	}
	for _, before := range [...]string{"phone=", "number=", "wa.me/"} {
		if _, number, linked := strings.Cut(rest, before); linked {
			rest = "+" + number // a link has the calling code
			break
		}
	}
	rest, _, _ = strings.Cut(rest, "@")
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "&")
	return cutExtension(rest), true
}

// cutExtension returns a number without its extension: the digits to dial once the call
// is answered.
func cutExtension(text string) string {
	if i := strings.IndexAny(text, ";#"); i > 0 {
		text = text[:i]
	}
	if i := strings.Index(strings.ToLower(text), "ext"); i > 0 {
		text = text[:i]
	}
	return text
}

func phoneScheme(scheme string) bool {
	switch scheme {
	case "tel", "sms", "smsto", "mms", "callto", "phone", "mobile", "fax", "sip", "sips", "facetime", "facetime-audio",
		"whatsapp", "wa", "viber", "signal", "sgnl", "skype", "telegram", "tg", "http", "https":
		return true
	}
	return false
}
