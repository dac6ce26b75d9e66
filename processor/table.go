package processor

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// The stages. A stage's name is that of its consumer group, without prefix, and
// of its topic family.
const (
	StageLOX24       = schemas.FamilyLOX24
	StageUAPAY       = schemas.FamilyUAPAY
	StageVoximplant  = schemas.FamilyVoximplant
	StageUnibell     = schemas.FamilyUnibell
	StageUnibellCall = schemas.FamilyUnibellCall
	StageJourney     = schemas.FamilyJourney
	StageInsights    = schemas.FamilyInsights
)

// row is a row of the stage table: everything about a stage that is not its own code.
type row struct {
	name string
	// provider is the provider of the facts, a label of metrics.
	provider string
	topics   Topics
	// readsRaw is set if the input is a raw topic, which ingest writes. The watermark of
	// such a stage follows the wall clock while no records arrive.
	readsRaw bool
	make     func(*setup) (stage.Stage, error)
	// channels are those whose metrics begin at zero for a source of the provider. expect
	// begins other metrics at zero; nil: there are none.
	channels []avro.Channel
	expect   func(*business.Metrics)
}

// table returns the stage table, in the order in which a record passes the stages.
func table() []row {
	lox24 := ofProvider(raw.ProviderLOX24, newLOX24)
	lox24.channels = []avro.Channel{avro.ChannelTelegram, avro.ChannelVoice, avro.ChannelSMS}
	uapay := ofProvider(raw.ProviderUAPAY, newUAPAY)
	uapay.expect = (*business.Metrics).ExpectMoney
	return []row{
		lox24,
		uapay,
		ofProvider(raw.ProviderVoximplant, newVoximplant),
		ofProvider(raw.ProviderUnibell, newUnibell),
		ofProvider(raw.ProviderStandard, newStandard),
		{
			name: StageUnibellCall, provider: raw.ProviderUnibell, make: newUnibellCall, channels: []avro.Channel{avro.ChannelCall},
			topics: Topics{
				Input: schemas.InternalUnibell, Changelog: schemas.ChangelogUnibellCall, DeadLetter: schemas.DeadLetterUnibellCall,
				Outputs: []string{schemas.EnrichedVerifications, schemas.FactsAttempts, schemas.InternalUnibell, schemas.InternalJourney, schemas.InternalInsights},
			},
		},
		{
			name: StageJourney, provider: StageJourney, make: newJourney, expect: (*business.Metrics).ExpectJourneys,
			topics: Topics{
				Input: schemas.InternalJourney, Changelog: schemas.ChangelogJourney, DeadLetter: schemas.DeadLetterJourney,
				Outputs: []string{schemas.EnrichedJourneys, schemas.InternalInsights},
			},
		},
		{
			name: StageInsights, provider: StageInsights, make: newInsights,
			topics: Topics{
				Input: schemas.InternalInsights, Changelog: schemas.ChangelogInsights, DeadLetter: schemas.DeadLetterInsights,
				Outputs: []string{schemas.InsightsFunnel, schemas.Signals},
			},
		},
	}
}

// ofProvider returns the row of the stage that reads a provider's raw topic. Its topics
// come from the provider table.
func ofProvider(id string, create func(*setup) (stage.Stage, error)) row {
	p, _ := schemas.FindProvider(id)
	outputs := append(p.DecodedNames(), schemas.Duplicates, schemas.Ledger)
	switch {
	case p.Counted != "" && !slices.Contains(outputs, p.Counted):
		// A second stage reads the facts and keeps the entity.
		outputs = append(outputs, p.Counted)
	default:
		if p.Enriched != "" {
			outputs = append(outputs, p.Enriched)
		}
		if p.Facts != "" {
			outputs = append(outputs, p.Facts)
		}
		if len(p.Fields) > 0 {
			outputs = append(outputs, schemas.InternalJourney)
		}
	}
	// The ledger counts for the insights stage, and stages report their entities to it.
	outputs = append(outputs, schemas.InternalInsights)
	return row{
		name: id, provider: id, readsRaw: true, make: create,
		topics: Topics{Input: p.Raw, Changelog: p.Changelog, DeadLetter: p.DeadLetter, Outputs: outputs},
	}
}

// find returns the row of a stage.
func find(name string) (row, bool) {
	rows := table()
	i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
	if i < 0 {
		return row{}, false
	}
	return rows[i], true
}

// names returns the names of the stages that fit.
func names(fits func(*row) bool) (names []string) {
	for _, r := range table() {
		if fits(&r) {
			names = append(names, r.name)
		}
	}
	return names
}

// StageNames returns every stage, in the order in which a record passes them.
func StageNames() []string { return names(func(*row) bool { return true }) }

// journeyUpstreams are the stages that send members to the journey stage.
func journeyUpstreams() []string {
	return names(func(r *row) bool { return slices.Contains(r.topics.Outputs, schemas.InternalJourney) })
}

// Topics are the topics that a stage reads and writes, without prefix.
type Topics struct {
	Input, Changelog, DeadLetter string
	Outputs                      []string
}

// TopicsOf returns a stage's topics; ok is false if there is no such stage.
func TopicsOf(name string) (topics Topics, ok bool) {
	r, ok := find(name)
	return r.topics, ok
}
