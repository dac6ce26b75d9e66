package processor

import (
	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
)

// businessMetrics registers the business metrics and those of package tolerance, with a zero
// series for the usual labels of the configured stages and sources. The returned
// function wraps a stage's hook for counts: it consumes the counts of these metrics and
// passes all others to next.
func (p *Processor) businessMetrics() func(name string, next func(stage.Count)) func(stage.Count) {
	countries := p.config.Countries
	m := business.NewMetrics(p.deps.Metrics, countries)
	for _, name := range p.config.stages() {
		r, _ := find(name)
		if r.expect != nil {
			r.expect(m)
		}
		for i := range p.deps.Sources {
			if p.deps.Sources[i].Provider == r.provider && len(r.channels) > 0 {
				m.ExpectVerifications(r.provider, countries, r.channels...)
			}
		}
	}
	tolerated := tolerance.NewMetrics(p.deps.Metrics, p.deps.Logger)
	return func(name string, next func(stage.Count)) func(stage.Count) {
		r, _ := find(name)
		return tolerated.Add(name, r.provider, m.Add(r.provider, next))
	}
}
