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
	// InsightsPartitions is the partition count of the insights stage's input; 0 if insights
	// are off.
	InsightsPartitions int32
}

// DefaultConfig returns the defaults that DESIGN documents.
func DefaultConfig() Config { return Config{Span: dedupe.DefaultSpan} }

// Validate reports every fault.
func (c *Config) Validate() error {
	if c.Span <= 0 {
		return errors.New("span: must be more than zero")
	}
	return nil
}
