// Package flow is the page of the whole pipeline: the rate, the lag and the state of each provider, stage and
// topic, and the open alerts.
package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	f := s.Feed
	return []*page.Page{{Path: "/flow", Title: "Flow", Build: p.flow, Live: []page.Watched{f.Readers, f.Topics, f.Ledger, f.Processes, f.Alerts}}}
}

const flowText = "From the providers to the topics: what moves, and what waits."

// flowModel is the JSON twin of Flow.
type flowModel struct {
	At time.Time `json:"at"`
	// Verdict is good, calm, warn or bad; Says explains it.
	Verdict view.Level `json:"verdict"`
	Says    []string   `json:"says"`
	// KafkaAway is why nothing can be read.
	KafkaAway string         `json:"kafka_away,omitempty"`
	Providers []flowProvider `json:"providers"`
	Stages    []flowStage    `json:"stages"`
	Topics    []feed.Topic   `json:"topics"`
	Refusals  []feed.Refusal `json:"refusals"`
	// Alerts is null while Alertmanager has not answered.
	Alerts    *feed.Alerts    `json:"alerts"`
	Hour      feed.Counts     `json:"last_hour"`
	Processes *feed.Processes `json:"processes,omitempty"`
}

// flowProvider is a provider and its raw topic.
type flowProvider struct {
	feed.ProviderLedger

	Raw     feed.Topic `json:"raw"`
	Refused int64      `json:"refused"`
}

// flowStage is a stage of the processor.
type flowStage struct {
	Stage   string      `json:"stage"`
	Group   *lag.Group  `json:"group,omitempty"`
	Verdict lag.Verdict `json:"verdict"`
	Behind  lag.Span    `json:"behind_seconds"`
	Unread  int64       `json:"unread"`
}

// waits reports whether an open transaction holds records of the stage back, which may end by itself.
func (s *flowStage) waits() bool {
	return s.Group != nil && s.Verdict == lag.VerdictWatching && s.Group.Waiting() != nil
}

// flow is the page of the whole pipeline.
func (s *pages) flow(ctx context.Context, q *page.Request) (*page.Content, error) {
	readers, topics, ledger := s.Feed.Readers.Get(ctx), s.Feed.Topics.Get(ctx), s.Feed.Ledger.Get(ctx)
	processes, alerts := s.Feed.Processes.Get(ctx), s.Feed.Alerts.Get(ctx)
	if !readers.Has && readers.Err == nil || !topics.Has && topics.Err == nil {
		return page.Waiting("Flow", flowText, "offsets, groups and the ledger"), nil
	}
	if !readers.Has {
		return page.Away("Flow", flowText, readers.Err), nil
	}
	m := &flowModel{At: readers.At.UTC(), Refusals: []feed.Refusal{}, Alerts: alerts.Value, Verdict: view.Good}
	if topics.Has {
		m.Topics = topics.Value.Topics
	}
	if processes.Has && processes.Value.Known {
		m.Processes, m.Refusals = processes.Value, processes.Value.Refusals
	}
	m.stages(s.Names, readers.Value.Report)
	m.providers(topics.Value, ledger.Value)
	for _, err := range []error{readers.Err, topics.Err, ledger.Err} {
		if err != nil && m.KafkaAway == "" {
			m.KafkaAway = err.Error()
		}
	}
	m.judge(alerts.Err)
	return showFlow(q, m, readers.At), nil
}

func (m *flowModel) stages(names schemas.Names, r *lag.Report) {
	for _, stage := range processor.StageNames() {
		out := flowStage{Stage: stage, Verdict: lag.VerdictUnknown}
		i := slices.IndexFunc(r.Groups, func(x lag.Group) bool { return x.Group == names.Group(stage) })
		if i >= 0 {
			x := r.Groups[i]
			out.Group, out.Verdict, out.Behind, out.Unread = &x, x.Verdict, x.Age, x.Records+x.Held
		}
		m.Stages = append(m.Stages, out)
	}
}

