package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseTime parses a time, or a duration before now; empty is the zero time.
func ParseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.ParseUint(number, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(days)), nil
		}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, Usage(fmt.Errorf("%s: %q is no time such as 2026-01-02T15:04:05Z, nor a duration such as 24h or 7d", flag, text))
	}
	return at, nil
}
