// Package money reads currencies and converts amounts to minor units, by ISO 4217.
//
//	"eur", "978" ─► EUR          9.875 EUR ─► 988 cents
//
// Promise: a text that is no code of ISO 4217 never leaves as one.
package money

import "strings"

// None is the code of ISO 4217 for no currency: it replaces a text that is no code.
const None = "XXX"

// Currency reads a currency: a code of letters in any case, or the number of one that the
// providers use. It is empty for an empty text.
func Currency(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	switch text {
	case "":
		return ""
	case "980":
		return "UAH"
	case "978":
		return "EUR"
	case "840":
		return "USD"
	case "826":
		return "GBP"
	case "985":
		return "PLN"
	case "756":
		return "CHF"
	case "203":
		return "CZK"
	}
	const letters = 3
	if len(text) != letters || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return None
	}
	return text
}

// Digits returns the number of decimals of a currency's minor unit: 2 for cents, also if the
// currency is not known.
func Digits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	default:
		return 2
	}
}
