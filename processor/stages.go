package processor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/insights"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/known"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/processor/unibellcall"
	"github.com/tributary-hq/tributary/processor/voximplant"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
)

// setup is the settings and dependencies from which stages are made.
type setup struct {
	config  *Config
	deps    *Deps
	sources *source.Set
	// partitions are the partition counts of the stages' inputs, by stage.
	partitions map[string]int32
	labels     *business.Labels
}

// NewStages returns the stages that a configuration runs, by name, for a driver without
// Kafka; every input has the given number of partitions. Of deps it uses the sources, the
// privacy, the names and the logger.
func NewStages(config Config, deps Deps, partitions int32) (map[string]stage.Stage, error) {
	inputs, sources, out := map[string]int32{}, source.NewSet(deps.Sources), map[string]stage.Stage{}
	for _, name := range StageNames() {
		inputs[name] = partitions
	}
	for _, name := range config.stages() {
		made, err := newStage(name, &config, &deps, sources, inputs)
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", name, err)
		}
		out[name] = made
	}
	return out, nil
}

// newStage makes a stage. A stage that reads a raw topic writes to the ledger, accepts
// erasures and processes only records of known sources.
func newStage(name string, c *Config, deps *Deps, sources *source.Set, partitions map[string]int32) (stage.Stage, error) {
	r, ok := find(name)
	if !ok {
		return nil, errors.New("no such stage")
	}
	collect := func(s stage.Stage) stage.Stage { return s }
	if c.Insights.Enabled && slices.Contains(r.topics.Outputs, schemas.InternalInsights) {
		collect = funnel.Collect
	}
	made, err := r.make(&setup{config: c, deps: deps, sources: sources, partitions: partitions, labels: business.NewLabels(c.Countries)})
	if err != nil {
		return nil, err
	}
	if r.readsRaw {
		made = ledger.Keep(name, deps.Names.Topic(r.topics.Input), known.Require(erasure.Accept(made), sources, deps.Logger), c.Insights.Enabled)
	}
	return collect(made), nil
}

func newLOX24(s *setup) (stage.Stage, error) {
	c := s.config
	config := lox24.Config{
		Sources: s.sources, Privacy: s.deps.Privacy, Span: c.DedupeSpan, Grace: c.Deadlines.VerificationGrace, MinWait: c.Deadlines.VerificationMin,
		Retention: c.Retention.Verification, Missed: c.Deadlines.MissedAttempt, JourneyPartitions: s.partitions[StageJourney], Metrics: s.labels, Insights: c.Insights.Enabled,
	}
	return lox24.New(config), config.Validate()
}

func newUAPAY(s *setup) (stage.Stage, error) {
	c := s.config
	config := payment.Config{
		Span: c.DedupeSpan, Hold: c.Deadlines.Hold, Retention: c.Retention.Payment, JourneyPartitions: s.partitions[StageJourney],
		Metrics: s.labels,
	}
	return uapay.New(config, s.sources, s.deps.Privacy), config.Validate()
}

func newVoximplant(s *setup) (stage.Stage, error) {
	config := voximplant.DefaultConfig()
	config.Span, config.NumberRetention, config.InsightsPartitions = s.config.DedupeSpan, s.config.Retention.Verification, s.insightsPartitions()
	return voximplant.New(config, s.sources, s.deps.Privacy), config.Validate()
}

func newUnibell(s *setup) (stage.Stage, error) {
	config := unibell.Config{
		Sources: s.sources, Privacy: s.deps.Privacy, Span: s.config.DedupeSpan, Retention: s.config.Retention.Verification,
		CallPartitions: s.partitions[StageUnibellCall],
	}
	return unibell.New(config), config.Validate()
}

func newUnibellCall(s *setup) (stage.Stage, error) {
	c := s.config
	config := unibellcall.Config{
		Wait: c.Deadlines.Call, Hold: c.DedupeSpan, Retention: c.Retention.Verification,
		Upstreams:         []watermark.Upstream{{Stage: StageUnibell, Partitions: s.partitions[StageUnibell]}},
		JourneyPartitions: s.partitions[StageJourney], Metrics: s.labels, Insights: c.Insights.Enabled,
	}
	return unibellcall.New(config), config.Validate()
}

// newJourney makes the journey stage, whose watermark waits for those of all upstream
// partitions.
func newJourney(s *setup) (stage.Stage, error) {
	c := s.config
	config := journey.Config{
		PaymentDeadline:      c.Deadlines.JourneyPayment,
		VerificationDeadline: c.Deadlines.JourneyVerification,
		Retention:            max(c.Retention.Verification, c.Retention.Payment),
		InsightsPartitions:   s.insightsPartitions(),
		Metrics:              s.labels,
	}
	for _, name := range c.upstreams() {
		config.Upstreams = append(config.Upstreams, watermark.Upstream{Stage: name, Partitions: s.partitions[name]})
	}
	return journey.New(config), config.Validate()
}

// newInsights makes the insights stage, whose watermark is that of the journey stage.
func newInsights(s *setup) (stage.Stage, error) {
	config := insights.Config{
		Settings:  s.config.Insights,
		Upstreams: []watermark.Upstream{{Stage: StageJourney, Partitions: s.partitions[StageJourney]}},
		BlockK:    s.deps.Privacy.Blocks(0).K,
	}
	var err error
	if config.Rates, err = rates.Open(s.config.Insights.RatesFile); err != nil {
		return nil, err
	}
	return insights.New(config), config.Validate()
}

// insightsPartitions returns the partition count of the insights stage's input; 0 if insights
// are off.
func (s *setup) insightsPartitions() int32 {
	if !s.config.Insights.Enabled {
		return 0
	}
	return s.partitions[StageInsights]
}
