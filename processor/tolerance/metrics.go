package tolerance

import (
	"log/slog"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
)

// maxNames limits how many names of one stage get a series and a log line of their own;
// all further names are counted as others.
const (
	maxNames = 100
	others   = "(others)"
)

// Metrics are the counters of committed transactions. Make them with NewMetrics.
type Metrics struct {
	unread, rounded, unknown *prometheus.CounterVec
	logger                   *slog.Logger
}

// NewMetrics registers the metrics; a nil reg disables them. The logger gets a line for
// each field and name when it first occurs.
func NewMetrics(reg prometheus.Registerer, logger *slog.Logger) *Metrics {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	m := &Metrics{logger: logger}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tributary_processor_" + name, Help: help},
			append([]string{"stage", "provider"}, labels...))
		if reg != nil {
			reg.MustRegister(v)
		}
		return v
	}
	m.unread = vec("unread_fields_total", "Facts with a field that has no one meaning: it was left empty, or the last of several values was taken.", "field")
	m.rounded = vec("rounded_fields_total", "Facts with a decimal of more places than the schema has, rounded half to even.", "field")
	m.unknown = vec("unknown_names_total", "Facts with an event, status or channel that this version does not know.", "kind", "name")
	return m
}

// Add returns a stage's hook for counts: it adds those of this package to the metrics
// and passes all others to next. Several goroutines may call the hook.
func (m *Metrics) Add(stageName, provider string, next func(stage.Count)) func(stage.Count) {
	c := &counters{Metrics: m, stage: stageName, provider: provider, met: map[stage.Count]bool{}}
	return func(count stage.Count) {
		switch count.Name {
		case CounterUnread, CounterRounded, CounterUnknown:
			c.add(count)
		default:
			next(count)
		}
	}
}

// counters are the counters of one stage.
type counters struct {
	*Metrics

	stage, provider string
	mu              sync.Mutex
	// met holds the counters and labels that occurred, with N 0.
	met map[stage.Count]bool
}

func (c *counters) add(count stage.Count) {
	first, room := c.first(count)
	switch count.Name {
	case CounterUnread:
		c.unread.WithLabelValues(c.stage, c.provider, count.Label).Add(float64(count.N))
		if first {
			c.logger.Warn("a field has no one meaning: it is left empty, or the last of its values is taken", slog.String("stage", c.stage), slog.String("field", count.Label))
		}
	case CounterRounded:
		c.rounded.WithLabelValues(c.stage, c.provider, count.Label).Add(float64(count.N))
	default:
		kind, name, _ := strings.Cut(count.Label, "/")
		if !room {
			name = others
		}
		c.unknown.WithLabelValues(c.stage, c.provider, kind, name).Add(float64(count.N))
		if first {
			c.logger.Warn("the provider uses a name that this version does not know", slog.String("stage", c.stage),
				slog.String("kind", kind), slog.String("name", name))
		}
	}
}

// first reports whether a label occurs for the first time, and whether it gets a series
// of its own.
func (c *counters) first(count stage.Count) (first, room bool) {
	count.N = 0
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.met[count] {
		return false, true
	}
	if len(c.met) >= maxNames {
		return false, false
	}
	count.Label = strings.Clone(count.Label)
	c.met[count] = true
	return true, true
}
