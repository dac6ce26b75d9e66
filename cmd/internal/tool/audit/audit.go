package audit

import (
	"context"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/funnelsum"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
)

// Config holds the options of an audit.
type Config struct {
	// Kafka are the options of every client.
	Kafka []kgo.Opt
	// Names has the prefix of topics and groups.
	Names schemas.Names
	// From and To limit the raw records by record timestamp. A zero From means the
	// earliest record that can still be compared, a zero To the last one processed.
	From, To time.Time
	// Limit is how many differences are listed; all are counted. Default 100.
	Limit int
	// Patience is how long a topic may give nothing, as behind an open transaction,
	// before the audit gives up. Default 90 s, which is beyond any of our own.
	Patience time.Duration
	// Progress reports how far the audit is; nil means no reports.
	Progress Progress
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

// Progress receives each step with its total number of offsets, and how many of them
// are read.
type Progress interface {
	Step(name string, total int64)
	At(done int64)
}

// auditor is the state of one running audit.
type auditor struct {
	config Config
	admin  *kadm.Client
	cut    *cut
	report *Report
	raw    map[string]*provider // by raw topic, without prefix
	// Offsets of internal records that were sent to a dead-letter topic, by topic
	// without prefix and partition.
	deadLetters map[string]map[int32]*offsetset.Marks
	entities    map[string]*entities // by enriched topic and provider
	calls       *calls
	events      *events
	journeys    *journeys
	// derived are the entities with rows, by fact topic.
	derived map[string]*derivations
	// funnel are the sums of the funnel's rows by window and route.
	funnel *funnelsum.Check
	// funnelSince is the time from which on all differences were read; zero: all were.
	funnelSince time.Time
	// insightsEmitted is set if the insights stage has emitted a row or a claim.
	insightsEmitted bool
	// erased is the offset of the last erasure record of an entity, by provider and
	// key.
	erased map[string]int64
	read   int64
	// covered are the topics that a step reads, without prefix.
	covered map[string]bool
	seed    maphash.Seed
}

// Run audits. An error means that the topics could not be read; differences are in the
// report.
func Run(ctx context.Context, config Config) (*Report, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Progress == nil {
		config.Progress = scan.Silent{}
	}
	if config.Limit <= 0 {
		config.Limit = 100
	}
	if config.Patience <= 0 {
		config.Patience = 90 * time.Second
	}
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	a := &auditor{
		config: config, admin: kadm.NewClient(client), raw: map[string]*provider{},
		deadLetters: map[string]map[int32]*offsetset.Marks{}, entities: map[string]*entities{}, derived: map[string]*derivations{}, erased: map[string]int64{}, covered: map[string]bool{},
		report: &Report{limit: config.Limit, Listed: []*Difference{}}, events: newEvents(), seed: maphash.MakeSeed(),
	}
	began := config.Now()
	config.Progress.Step("looking for a consistent cut", 0)
	if a.cut, err = a.takeCut(ctx); err != nil {
		return nil, err
	}
	a.prepare()
	for _, step := range []func(context.Context) error{
		a.readRaw, a.readDeadLetters, a.readOutcomes, a.readEarlier, a.readCalls, a.readSnapshots, a.readRows, a.readFunnel, a.readJourneyInputs, a.readJourneys, a.readLedger, a.readSignals,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.checkCovered(); err != nil {
		return nil, err
	}
	if err := a.conclude(ctx); err != nil {
		return nil, err
	}
	a.report.Records, a.report.Took = a.read, Millis(config.Now().Sub(began))
	return a.report, nil
}

// prepare creates the counters of each partition and entity kind that lie within the
// cut.
func (a *auditor) prepare() {
	a.report.Span = a.cut.span
	for _, name := range schemas.RawTopics() {
		p := &provider{name: providerOf(name), topic: a.config.Names.Topic(name), parts: map[int32]*part{}}
		for partition, low := range a.cut.low[name] {
			high := a.cut.high[name][partition]
			p.parts[partition] = newPart(a.cut.starts[name][partition], a.cut.ends[name][partition], low, high, a.cut.applied[name][partition])
			a.report.Waiting += max(0, a.cut.ends[name][partition]-a.cut.applied[name][partition])
		}
		a.raw[name] = p
	}
	for _, key := range schemas.ProviderIDs() {
		a.entities[key] = newEntities()
	}
	a.calls, a.journeys = newCalls(), newJourneys()
	a.checkCut()
}
