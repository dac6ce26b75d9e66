package standard

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// Config is the settings of the stage.
type Config struct {
	// Sources are the configured sources, Privacy makes the pseudonyms.
	Sources *source.Set
	Privacy *privacy.Pseudonymiser
	// Retention is how long events are kept after the last event of their correlation id, by
	// received_at. An older event whose id is not stored is stale.
	Retention time.Duration
	// JourneyPartitions is the partition count of internal.journey.v1.
	JourneyPartitions int32
}

// Validate reports every fault at once.
func (c *Config) Validate() error {
	var errs []error
	if c.Retention <= 0 {
		errs = append(errs, fmt.Errorf("retention: %s is not positive", c.Retention))
	}
	if c.JourneyPartitions < 1 {
		errs = append(errs, errors.New("journey_partitions: must be at least 1"))
	}
	return errors.Join(errs...)
}
