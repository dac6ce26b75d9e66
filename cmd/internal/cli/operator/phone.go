package operator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/processor/privacy"
)

// countryHelp is the help of --country.
const countryHelp = "the country of a number that is written without its prefix, such as DE"

// pseudonymsOf reads a phone number and returns its pseudonyms under every configured
// key, for every notation in which a provider may have sent it. country is the country
// of a national number, empty if the number has its prefix.
func pseudonymsOf(c *config.Config, from io.Reader, country string) ([]string, error) {
	const longest = 64
	line, err := bufio.NewReader(io.LimitReader(from, longest)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("--phone-stdin: %w", err)
	}
	number := strings.TrimSpace(line)
	if number == "" {
		return nil, cli.Usage(errors.New("--phone-stdin: there is no number on the standard input"))
	}
	p, err := c.Pseudonymiser()
	if err != nil {
		return nil, err
	}
	begins := make([]time.Time, len(c.Privacy.Keys))
	for i := range c.Privacy.Keys {
		begins[i] = c.Privacy.Keys[i].From
	}
	out, err := Pseudonyms(p, begins, number, country)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("--phone-stdin: %w", err))
	}
	return out, nil
}

// Pseudonyms returns the pseudonyms of a phone number under every key, for every notation in which a
// provider may have sent it. begins are the begins of the keys' time spans; country is that of a
// national number, empty if the number has its prefix.
func Pseudonyms(p *privacy.Pseudonymiser, begins []time.Time, number, country string) ([]string, error) {
	writings, region, err := writingsOf(number, country)
	if err != nil {
		return nil, err
	}
	// Each key applies in a time span: asking at the beginning of each span uses every
	// key.
	var out []string
	for _, begin := range begins {
		for _, writing := range writings {
			phone := p.Phone(writing, begin)
			if phone.Country.Set && phone.Country.Value != region {
				continue // the digits without a prefix are a whole number of another country
			}
			for _, pseudonym := range phone.Pseudonyms {
				if !slices.Contains(out, pseudonym.HMAC) {
					out = append(out, pseudonym.HMAC)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("that is no number, or no key is configured in privacy.keys")
	}
	return out, nil
}

// writingsOf returns the notations in which a number may have been sent, without
// duplicates, and its country. A national number without a country is rejected: in
// other countries the same digits belong to other people.
func writingsOf(number, country string) (writings []string, region string, err error) {
	country = strings.ToUpper(country)
	if country != "" && phonenumbers.GetCountryCodeForRegion(country) == 0 {
		return nil, "", fmt.Errorf("--country: %q is no country of two letters, such as DE", country)
	}
	text := number
	if digits := phonenumbers.NormalizeDigitsOnly(number); strings.HasPrefix(digits, "00") && !strings.Contains(number, "+") {
		text = "+" + strings.TrimLeft(digits, "0")
	}
	parsed, err := phonenumbers.Parse(text, country)
	if err != nil && country == "" {
		// Providers also write the international number without its plus.
		parsed, err = phonenumbers.Parse("+"+phonenumbers.NormalizeDigitsOnly(number), "")
		if err == nil && !phonenumbers.IsPossibleNumber(parsed) {
			err = phonenumbers.ErrNotANumber
		}
	}
	if err != nil {
		return nil, "", errors.New("that is no international number: write it with + and the country's prefix, or say --country")
	}
	e164 := phonenumbers.Format(parsed, phonenumbers.E164)
	national := phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	digits := strings.TrimPrefix(e164, "+")
	out := []string{
		number, e164, digits, "00" + digits, phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL),
		national, phonenumbers.NormalizeDigitsOnly(national), phonenumbers.GetNationalSignificantNumber(parsed),
	}
	slices.Sort(out)
	return slices.Compact(out), phonenumbers.GetRegionCodeForNumber(parsed), nil
}
