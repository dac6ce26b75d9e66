package privacy

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// The lengths of numbers with their calling code. [ITU-T E.164]
const (
	// shortestBare is the minimum number of digits of a phone number without + or 00; a
	// shorter one is taken for an order number.
	shortestBare = 11
	longestBare  = 15
	// shortestPhone is the minimum number of digits of any phone number.
	shortestPhone = 7
)

// number is the result of parsing a text as a phone number. A number in the cache does
// not change any more.
type number struct {
	// text is a copy of the text.
	text    string
	digits  string // E.164 without +, or the text's own digits
	country string // ISO 3166-1 alpha-2, empty if not known
	// code is the length of the calling code, which begins digits; 0 if country is empty.
	code int
	// judged says that possible and valid are set; only ids need them, and they cost
	// time.
	judged, possible, valid bool
	derived
}

// derived is the part of a number that is set together, when it is first needed.
type derived struct {
	// pseudonyms are those under all keys, the newest key's first; nil until needed.
	pseudonyms []avro.Pseudonym
	// plan is that of the number's block, nil if it has none.
	plan *plan
	// hash identifies the number in the sets of blocks.
	hash uint64
}

// parse reads a number as E.164 with or without its plus.
func (p *Pseudonymiser) parse(text string) number {
	w := read(text)
	if w.plus || w.bare {
		if region, code := p.territories.region(w.digits); region != "" {
			return number{text: text, digits: w.digits, country: region, code: code}
		}
	}
	return lookUp(text, &w)
}

// lookUp parses a number with the library's patterns, which also determine whether it
// is valid. Its digits are those of the parsed number: they exclude a trunk prefix such
// as the 0 in +49 (0) 151.
func lookUp(text string, w *writing) number {
	n := number{text: text, digits: w.own, judged: true}
	if !w.international() {
		return n
	}
	parsed, err := phonenumbers.Parse("+"+w.digits, "")
	if err != nil {
		return n
	}
	n.valid = phonenumbers.IsValidNumber(parsed)
	n.possible = n.valid || phonenumbers.IsPossibleNumber(parsed)
	if n.valid || n.possible && (w.plus || w.bare) {
		n.set(parsed)
	}
	return n
}

func (n *number) set(parsed *phonenumbers.PhoneNumber) {
	code := strconv.Itoa(int(parsed.GetCountryCode()))
	n.digits = code + phonenumbers.GetNationalSignificantNumber(parsed)
	n.country, n.code = phonenumbers.GetRegionCodeForNumber(parsed), len(code)
	if n.country == "ZZ" || n.country == "001" {
		n.country, n.code = "", 0
	}
}

// judged returns the number of a text with possible and valid set.
func (p *Pseudonymiser) judged(text string, w *writing) *number {
	known := p.cache.get(text)
	if known != nil && known.judged {
		return known
	}
	n := lookUp(strings.Clone(text), w)
	if known != nil {
		n.derived = known.derived
	}
	p.cache.add(&n)
	return &n
}

// national returns the number that a text is in national form, in the first of the
// countries with such a number: a valid number, or a possible one with the trunk
// prefix, such as 0, which order numbers do not have. It returns nil if there is none.
func (p *Pseudonymiser) national(countries []string, digits string) *number {
	if len(digits) < shortestPhone || len(digits) > longestBare {
		return nil
	}
	text := strings.Join(countries, ",") + ":" + digits
	n := p.cache.get(text)
	if n == nil {
		found := nationalIn(countries, digits)
		found.text, found.judged = text, true
		p.cache.add(&found)
		n = &found
	}
	if !n.possible {
		return nil
	}
	return n
}

func nationalIn(countries []string, digits string) (n number) {
	for _, country := range countries {
		parsed, err := phonenumbers.Parse(digits, country)
		if err != nil {
			continue
		}
		trunk := phonenumbers.GetNddPrefixForRegion(country, true)
		n.valid = phonenumbers.IsValidNumber(parsed)
		n.possible = n.valid || trunk != "" && strings.HasPrefix(digits, trunk) && phonenumbers.IsPossibleNumber(parsed)
		if n.possible {
			n.set(parsed)
			return n
		}
	}
	return n
}
