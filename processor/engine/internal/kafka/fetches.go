package kafka

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Failing reports whether a poll returned an error of a partition or of the group.
func Failing(fetches kgo.Fetches) bool {
	for _, fe := range fetches.Errors() {
		if !errors.Is(fe.Err, context.DeadlineExceeded) && !errors.Is(fe.Err, context.Canceled) {
			return true
		}
	}
	return false
}
