package privacy

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// territory is what a country's numbers look like in the international form, as far
// as it can be told without the library's patterns: they cost more than all else
// that is done to a record, and most numbers are plain ones of a country that has
// its calling code to itself.
type territory struct {
	region string
	// prefix is what the country's own form has in front. A number that begins with it
	// all the same may be meant without it: that is left to the library.
	prefix string
	// lengths has the bit of each length that a number without its calling code can
	// have.
	lengths uint32
}

// longest calling code, and shortest and longest number behind it. [ITU-T E.164]
const (
	longestCode  = 3
	shortestNSN  = 2
	longestNSN   = 17
	callingCodes = 1000
)

// territories is by calling code; a code that several countries share, or whose
// numbers are not simply told, has no region.
type territories [callingCodes]territory

func newTerritories() (*territories, error) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, errors.New("read the table of the world's phone numbers: it is built into the program")
	}
	t := &territories{}
	for _, country := range all.GetMetadata() {
		code := country.GetCountryCode()
		if code <= 0 || code >= callingCodes {
			continue
		}
		prefix := country.GetNationalPrefixForParsing()
		regions := phonenumbers.GetRegionCodesForCountryCode(int(code))
		plain := strings.Trim(prefix, "0123456789") == ""
		if len(regions) != 1 || regions[0] != country.GetId() || regions[0] == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY || !plain {
			continue
		}
		t[code] = territory{region: regions[0], prefix: prefix, lengths: lengthsOf(country.GetGeneralDesc())} //nolint:gosec // bounded above
	}
	return t, nil
}

func lengthsOf(general *phonenumbers.PhoneNumberDesc) (bits uint32) {
	for _, lengths := range [][]int32{general.GetPossibleLength(), general.GetPossibleLengthLocalOnly()} {
		for _, n := range lengths {
			if n >= shortestNSN && n <= longestNSN {
				bits |= 1 << n
			}
		}
	}
	return bits
}

// region returns the country of the E.164 digits of a possible number, where that
// can be told at once; the library says the same. It is empty for any other.
func (t *territories) region(digits string) string {
	if strings.HasPrefix(digits, "0") {
		return "" // no calling code begins so
	}
	code := 0
	for i := range min(longestCode, len(digits)) {
		code = code*10 + int(digits[i]-'0')
		found := &t[code]
		if found.region == "" {
			continue
		}
		rest := digits[i+1:]
		if len(rest) < shortestNSN || len(rest) > longestNSN || found.lengths&(1<<len(rest)) == 0 {
			return ""
		}
		if rest[0] == '0' || found.prefix != "" && strings.HasPrefix(rest, found.prefix) {
			return ""
		}
		return found.region
	}
	return ""
}