func (m *flowModel) providers(topics *feed.Topics, ledger *feed.Ledger) {
	for _, p := range schemas.Providers() {
		out := flowProvider{ProviderLedger: feed.ProviderLedger{Provider: p.ID, Title: p.Title}}
		if ledger != nil {
			for i := range ledger.Providers {
				if ledger.Providers[i].Provider == p.ID {
					out.ProviderLedger = ledger.Providers[i]
				}
			}
		}
		if topics != nil {
			out.Raw, _ = topics.Find(p.Raw)
		}
		for i := range m.Refusals {
			if m.Refusals[i].Provider == p.ID {
				out.Refused += m.Refusals[i].Count
			}
		}
		m.Hour.Add(&out.Counts)
		m.Providers = append(m.Providers, out)
	}
}

// sayf notes a state and how much it concerns.
func (m *flowModel) sayf(level view.Level, format string, args ...any) {
	m.Verdict = view.Worse(m.Verdict, level)
	m.Says = append(m.Says, fmt.Sprintf(format, args...))
}

// judge finds the verdict in words, the worst first.
func (m *flowModel) judge(alerts error) {
	if m.KafkaAway != "" {
		m.sayf(view.Bad, "Kafka is away: %s. The numbers are those of before.", strings.TrimRight(m.KafkaAway, ".?"))
	}
	var watching, moving []string
	for i := range m.Stages {
		switch st := &m.Stages[i]; {
		case st.Group != nil && st.Group.Bad:
			m.sayf(view.Bad, "Stage %s: %s.", st.Stage, st.Group.Reason)
		case st.waits():
			m.sayf(view.Warn, "Stage %s: %s.", st.Stage, st.Group.Reason)
		case st.Verdict == lag.VerdictPaused:
			m.sayf(view.Calm, "Stage %s is %s.", st.Stage, st.Group.Reason)
		case st.Verdict == lag.VerdictWatching:
			watching = append(watching, st.Stage)
		case st.Verdict == lag.VerdictRestoring || st.Verdict == lag.VerdictCatchingUp:
			m.sayf(view.Warn, "Stage %s: %s.", st.Stage, st.Group.Reason)
		case st.Verdict == lag.VerdictUnknown:
			m.sayf(view.Warn, "Stage %s has committed nothing yet.", st.Stage)
		}
	}
	if n := m.Hour.Unaccounted; n > 0 {
		m.sayf(view.Bad, "%s in the last hour ended in no way that the account knows: run tributary audit.", page.Count(int(n), "record", "records"))
	}
	if n := m.Hour.Skipped; n > 0 {
		m.sayf(view.Warn, "%s of the raw topics had no record to read in the last hour: of aborted transactions, or lost. The audit on Account says which.", page.Count(int(n), "offset", "offsets"))
	}
	if m.Processes != nil && m.Processes.KafkaAway > 0 {
		m.sayf(view.Bad, "Ingest cannot write to Kafka for %s.", view.Span(time.Duration(m.Processes.KafkaAway*float64(time.Second))))
	}
	if m.Alerts != nil && len(m.Alerts.Open) > 0 {
		n := len(m.Alerts.Open)
		m.sayf(view.Warn, "%s open.", page.Count(n, "alert is", "alerts are"))
	}
	if alerts != nil {
		m.sayf(view.Calm, "The alerts are not known: %v.", alerts)
	}
	for i := range m.Providers {
		if m.Providers[i].Raw.PerSecond > 0 {
			moving = append(moving, m.Providers[i].Title)
		}
	}
	switch {
	case len(m.Says) > 0 && len(moving) > 0 && m.KafkaAway == "":
		m.sayf(view.Good, "Webhooks come in: %s.", strings.Join(moving, ", "))
	case len(m.Says) > 0:
	case len(watching) > 0:
		m.sayf(view.Calm, "Watching %s, to tell slow from stuck.", strings.Join(watching, ", "))
	case len(moving) > 0:
		m.sayf(view.Good, "Everything moves: %s.", strings.Join(moving, ", "))
	default:
		m.sayf(view.Good, "Everything is processed; no webhook came in the last half minute.")
	}
}
