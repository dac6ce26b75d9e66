package signal_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 119 * time.Second: "119 s", 2 * time.Minute: "2 min", 89*time.Minute + 31*time.Second: "90 min", 2 * time.Hour: "2 h",
		47*time.Hour + 20*time.Minute: "47 h", 48 * time.Hour: "2 d", 85 * time.Hour: "4 d",
	} {
		if got := signal.Span(d); got != want {
			t.Errorf("Span(%v) = %q, want %q", d, got, want)
		}
	}
	for want, got := range map[string]string{
		"12.30 EUR": signal.Money(1230, "EUR"), "-0.05 UAH": signal.Money(-5, "UAH"), "7 JPY": signal.Money(7, "JPY"), "0.00": signal.Money(0, ""),
		"1 code": signal.Count(1, "code"), "1,204 codes": signal.Count(1204, "code"), "-123 codes": signal.Count(-123, "code"), "1,234,567 codes": signal.Count(1234567, "code"),
		"3.2 %": signal.Percent(0.0321), "100 %": signal.Percent(1), "0 %": signal.Percent(0), "0.012 %": signal.Percent(0.00012),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, test := range []struct {
		v, want float64
		digits  int
	}{{0, 0, 2}, {0.123456, 0.12, 2}, {98765, 99000, 2}, {-0.996, -1, 2}, {5.000000001, 5, 3}} {
		if got := signal.Round(test.v, test.digits); got != test.want {
			t.Errorf("Round(%v, %d) = %v, want %v", test.v, test.digits, got, test.want)
		}
	}
}
