package engine

import (
	"context"
	"errors"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// errorKind maps an error to a constant that contains no record data.
func errorKind(err error) string {
	var (
		kafka *kerr.Error
		fatal *fatalError
	)
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
	case errors.As(err, &fatal):
		return "fatal"
	case errors.Is(err, errRejoin):
		return "rejoin"
	}
	return "_OTHER"
}
