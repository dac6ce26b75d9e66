package voximplant

import (
	"errors"
	"time"

	"github.com/tributary-hq/tributary/processor/stage/dedupe"
)

// Config is the settings of the stage. Accounts are kept for ever.
type Config struct {
	// Span is how long a callback's id is remembered, by received_at.
	Span time.Duration
	// NumberRetention is how long the number that an SMS came from counts towards the K numbers
	// of a block, by received_at. Default 30 days, as decoded callbacks are kept.
	NumberRetention time.Duration
	// InsightsPartitions is the partition count of the insights stage's input; 0 if insights
	// are off.
	InsightsPartitions int32
}

// DefaultConfig returns the defaults that DESIGN documents.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{Span: dedupe.DefaultSpan, NumberRetention: 30 * day}
}

// Validate reports every fault.
func (c *Config) Validate() error {
	var errs []error
	if c.Span <= 0 {
		errs = append(errs, errors.New("span: must be more than zero"))
	}
	if c.NumberRetention <= 0 {
		errs = append(errs, errors.New("number_retention: must be more than zero"))
	}
	return errors.Join(errs...)
}
