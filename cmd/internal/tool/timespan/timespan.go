// Package timespan reads and writes time spans in one form, for settings, flags and output: a
// number and a unit, such as 500ms, 30s, 15m, 36h or 7d; larger units come first, as in 1d12h.
// Wait waits for one.
//
//	setting, flag ─► Parse ─► time.Duration ─► Format (exact), About (two units)
package timespan

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

var (
	// long are the units that Go's durations do not have, in front of the others.
	long = regexp.MustCompile(`^(?:(\d{1,5})w)?(?:(\d{1,6})d)?`)
	// number is a number without a unit.
	number = regexp.MustCompile(`^\d+(\.\d+)?$`)
)

// Parse reads a time span: a Go duration, which may begin with weeks and days. The error says
// which form is valid.
func Parse(text string) (time.Duration, error) {
	parts := long.FindStringSubmatch(text)
	rest := text[len(parts[0]):]
	var d time.Duration
	if rest != "" {
		var err error
		switch d, err = time.ParseDuration(rest); {
		case err == nil && (d >= 0 || parts[0] == ""):
		case number.MatchString(text):
			return 0, fmt.Errorf("%q has no unit: write %ss for seconds, or %sms", text, text, text)
		default:
			return 0, invalid(text)
		}
	} else if text == "" {
		return 0, invalid(text)
	}
	for i, unit := range []time.Duration{week, day} {
		n, _ := strconv.Atoi("0" + parts[i+1])
		if time.Duration(n) > (math.MaxInt64-max(d, 0))/unit {
			return 0, invalid(text)
		}
		d += time.Duration(n) * unit
	}
	return d, nil
}

func invalid(text string) error {
	return fmt.Errorf("%q is no time span: write a number and a unit, such as 500ms, 30s, 15m, 36h or 7d", text)
}

// Format writes a time span exactly, so that Parse reads it again.
func Format(d time.Duration) string {
	if d < 0 {
		return "-" + Format(-d)
	}
	days := ""
	if n := d / day; n > 0 {
		days, d = strconv.FormatInt(int64(n), 10)+"d", d%day
		if d == 0 {
			return days
		}
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return days + text
}

// About writes a time span in two units at most.
func About(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + About(-d)
	case d < 10*time.Millisecond:
		return "0s"
	case d < time.Second:
		return strconv.FormatInt(d.Round(10*time.Millisecond).Milliseconds(), 10) + "ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < day:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d/day), int(d.Hours())%24)
}

// Var defines a flag with a time span; p has its default.
func Var(flags *pflag.FlagSet, p *time.Duration, name, usage string) {
	flags.Var((*value)(p), name, usage)
}

// value is a time span as the value of a flag.
type value time.Duration

// String implements pflag.Value. Help does not show a default of "0".
func (v *value) String() string {
	if *v == 0 {
		return "0"
	}
	return Format(time.Duration(*v))
}

// Set implements pflag.Value.
func (v *value) Set(text string) error {
	d, err := Parse(text)
	*v = value(d)
	return err
}

// Type implements pflag.Value.
func (*value) Type() string { return "span" }
