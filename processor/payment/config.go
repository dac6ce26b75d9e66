package payment

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
)

// Config is the settings of the stage.
type Config struct {
	// Span is how old a callback that is not remembered may be, by the provider's own
	// time. A callback is remembered for as long as its payment.
	Span time.Duration
	// Hold is how long an amount may be held before the payment is flagged, from the time of
	// the hold, else from the time of the first callback that reports it.
	Hold time.Duration
	// Retention is how long after its last callback, by received_at, a payment is
	// kept.
	Retention time.Duration
	// JourneyPartitions is the partition count of internal.journey.v1.
	JourneyPartitions int32
	// Metrics count payments; nil counts none.
	Metrics *business.Labels
}

// DefaultConfig returns the settings for one partition.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{Span: dedupe.DefaultSpan, Hold: 7 * day, Retention: 400 * day, JourneyPartitions: 1}
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	for key, v := range map[string]time.Duration{"span": c.Span, "hold": c.Hold, "retention": c.Retention} {
		if v <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be more than zero", key))
		}
	}
	if c.JourneyPartitions < 1 {
		errs = append(errs, errors.New("journey_partitions: must be at least 1"))
	}
	return errors.Join(errs...)
}
