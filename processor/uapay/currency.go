package uapay

import "strings"

// currency is that of a callback that names none: UAPAY's documentation knows no other.
const currency = "UAH"

// noCurrency is ISO 4217's code for none: the callback names one that is no ISO 4217 code.
const noCurrency = "XXX"

// currencyOf reads a currency: an ISO 4217 code of letters in any case, or a number, as
// UAPAY's requests have it [D]. It is empty for an empty text.
func currencyOf(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	switch text {
	case "":
		return ""
	case "980":
		return currency
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
		return noCurrency
	}
	return text
}
