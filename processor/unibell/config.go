package unibell

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
)

// Config is the settings of the stage.
type Config struct {
	// Sources are the configured sources.
	Sources *source.Set
	// Privacy makes pseudonyms of phones.
	Privacy *privacy.Pseudonymiser
	// Span is how old, by the provider's own time, a fact may be whose id is not
	// stored. Default 72 h.
	Span time.Duration
	// Retention is how long a fact is remembered, by received_at: as long as its
	// verification is kept, because a status may come without any time. Default 30 days.
	Retention time.Duration
	// CallPartitions is the partition count of the unibell-call stage's input; each
	// partition gets the watermark.
	CallPartitions int32
}

// DefaultConfig returns the settings for one partition, without sources and keys.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{Sources: source.NewSet(nil), Span: dedupe.DefaultSpan, Retention: 30 * day, CallPartitions: 1}
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	if c.Span <= 0 {
		errs = append(errs, fmt.Errorf("span: %s is not positive", c.Span))
	}
	if c.Retention <= dedupe.Kept(c.Span) {
		errs = append(errs, fmt.Errorf("retention: %s is not longer than the span and its margin, %s", c.Retention, dedupe.Kept(c.Span)))
	}
	if c.CallPartitions < 1 {
		errs = append(errs, fmt.Errorf("call_partitions: %d is less than 1", c.CallPartitions))
	}
	if c.Sources == nil || c.Privacy == nil {
		errs = append(errs, errors.New("sources and privacy are required"))
	}
	return errors.Join(errs...)
}
