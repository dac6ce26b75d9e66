package privacy

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/source"
)

// The digits of a card number. [ISO/IEC 7812-1]
const (
	shortestCard = 13
	longestCard  = 19
)

// hides reports whether a text contains a card number or a phone number: in any
// sequence of groups of digits with single other characters between them, as in
// 4111-1111-1111-1111. A text with a scheme such as tel: is a phone number.
func (p *Pseudonymiser) hides(s *source.Source, text string) bool {
	h := hidden{p: p, countries: s.PhoneCountries, cards: !s.IDs.Allows(source.AllowCards), phones: !s.IDs.Allows(source.AllowPhones)}
	if h.phones && strings.IndexByte(text, ':') > 0 && read(text).scheme {
		return true
	}
	var digits [64]byte
	var groups [32]int
	h.digits, h.groups = digits[:0], groups[:0]
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if i == 0 || !isDigit(text[i-1]) {
				h.groups = append(h.groups, len(h.digits))
				h.plus = h.plus || len(h.digits) == 0 && i > 0 && text[i-1] == '+'
			}
			h.digits = append(h.digits, c)
		case isLetter(c) || c == '+' || i > 0 && !isDigit(text[i-1]):
			if h.found() {
				return true
			}
			h.digits, h.groups, h.plus = h.digits[:0], h.groups[:0], false
		}
	}
	return h.found()
}

// hidden holds the digits of one sequence.
type hidden struct {
	p             *Pseudonymiser
	countries     []string
	cards, phones bool
	digits        []byte
	groups        []int // where each group begins
	plus          bool  // a plus stands in front of the first
}

// found reports whether some neighbouring groups form a card number or a phone number.
func (h *hidden) found() bool {
	if len(h.digits) < shortestPhone {
		return false
	}
	for i, begin := range h.groups {
		for j := i + 1; j <= len(h.groups); j++ {
			end := len(h.digits)
			if j < len(h.groups) {
				end = h.groups[j]
			}
			some := h.digits[begin:end]
			if h.cards && len(some) >= shortestCard && len(some) <= longestCard && luhn(some) {
				return true
			}
			if h.phones && h.phone(some, h.plus && i == 0) {
				return true
			}
		}
	}
	return false
}

// phone reports whether digits are a phone number: after a plus or 00, or in one of the
// countries.
func (h *hidden) phone(digits []byte, plus bool) bool {
	if len(digits) < shortestPhone || len(digits) > longestNSN {
		return false
	}
	// No calling code begins with 0: 000123 is an order number.
	if plus || digits[0] == '0' && digits[1] == '0' && digits[2] != '0' {
		text := string(digits)
		w := newWriting(text, plus)
		return h.p.judged(text, &w).possible
	}
	return len(h.countries) > 0 && h.p.national(h.countries, string(digits)) != nil
}

// luhn reports whether the last digit is the check digit of those before it, as in card
// numbers. [ISO/IEC 7812-1 annex B]
func luhn(digits []byte) bool {
	sum := 0
	double := false
	for _, c := range slices.Backward(digits) {
		d := int(c - '0')
		if double {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
