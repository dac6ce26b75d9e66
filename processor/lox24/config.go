package lox24

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
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
	// Span is how long an event's id is remembered, by received_at. Default 72 h.
	Span time.Duration
	// Grace is added to the sum of a strategy's timeouts; after both, a verification
	// without an outcome is expired. Default 5 min.
	Grace time.Duration
	// MinWait is the minimum time that an outcome is waited for. Default 1 h.
	MinWait time.Duration
	// Retention is how long after its last fact, by received_at, a verification is
	// kept. Default 30 days.
	Retention time.Duration
	// Missed is how long after a later attempt of a delivery an earlier one that was
	// not seen counts as missed. Default 10 min.
	Missed time.Duration
	// JourneyPartitions is the partition count of the journey stage's input; each
	// partition gets the watermark.
	JourneyPartitions int32
	// Metrics count verifications; nil counts none.
	Metrics *business.Labels
	// Insights has verifications counted in the funnel.
	Insights bool
}

// DefaultMissed is the default of Config.Missed: how long attempts of one delivery may
// overtake each other.
const DefaultMissed = 10 * time.Minute

// DefaultConfig returns the settings for one partition, without sources and keys.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{
		Sources: source.NewSet(nil), Span: dedupe.DefaultSpan, Grace: 5 * time.Minute, MinWait: time.Hour, Retention: 30 * day,
		Missed: DefaultMissed, JourneyPartitions: 1,
	}
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	for _, span := range []struct {
		key string
		is  time.Duration
	}{{"span", c.Span}, {"grace", c.Grace}, {"min_wait", c.MinWait}, {"retention", c.Retention}, {"missed", c.Missed}} {
		if span.is <= 0 {
			errs = append(errs, fmt.Errorf("%s: %s is not positive", span.key, span.is))
		}
	}
	if c.JourneyPartitions < 1 {
		errs = append(errs, fmt.Errorf("journey_partitions: %d is less than 1", c.JourneyPartitions))
	}
	if c.Sources == nil || c.Privacy == nil {
		errs = append(errs, errors.New("sources and privacy are required"))
	}
	return errors.Join(errs...)
}
