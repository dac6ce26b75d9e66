package unibellcall

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/watermark"
)

// Config is the settings of the stage.
type Config struct {
	// Wait is how long after its request a call without a status is expired, if the
	// source has a status callback. Default 5 min, the lifetime of a code. [S] 000
	Wait time.Duration
	// Hold is how long a status waits for the reference of its request id before it
	// is shown on its own, by received_at. Default 72 h.
	Hold time.Duration
	// Retention is how long after its last fact, by received_at, a verification is
	// kept. Default 30 days.
	Retention time.Duration
	// Upstreams are the stages whose watermarks hold back this stage's: unibell with
	// the partitions of its input. Without any the watermark does not advance.
	Upstreams []watermark.Upstream
	// JourneyPartitions is the partition count of the journey stage's input; each
	// partition gets the watermark.
	JourneyPartitions int32
	// Metrics count verifications; nil counts none.
	Metrics *business.Labels
	// Insights has verifications counted in the funnel.
	Insights bool
}

// DefaultConfig returns the settings for one partition.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{
		Wait: 5 * time.Minute, Hold: 3 * day, Retention: 30 * day,
		Upstreams: []watermark.Upstream{{Stage: "unibell", Partitions: 1}}, JourneyPartitions: 1,
	}
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	for _, span := range []struct {
		key string
		is  time.Duration
	}{{"wait", c.Wait}, {"hold", c.Hold}, {"retention", c.Retention}} {
		if span.is <= 0 {
			errs = append(errs, fmt.Errorf("%s: %s is not positive", span.key, span.is))
		}
	}
	if c.Hold >= c.Retention {
		errs = append(errs, fmt.Errorf("hold: %s is not shorter than the retention, %s", c.Hold, c.Retention))
	}
	if c.JourneyPartitions < 1 {
		errs = append(errs, fmt.Errorf("journey_partitions: %d is less than 1", c.JourneyPartitions))
	}
	return errors.Join(errs...)
}
