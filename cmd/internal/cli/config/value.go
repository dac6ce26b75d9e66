package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"time"
)

// daysOrWeeks is a time span in a unit that durations do not have.
var daysOrWeeks = regexp.MustCompile(`^(\d{1,5})\s*([dw])$`)

// number is a number without a unit.
var number = regexp.MustCompile(`^\d+(\.\d+)?$`)

// unfit returns the reason why a text cannot be the value of a setting of this type, with the
// spelling to use instead, or "" if it can.
func unfit(leaf reflect.Type, text string) string {
	switch {
	case leaf == nil:
		return ""
	case leaf == reflect.TypeFor[time.Duration]():
		return unfitDuration(text)
	case leaf == reflect.TypeFor[time.Time]():
		if _, err := time.Parse(time.RFC3339, text); err != nil && text != "" {
			return fmt.Sprintf("%q is no time: write 2026-01-31T00:00:00Z", text)
		}
		return ""
	}
	switch leaf.Kind() {
	case reflect.Bool:
		if _, err := strconv.ParseBool(text); err != nil {
			return fmt.Sprintf("%q is neither true nor false", text)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if _, err := strconv.ParseInt(text, 10, leaf.Bits()); err != nil {
			return fmt.Sprintf("%q is no whole number of at most %d bits: write digits only", text, leaf.Bits())
		}
	case reflect.Float32, reflect.Float64:
		if _, err := strconv.ParseFloat(text, leaf.Bits()); err != nil {
			return fmt.Sprintf("%q is no number", text)
		}
	default:
	}
	return ""
}

func unfitDuration(text string) string {
	if _, err := time.ParseDuration(text); err == nil {
		return ""
	}
	if parts := daysOrWeeks.FindStringSubmatch(text); parts != nil {
		days, _ := strconv.Atoi(parts[1])
		if parts[2] == "w" {
			days *= 7
		}
		return fmt.Sprintf("%q is no duration: write %dh", text, days*24)
	}
	if number.MatchString(text) {
		return fmt.Sprintf("%q has no unit: write %ss for seconds, or %sms", text, text, text)
	}
	return fmt.Sprintf("%q is no duration: write a number and a unit, such as 500ms, 30s, 15m or 72h", text)
}
