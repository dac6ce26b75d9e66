package cli

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// ParseTime parses a time, or a time span before now; empty is the zero time.
func ParseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := timespan.Parse(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, Usage(fmt.Errorf("%s: %q is no time such as 2026-01-02T15:04:05Z, nor a time span such as 24h or 7d", flag, text))
	}
	return at, nil
}
