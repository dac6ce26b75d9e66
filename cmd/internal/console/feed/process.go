package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/tributary-hq/tributary/processor"
)

// Process is an ingest or a processor whose metrics are read.
type Process struct {
	// Address is its ops port; Gatherer has the metrics of a process that is this one.
	Address  string
	Gatherer prometheus.Gatherer
	// State returns the status of a processor that is this process.
	State func() processor.Detail
}

// Processes is the state of ingest and the processors, from their metrics.
type Processes struct {
	At time.Time `json:"at"`
	// Known is set if there is an ingest among the processes.
	Known bool `json:"known"`
	// Refusals are requests that were not accepted, since the processes started.
	Refusals []Refusal `json:"refusals"`
	// Away lists the processes that did not answer, with the reason.
	Away []string `json:"away,omitempty"`
	// KafkaAway is how long ingest could not write, the longest of all topics.
	KafkaAway float64 `json:"kafka_away_seconds"`
}

// Refusal is a reason why requests were not accepted.
type Refusal struct {
	Source   string `json:"source"`
	Provider string `json:"provider"`
	Code     string `json:"code"`
	Reason   string `json:"reason"`
	Count    int64  `json:"count"`
	// PerMinute is the rate since the look before.
	PerMinute float64 `json:"per_minute"`
}

type processReader struct {
	config *Config
	last   map[string]int64
	at     time.Time
}

const requestsMetric = "tributary_ingest_requests_total"

func (p *processReader) read(ctx context.Context) (*Processes, error) {
	now := p.config.Now()
	out := &Processes{At: now.UTC(), Refusals: []Refusal{}}
	sums := map[string]*Refusal{}
	for _, process := range p.config.Processes {
		families, err := process.gather(ctx)
		if err != nil {
			out.Away = append(out.Away, err.Error())
			continue
		}
		for _, f := range families {
			out.take(f, sums)
		}
	}
	counts := map[string]int64{}
	for key, r := range sums {
		counts[key] = r.Count
		if before, ok := p.last[key]; ok && now.After(p.at) && r.Count >= before {
			r.PerMinute = float64(r.Count-before) / now.Sub(p.at).Minutes()
		}
		out.Refusals = append(out.Refusals, *r)
	}
	p.last, p.at = counts, now
	slices.SortFunc(out.Refusals, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

// take adds a metric.
func (p *Processes) take(f *dto.MetricFamily, sums map[string]*Refusal) {
	switch f.GetName() {
	case requestsMetric:
		p.Known = true
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if strings.HasPrefix(labels["code"], "2") || m.GetCounter().GetValue() == 0 {
				continue
			}
			r := Refusal{Source: labels["source"], Provider: labels["provider"], Code: labels["code"], Reason: labels["reason"]}
			key := strings.Join([]string{r.Source, r.Provider, r.Code, r.Reason}, "\x00")
			if sums[key] == nil {
				sums[key] = &r
			}
			sums[key].Count += int64(m.GetCounter().GetValue())
		}
	case "tributary_ingest_kafka_away_seconds":
		for _, m := range f.GetMetric() {
			p.KafkaAway = max(p.KafkaAway, m.GetGauge().GetValue())
		}
	}
}

func (p *Process) gather(ctx context.Context) (families []*dto.MetricFamily, err error) {
	if p.Gatherer != nil {
		return p.Gatherer.Gather()
	}
	const patience, most = 2 * time.Second, 8 << 20
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := get(ctx, p.Address, "/metrics")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	parsed, err := parser.TextToMetricFamilies(io.LimitReader(body, most))
	if err != nil {
		return nil, fmt.Errorf("read the metrics of %s: %w", p.Address, err)
	}
	for _, f := range parsed {
		families = append(families, f)
	}
	return families, nil
}

// get asks another service for an answer with status 200; the caller closes the body.
func get(ctx context.Context, address, path string) (io.ReadCloser, error) {
	answer, err := ask(ctx, address, path)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("%s%s answers %s", address, path, answer.Status), answer.Body.Close())
	}
	return answer.Body, nil
}

// ask asks another service; the caller closes the answer's body.
func ask(ctx context.Context, address, path string) (*http.Response, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	url := strings.TrimSuffix(address, "/") + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	return (&http.Client{}).Do(request)
}
