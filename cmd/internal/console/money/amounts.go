package money

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/processor/money"
)

func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(whole))
}

// byAmount are the currencies of sums, that of the most minor units first.
func byAmount(by map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
}

// amounts writes sums by currency.
func amounts(by map[string]int64) string {
	var parts []string
	for _, currency := range byAmount(by) {
		parts = append(parts, view.Money(by[currency], cmp.Or(currency, "of no currency")))
	}
	return cmp.Or(strings.Join(parts, ", "), "–")
}

// largest splits a list of amounts into the first and the others, so that a tile shows one in large digits.
func largest(amounts string) (first, others string) {
	first, others, more := strings.Cut(amounts, ", ")
	if more {
		others = "and " + others
	}
	return first, others
}

// each is the cost of one of n, by currency, with two digits more than amounts have; a lower bound if there
// are codes without a known cost.
func each(f *feed.Funnel, n int64) string {
	if n == 0 || len(f.Cost) == 0 {
		return "–"
	}
	var parts []string
	for _, currency := range byAmount(f.Cost) {
		digits := money.Digits(currency)
		parts = append(parts, strings.TrimSpace(strconv.FormatFloat(float64(f.Cost[currency])/float64(n)/math.Pow10(digits), 'f', digits+2, 64)+" "+currency))
	}
	text := strings.Join(parts, ", ")
	if f.CostUnknown > 0 {
		return "≥ " + text
	}
	return text
}
