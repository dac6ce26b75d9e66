package unibell

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// Config is the settings of the stage.
type Config struct {
	// Sources are the configured sources.
	Sources *source.Set
	// Privacy makes pseudonyms of phones.
	Privacy *privacy.Pseudonymiser
	// Span is how long a fact is remembered, by received_at. Default 72 h.
	Span time.Duration
	// CallPartitions is how many partitions the unibell-call stage's input has:
	// each gets the clock.
	CallPartitions int32
}

// DefaultConfig returns the settings for one partition, without sources and keys.
func DefaultConfig() Config {
	return Config{Sources: source.NewSet(nil), Span: dedupe.DefaultSpan, CallPartitions: 1}
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	if c.Span <= 0 {
		errs = append(errs, fmt.Errorf("span: %s is not positive", c.Span))
	}
	if c.CallPartitions < 1 {
		errs = append(errs, fmt.Errorf("call_partitions: %d is less than 1", c.CallPartitions))
	}
	if c.Sources == nil || c.Privacy == nil {
		errs = append(errs, errors.New("sources and privacy are required"))
	}
	return errors.Join(errs...)
}
