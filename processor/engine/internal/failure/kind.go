package failure

import (
	"context"
	"errors"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Kind maps an error to a constant that contains no record data.
func Kind(err error) string {
	var kafka *kerr.Error
	switch {
	case errors.Is(err, store.ErrDiskFull):
		return "disk_full"
	case errors.Is(err, store.ErrStoreBroken):
		return "store_broken"
	case errors.Is(err, stage.ErrNewerState):
		return "newer_state"
	case errors.Is(err, ErrInstanceTaken):
		return "instance_taken"
	case errors.As(err, &kafka):
		return strings.ToLower(kafka.Message)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, kgo.ErrRecordTimeout):
		return "timeout"
	case errors.Is(err, context.Canceled), errors.Is(err, kgo.ErrClientClosed):
		return "stopped"
	case IsFatal(err):
		return "fatal"
	case errors.Is(err, ErrRejoin):
		return "rejoin"
	}
	return "_OTHER"
}
