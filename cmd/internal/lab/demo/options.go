package demo

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// Options are the options of a demo.
type Options struct {
	// Seed makes the traffic.
	Seed uint64
	// Scale is how often each scenario is played; at least 1. In the market profile it is
	// the number of days.
	Scale int
	// Profile is a profile of the simulator; empty means the catalogue.
	Profile string
	// Brokers are those of a cluster without topics of tributary, whose clock check must
	// take timestamps of days to come; empty means an embedded one.
	Brokers []string
	// Logger receives internal errors; nil discards them.
	Logger *slog.Logger
	// Progress receives the progress; nil discards it.
	Progress Progress
	// Record gets every record of an enriched topic. Nil means nobody.
	Record func(topic string, r *kgo.Record)
	// Stay is called when the result is there and everything still runs; the demo
	// ends when it returns. Nil means that it ends at once.
	Stay func(ctx context.Context, place Place, result *Result) error
	// Traffic: further webhooks are sent while it stays.
	Traffic bool
}

// Progress receives the name of each step and how far it is.
type Progress interface {
	// Step begins a part of the work, of so many units; 0 means unknown.
	Step(name string, total int64)
	// At says how many units are done.
	At(done int64)
}

// Place is where the demo can be reached.
type Place struct {
	URL, RegistryURL string
	Brokers          []string
	Accounts         simulator.Accounts
	Now              time.Time
	// Clock is the demo's time.
	Clock func() time.Time
	// Metrics are those of ingest and the processor.
	Metrics prometheus.Gatherer
	// State returns the status of the processor.
	State func() processor.Detail
	// Sources and Privacy are the processor's.
	Sources []source.Source
	Privacy *privacy.Pseudonymiser
	// Faults is where the demo can be broken and repaired; empty on a cluster of others.
	Faults string
}

// Row is a journey of the table.
type Row struct {
	Scenario      string         `json:"scenario"`
	CorrelationID string         `json:"correlation_id"`
	Journey       *model.Journey `json:"journey"`
}

// Result is the result of a demo.
type Result struct {
	Seed     uint64                     `json:"seed"`
	Sent     map[string]simulator.Count `json:"sent"`
	Refused  map[string]int64           `json:"refused"`
	Latency  simulator.Latency          `json:"latency"`
	Topics   model.Result               `json:"topics"`
	Rows     []Row                      `json:"-"`
	Faults   []string                   `json:"faults"`
	AddsUp   bool                       `json:"adds_up"`
	Took     time.Duration              `json:"took"`
	DemoTime time.Duration              `json:"demo_time"`
}

type silent struct{}

func (silent) Step(string, int64) {}

func (silent) At(int64) {}
