package processor

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// figures makes the metrics of the business, beginning at zero what is usual of the
// stages and sources there are, and those of what stages went on without. It returns
// what takes the counts of a stage; those of other figures go to next.
func (p *Processor) figures() func(stage string, next func(engine.Count)) func(engine.Count) {
	countries := p.config.Countries
	m := business.NewMetrics(p.deps.Metrics, countries)
	runs := func(stage string) bool { return slices.Contains(p.config.stages(), stage) }
	for i := range p.deps.Sources {
		switch provider := p.deps.Sources[i].Provider; {
		case provider == raw.ProviderLOX24 && runs(StageLOX24):
			m.ExpectVerifications(provider, countries, avro.ChannelTelegram, avro.ChannelVoice, avro.ChannelSMS)
		case provider == raw.ProviderUnibell && runs(StageUnibellCall):
			m.ExpectVerifications(provider, countries, avro.ChannelCall)
		}
	}
	if runs(StageUAPAY) {
		m.ExpectMoney()
	}
	if runs(StageJourney) {
		m.ExpectJourneys()
	}
	tolerated := tolerance.NewMetrics(p.deps.Metrics, p.deps.Logger)
	return func(stage string, next func(engine.Count)) func(engine.Count) {
		provider := stage
		if stage == StageUnibellCall {
			provider = raw.ProviderUnibell
		}
		return tolerated.Add(stage, provider, m.Add(provider, next))
	}
}
