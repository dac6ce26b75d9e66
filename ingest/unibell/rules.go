package unibell

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Rules limit the calls that the callers of a source may place. Without them, a stolen
// token could place any call at our cost.
type Rules struct {
	// Prefixes are the beginnings of numbers that may be called and called from, digits
	// without plus.
	Prefixes []string
	// MinCode and MaxCode bound the digits of a code.
	MinCode, MaxCode int
}

// DefaultPrefix begins the numbers that the provider documents: 7XXXXXXXXXX ([S] 000).
const DefaultPrefix = "7"

// maxReference limits a reference, in bytes. The processor accepts no longer ids, so it
// could not join the call's status.
const maxReference = 256

// The reasons of a Fault.
const (
	reasonInvalid = "relay_invalid"
	reasonPrefix  = "relay_prefix"
	reasonPremium = "relay_premium"
	reasonCode    = "relay_code"
)

// check returns a fault for a request that the provider's documentation or the rules do
// not allow.
func (r *Rules) check(f *scan) error {
	switch {
	case f.repeated != "":
		return &Fault{Status: StatusInvalidScheme, Text: "Field " + f.repeated + " must not be repeated", Reason: reasonInvalid}
	case f.wrongRow != "":
		return &Fault{Status: StatusInvalidScheme, Text: "Field " + f.wrongRow + " must be a string", Reason: reasonInvalid}
	case len(f.fields["reference"]) > maxReference:
		return &Fault{Status: StatusInvalidData, Text: "Field reference must have at most 256 bytes", Reason: reasonInvalid}
	}
	for _, name := range []string{"sourceAddr", "destAddr"} {
		if reason, text := r.number(f.fields[name]); reason != "" {
			return &Fault{Status: StatusInvalidData, Text: "Field " + name + " " + text, Reason: reason}
		}
	}
	code := f.fields["code"]
	switch {
	case code == "":
		return &Fault{Status: StatusInvalidData, Text: "Field code is required", Reason: reasonInvalid}
	case !digits(code) || len(code) < r.MinCode || len(code) > r.MaxCode:
		return &Fault{Status: StatusInvalidData, Text: "Field code must have the configured number of digits and nothing else", Reason: reasonCode}
	}
	return nil
}

// number returns why a number may not be in a call, "" if it may.
func (r *Rules) number(addr string) (reason, text string) {
	const russian, least, most = 11, 8, 15 // digits: of a number that begins with 7, of any (E.164)
	number := strings.TrimPrefix(addr, "+")
	documented := len(number) == russian && strings.HasPrefix(number, DefaultPrefix)
	foreign := len(number) >= least && len(number) <= most && !strings.HasPrefix(number, DefaultPrefix)
	switch {
	case addr == "":
		return reasonInvalid, "is required"
	case strings.ContainsFunc(addr, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }):
		return reasonInvalid, "must not contain Cyrillic"
	case !digits(number) || !documented && !foreign:
		return reasonInvalid, "must be a phone number in the format 7XXXXXXXXXX"
	case !r.allows(number):
		return reasonPrefix, "must begin with a prefix that is allowed for this source"
	case premium(number):
		return reasonPremium, "must not be a premium rate number"
	}
	return "", ""
}

func (r *Rules) allows(number string) bool {
	for _, prefix := range r.Prefixes {
		if strings.HasPrefix(number, prefix) {
			return true
		}
	}
	return false
}

// premium says whether a call of the number costs more than usual, by the national
// numbering plans.
func premium(number string) bool {
	parsed, err := phonenumbers.Parse("+"+number, "")
	return err == nil && phonenumbers.GetNumberType(parsed) == phonenumbers.PREMIUM_RATE
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
