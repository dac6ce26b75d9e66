package simulator

import "math/rand/v2"

// country is a destination of codes with the price of an attempt there by channel, in
// hundredths of the currency in which the account is billed.
type country struct {
	code string
	// prefixes begin mobile numbers of ranges that are assigned; digits follow.
	prefixes []string
	digits   int
	// weight is its relative share of the customers.
	weight               int
	telegram, voice, sms int
}

// countries are those of the customers. The prices are made up.
func countries() []country {
	return []country{
		{"UA", []string{"+38050", "+38067", "+38063"}, 7, 34, 1, 4, 7},
		{"DE", []string{"+49151", "+49176"}, 8, 14, 1, 9, 8},
		{"PL", []string{"+48601", "+48512"}, 6, 12, 1, 5, 4},
		{"RO", []string{"+40722"}, 6, 6, 1, 4, 5},
		{"CZ", []string{"+420602"}, 6, 5, 1, 5, 6},
		{"IT", []string{"+39347"}, 7, 5, 1, 6, 7},
		{"ES", []string{"+34612"}, 6, 5, 1, 5, 6},
		{"FR", []string{"+33612"}, 6, 4, 1, 7, 6},
		{"GB", []string{"+447400"}, 6, 4, 1, 6, 5},
		{"AT", []string{"+43664"}, 7, 3, 1, 8, 9},
		{"NL", []string{"+31612"}, 6, 3, 1, 8, 9},
		{"CH", []string{"+4179"}, 7, 2, 1, 9, 6},
		{"TR", []string{"+90532"}, 7, 2, 1, 12, 3},
		{"KZ", []string{"+7701"}, 7, 1, 1, 18, 21},
	}
}

// pumped is the country whose operators a fraudster shares the income with: codes are
// dear there.
func pumped() country {
	return country{"UZ", []string{"+99890123"}, 4, 0, 1, 21, 28}
}

// unassigned is a range without assigned numbers: its numbers have no country.
func unassigned() country {
	return country{"", []string{"+44770090"}, 4, 0, 1, 6, 5}
}

// called are the countries that Unibell calls.
func called() []country {
	return []country{
		{"RU", []string{"+7916"}, 7, 0, 1, 4, 5},
		{"KZ", []string{"+7701"}, 7, 0, 1, 18, 21},
	}
}

// destination draws a customer's country; one number in forty is of no assigned range.
func destination(rng *rand.Rand) country {
	if rng.IntN(40) == 0 {
		return unassigned()
	}
	all := countries()
	total := 0
	for i := range all {
		total += all[i].weight
	}
	n := rng.IntN(total)
	for i := range all {
		if n -= all[i].weight; n < 0 {
			return all[i]
		}
	}
	return all[0]
}

// price returns the price of an attempt on a channel.
func (c *country) price(channel string) int {
	switch channel {
	case "telegram":
		return c.telegram
	case "voice":
		return c.voice
	case "sms":
		return c.sms
	}
	return 2
}

// number makes a mobile number of a country.
func (t *instance) number(of *country) string {
	return of.prefixes[t.rng.IntN(len(of.prefixes))] + t.digits(of.digits)
}
