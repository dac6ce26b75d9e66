package privacy

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// territory is a country's rules for international numbers, as far as they can be
// checked without the library's patterns: those cost more than the rest of the
// processing of a record, and most numbers are plain ones of a country that has its
// calling code to itself.
type territory struct {
	region string
	// prefix is the trunk prefix of the country's national form. A number that begins
	// with it may contain it by mistake; the library decides that.
	prefix string
	// lengths has a bit for each possible length of a number without its calling code.
	lengths uint32
}

// Lengths of the longest calling code, and of the shortest and longest number after it.
// [ITU-T E.164]
const (
	longestCode  = 3
	shortestNSN  = 2
	longestNSN   = 17
	callingCodes = 1000
)

// territories is indexed by calling code. A code has no region if several countries
// share it or its numbers need the library's patterns.
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

// region returns the country of the E.164 digits of a possible number and the length of
// its calling code, or "" if that needs the library. It never differs from the library.
func (t *territories) region(digits string) (region string, length int) {
	if strings.HasPrefix(digits, "0") {
		return "", 0 // no calling code begins so
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
			return "", 0
		}
		if rest[0] == '0' || found.prefix != "" && strings.HasPrefix(rest, found.prefix) {
			return "", 0
		}
		return found.region, i + 1
	}
	return "", 0
}
