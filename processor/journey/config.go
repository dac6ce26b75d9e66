package journey

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/watermark"
)

// Listed is how many members a snapshot lists.
const Listed = 50

// Config is the settings of the stage.
type Config struct {
	// PaymentDeadline is how long after a verification's success, by received_at,
	// money counts as missing. Default 30 min.
	PaymentDeadline time.Duration
	// VerificationDeadline is how long after money was taken, by received_at, a
	// verification counts as missing. Default 30 min.
	VerificationDeadline time.Duration
	// Retention is how long after its last fact, by received_at, a member that does
	// not tell its own end keeps the journey. Default 400 days.
	Retention time.Duration
	// Upstreams are the stages whose watermarks hold back this stage's. Without any the
	// watermark does not advance and no deadline passes.
	Upstreams []watermark.Upstream
	// InsightsPartitions is the partition count of the insights stage's input; 0 means that
	// insights are off.
	InsightsPartitions int32
	// Metrics count journeys; nil counts none.
	Metrics *business.Labels
}

// DefaultConfig returns the settings without upstreams.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{PaymentDeadline: 30 * time.Minute, VerificationDeadline: 30 * time.Minute, Retention: 400 * day}
}

// Validate reports every fault at once. Each begins with the key it is about.
func (c *Config) Validate() error {
	var errs []error
	for _, span := range []struct {
		key string
		is  time.Duration
	}{
		{"payment_deadline", c.PaymentDeadline},
		{"verification_deadline", c.VerificationDeadline},
		{"retention", c.Retention},
	} {
		if span.is <= 0 {
			errs = append(errs, fmt.Errorf("%s: %s is not positive", span.key, span.is))
		}
	}
	return errors.Join(errs...)
}
