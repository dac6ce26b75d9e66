package processor

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/clock"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/journey"
)

// newStage makes a stage from the settings. partitions is how many each stage's
// input has.
func newStage(name string, c *Config, _ *Deps, partitions map[string]int32) (engine.Stage, error) {
	if name == StageJourney {
		return newJourney(c, partitions)
	}
	return nil, fmt.Errorf("no such stage")
}

// newJourney makes the stage that joins, which waits for every clock in front.
func newJourney(c *Config, partitions map[string]int32) (engine.Stage, error) {
	config := journey.Config{
		PaymentDeadline:      c.Deadlines.JourneyPayment,
		VerificationDeadline: c.Deadlines.JourneyVerification,
		Retention:            max(c.Retention.Verification, c.Retention.Payment),
	}
	for _, name := range c.upstreams() {
		config.Upstreams = append(config.Upstreams, clock.Upstream{Stage: name, Partitions: partitions[name]})
	}
	return journey.New(config), config.Validate()
}
