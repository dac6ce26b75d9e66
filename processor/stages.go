package processor

import (
	"errors"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/clock"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/known"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/processor/unibellcall"
	"github.com/tributary-hq/tributary/processor/voximplant"
)

// newStage makes a stage from the settings. partitions are the partition counts of the
// stages' inputs, by stage. A stage that reads a raw topic writes to the ledger and
// processes only records of known sources.
func newStage(name string, c *Config, deps *Deps, sources *source.Set, partitions map[string]int32) (engine.Stage, error) {
	stage, err := bareStage(name, c, deps, sources, partitions)
	if err != nil || !readsRaw(name) {
		return stage, err
	}
	return ledger.Keep(name, known.Require(erasure.Accept(stage), sources, deps.Logger)), nil
}

// bareStage makes a stage that does not write to the ledger and accepts any source.
func bareStage(name string, c *Config, deps *Deps, sources *source.Set, partitions map[string]int32) (engine.Stage, error) {
	figures := business.NewLabels(c.Countries)
	switch name {
	case StageLOX24:
		config := lox24.Config{
			Sources: sources, Privacy: deps.Privacy, Span: c.DedupeSpan, Grace: c.Deadlines.VerificationGrace, Least: c.Deadlines.VerificationMin,
			Retention: c.Retention.Verification, Missed: c.Deadlines.MissedAttempt, JourneyPartitions: partitions[StageJourney], Figures: figures,
		}
		return lox24.New(config), config.Validate()
	case StageUAPAY:
		config := payment.Config{
			Span: c.DedupeSpan, Hold: c.Deadlines.Hold, Retention: c.Retention.Payment, JourneyPartitions: partitions[StageJourney],
			Figures: figures,
		}
		return uapay.New(config, sources, deps.Privacy), config.Validate()
	case StageVoximplant:
		config := voximplant.Config{Span: c.DedupeSpan}
		return voximplant.New(config, sources, deps.Privacy), config.Validate()
	case StageUnibell:
		config := unibell.Config{
			Sources: sources, Privacy: deps.Privacy, Span: c.DedupeSpan, Retention: c.Retention.Verification, CallPartitions: partitions[StageUnibellCall],
		}
		return unibell.New(config), config.Validate()
	case StageUnibellCall:
		config := unibellcall.Config{
			Wait: c.Deadlines.Call, Hold: c.DedupeSpan, Retention: c.Retention.Verification,
			Upstreams:         []clock.Upstream{{Stage: StageUnibell, Partitions: partitions[StageUnibell]}},
			JourneyPartitions: partitions[StageJourney], Figures: figures,
		}
		return unibellcall.New(config), config.Validate()
	case StageJourney:
		return newJourney(c, partitions, figures)
	}
	return nil, errors.New("no such stage")
}

// newJourney makes the journey stage, whose watermark waits for those of all upstream
// partitions.
func newJourney(c *Config, partitions map[string]int32, figures *business.Labels) (engine.Stage, error) {
	config := journey.Config{
		PaymentDeadline:      c.Deadlines.JourneyPayment,
		VerificationDeadline: c.Deadlines.JourneyVerification,
		Retention:            max(c.Retention.Verification, c.Retention.Payment),
		Figures:              figures,
	}
	for _, name := range c.upstreams() {
		config.Upstreams = append(config.Upstreams, clock.Upstream{Stage: name, Partitions: partitions[name]})
	}
	return journey.New(config), config.Validate()
}
