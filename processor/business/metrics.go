package business

import (
	"slices"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Metrics are the counters of committed transactions. Make them with NewMetrics.
type Metrics struct {
	all              [metricCount]metric
	total, withdrawn [metricCount]*prometheus.CounterVec
}

// NewMetrics registers the metrics; reg nil means nowhere.
func NewMetrics(reg prometheus.Registerer, countries []string) *Metrics {
	m := &Metrics{all: metrics(countryValues(countries))}
	for i := range m.all {
		labels := m.all[i].labels
		if m.all[i].byProvider {
			labels = append([]string{"provider"}, labels...)
		}
		vec := func(suffix, help string) *prometheus.CounterVec {
			v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tributary_business_" + m.all[i].name + suffix, Help: help}, labels)
			if reg != nil {
				reg.MustRegister(v)
			}
			return v
		}
		m.total[i] = vec("_total", m.all[i].help)
		m.withdrawn[i] = vec("_withdrawn_total", "Counted in tributary_business_"+m.all[i].name+"_total before, and no longer so.")
	}
	return m
}

// ExpectVerifications creates the usual label sets of a provider at zero, so that the
// first event is visible as an increase.
func (m *Metrics) ExpectVerifications(provider string, countries []string, via ...avro.Channel) {
	for _, country := range countryValues(countries) {
		for _, channel := range via {
			name := channels()[channelIndex(channel)]
			m.total[verifications].WithLabelValues(provider, "success", name, country)
			if len(via) > 1 {
				m.total[fallbacks].WithLabelValues(provider, name, country)
			}
			for _, end := range attemptEnd() {
				m.total[attempts].WithLabelValues(provider, end, name, country)
			}
		}
		for _, outcome := range []string{"failed", "error", "expired"} {
			m.total[verifications].WithLabelValues(provider, outcome, none, country)
		}
		m.withdrawn[verifications].WithLabelValues(provider, "expired", none, country)
	}
}

// ExpectMoney begins payments at zero, in the one currency their provider knows.
func (m *Metrics) ExpectMoney() {
	for _, phase := range phases() {
		m.total[payments].WithLabelValues(phase)
		m.withdrawn[payments].WithLabelValues(phase)
	}
	for _, i := range []int{paid, refunded} {
		m.total[i].WithLabelValues("UAH")
		m.withdrawn[i].WithLabelValues("UAH")
	}
}

// ExpectJourneys begins journeys at zero.
func (m *Metrics) ExpectJourneys() {
	for _, outcome := range journeyEnds() {
		m.total[journeys].WithLabelValues(outcome)
		m.withdrawn[journeys].WithLabelValues(outcome)
	}
}

// slot holds the counters of one source. They are created on first use, so that there
// are no series for events that never occur.
type slot struct {
	values     []string
	up, down   *prometheus.CounterVec
	ups, downs atomic.Pointer[prometheus.Counter]
}

func (s *slot) add(vec *prometheus.CounterVec, to *atomic.Pointer[prometheus.Counter], n int64) {
	c := to.Load()
	if c == nil {
		made := vec.WithLabelValues(s.values...)
		c = &made
		to.Store(c)
	}
	(*c).Add(float64(n))
}

// Add returns a function that adds the counts of a provider's stage; counts with other
// names are passed to next.
func (m *Metrics) Add(provider string, next func(stage.Count)) func(stage.Count) {
	slots := map[string]*slot{}
	for i := range m.all {
		each(&m.all[i], func(values []string) {
			s := &slot{values: slices.Clone(values), up: m.total[i], down: m.withdrawn[i]}
			if m.all[i].byProvider {
				s.values = append([]string{provider}, values...)
			}
			slots[sourceOf(&m.all[i], values)] = s
		})
	}
	return func(c stage.Count) {
		if c.Name != Counter && c.Name != CounterWithdrawn {
			next(c)
			return
		}
		switch s := slots[c.Label]; {
		case s == nil:
		case c.Name == Counter:
			s.add(s.up, &s.ups, c.N)
		default:
			s.add(s.down, &s.downs, c.N)
		}
	}
}
