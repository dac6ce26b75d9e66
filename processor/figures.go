package processor

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// figures registers the business metrics and those of package tolerance, with a zero
// series for the usual labels of the configured stages and sources. The returned
// function wraps a stage's hook for counts: it consumes the counts of these metrics and
// passes all others to next.
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
