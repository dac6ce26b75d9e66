package signal

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/money"
)

// Round rounds to a number of significant digits, so that a figure only changes if a reader
// would act otherwise.
func Round(v float64, digits int) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	// By way of the decimal text: a product with a power of ten has a rounding error of its own.
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

// Span writes a duration as a person says it: "40 s", "25 min", "9 h", "4 d".
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, u := range []struct {
		name string
		unit time.Duration
		// below is where the next unit begins.
		below time.Duration
	}{{"s", time.Second, 2 * time.Minute}, {"min", time.Minute, 2 * time.Hour}, {"h", time.Hour, 2 * day}} {
		if d < u.below {
			return strconv.FormatInt(int64(d.Round(u.unit)/u.unit), 10) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(d.Round(day)/day), 10) + " d"
}

// Money writes an amount: "12.30 EUR".
func Money(minor int64, currency string) string {
	digits := money.Digits(currency)
	text := strconv.FormatInt(minor, 10)
	sign := ""
	if minor < 0 {
		sign, text = "-", text[1:]
	}
	if digits > 0 {
		if missing := digits + 1 - len(text); missing > 0 {
			text = strings.Repeat("0", missing) + text
		}
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	return strings.TrimSuffix(sign+text+" "+currency, " ")
}

// Percent writes a share with two significant digits: "3.2 %".
func Percent(share float64) string {
	const percent, digits = 100, 2
	return strconv.FormatFloat(Round(share*percent, digits), 'f', -1, 64) + " %"
}

// Count writes a number with its noun: "1 code", "1,204 codes".
func Count(n int64, noun string) string {
	text := strconv.FormatInt(n, 10)
	const group = 3
	for i := len(text) - group; i > 0 && text[i-1] != '-'; i -= group {
		text = text[:i] + "," + text[i:]
	}
	if n != 1 {
		noun += "s"
	}
	return text + " " + noun
}
