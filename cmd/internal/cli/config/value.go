package config

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// unfit returns the reason why a text cannot be the value of a setting of this type, with the
// spelling to use instead, or "" if it can.
func unfit(leaf reflect.Type, text string) string {
	switch {
	case leaf == nil:
		return ""
	case leaf == reflect.TypeFor[time.Duration]():
		if _, err := timespan.Parse(text); err != nil {
			return err.Error()
		}
		return ""
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
