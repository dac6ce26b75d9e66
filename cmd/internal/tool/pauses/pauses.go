// Package pauses pauses and resumes stages.
//
//	lag, internal.pauses.v1 ─► Plan ─► Apply ─► internal.pauses.v1 ─► every processor
//
// Promise: nothing is written before Apply. Apply writes one record for each stage; if it
// fails in the middle it can be repeated, because a record replaces the stage's former one.
package pauses

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Config is where stages are paused, and by whom.
type Config struct {
	Kafka []kgo.Opt
	Names schemas.Names
	// SchemaIDs returns the registry's ids by topic.
	SchemaIDs func(context.Context) (map[string]uint32, error)
	// Version is the program's.
	Version string
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

func (c Config) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// board returns a board that has read the topic. The caller stops it.
func (c Config) board(ctx context.Context) (*pause.Board, error) {
	b := pause.New(pause.Config{Kafka: c.Kafka, Names: c.Names, Now: c.Now})
	b.Start(ctx)
	if err := b.Err(); err != nil {
		b.Stop()
		return nil, err
	}
	return b, nil
}

// List returns the pauses that are in force.
func List(ctx context.Context, c Config) ([]pause.Pause, error) {
	b, err := c.board(ctx)
	if err != nil {
		return nil, err
	}
	defer b.Stop()
	return b.All(), nil
}

// MaxFor is the longest time of a pause that ends by itself. The raw topics keep their
// records for seven days.
const MaxFor = 72 * time.Hour

// Request is a change of some stages.
type Request struct {
	// Stages are named as their consumer groups without prefix.
	Stages []string
	// Resume is set to resume them.
	Resume bool
	// By is who asks, Why the reason.
	By, Why string
	// For is when the pause ends by itself, counted from now; 0: when somebody resumes the
	// stages.
	For time.Duration
}

// ErrWhy means that a pause has no reason.
var ErrWhy = errors.New("say why: processors, lag and the console show the reason")

// Validate returns an error that names the rule which a request breaks.
func (r *Request) Validate() error {
	var errs []error
	for _, stage := range r.Stages {
		if _, ok := processor.TopicsOf(stage); !ok {
			errs = append(errs, fmt.Errorf("%q is none of all, %s", stage, strings.Join(processor.StageNames(), ", ")))
		}
	}
	if r.For < 0 || r.For > MaxFor {
		errs = append(errs, fmt.Errorf("a pause that ends by itself lasts for %d hours at most, because the raw topics keep their records for some days", MaxFor/time.Hour))
	}
	return errors.Join(errs...)
}

// Plan is the state of each stage that a request is about.
type Plan struct {
	Stages []Stage `json:"stages"`
}

// Stage is a stage of a plan.
type Stage struct {
	Stage string `json:"stage"`
	// Pause is the pause that is in force; nil if the stage runs.
	Pause *pause.Pause `json:"pause,omitempty"`
	// Members run the stage; -1 if that is not known.
	Members int `json:"members"`
	// Unread is the number of offsets that wait now, Age the age of the oldest record.
	Unread int64    `json:"unread"`
	Age    lag.Span `json:"oldest_seconds"`
	// Behind are the stages whose watermarks wait for this one, so that their timers do.
	Behind []string `json:"behind,omitempty"`
	// revision is that of the stage's last record.
	revision int64
}

// NewPlan reads how far the stages of a request are and which are paused.
func NewPlan(ctx context.Context, c Config, r *Request) (*Plan, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	own := map[string][]string{}
	for _, stage := range r.Stages {
		topics, _ := processor.TopicsOf(stage)
		own[c.Names.Group(stage)] = []string{c.Names.Topic(topics.Input)}
	}
	watcher := lag.New(lag.Config{Kafka: c.Kafka, Own: own, Now: c.Now})
	if err := watcher.Open(); err != nil {
		return nil, err
	}
	defer watcher.Close()
	report, err := watcher.Observe(ctx)
	if err != nil {
		return nil, err
	}
	b, err := c.board(ctx)
	if err != nil {
		return nil, err
	}
	defer b.Stop()
	plan := &Plan{}
	for _, stage := range r.Stages {
		s := Stage{Stage: stage, Members: -1, Behind: behind(stage), revision: b.Revision(stage)}
		if p, paused := b.Of(stage); paused {
			s.Pause = &p
		}
		i := slices.IndexFunc(report.Groups, func(g lag.Group) bool { return g.Group == c.Names.Group(stage) })
		if i >= 0 {
			g := &report.Groups[i]
			s.Members, s.Unread, s.Age = g.Members, g.Records+g.Held, g.Age
		}
		plan.Stages = append(plan.Stages, s)
	}
	return plan, nil
}

// behind returns the stages that read outputs of a stage, directly or through others.
func behind(stage string) (out []string) {
	topics, _ := processor.TopicsOf(stage)
	for _, name := range processor.StageNames() {
		of, _ := processor.TopicsOf(name)
		if name != stage && slices.Contains(topics.Outputs, of.Input) {
			out = append(append(out, name), behind(name)...)
		}
	}
	order := processor.StageNames()
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
	return slices.Compact(out)
}

// Changes returns the stages whose state a request changes. A pause of a paused stage
// replaces its reason and its end.
func (p *Plan) Changes(r *Request) (out []string) {
	for i := range p.Stages {
		if !r.Resume || p.Stages[i].Pause != nil {
			out = append(out, p.Stages[i].Stage)
		}
	}
	return out
}

// Apply writes the records of a request. Processors follow within moments.
func Apply(ctx context.Context, c Config, p *Plan, r *Request) error {
	if strings.TrimSpace(r.Why) == "" && !r.Resume {
		return ErrWhy
	}
	ids, err := c.SchemaIDs(ctx)
	if err != nil {
		return err
	}
	id, ok := ids[schemas.InternalPauses]
	if !ok {
		return fmt.Errorf("no schema id for topic %s: register the schemas first (tributary schemas register)", schemas.InternalPauses)
	}
	// A record that cannot be written soon must not be written later, when nobody waits
	// for it.
	const patience = 15 * time.Second
	client, err := kgo.NewClient(append(slices.Clip(c.Kafka), kgo.RecordDeliveryTimeout(patience))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	changes := p.Changes(r)
	for i := range p.Stages {
		s := &p.Stages[i]
		if !slices.Contains(changes, s.Stage) {
			continue
		}
		value, err := c.record(s, r).AppendAvro(wire.Append(nil, id))
		if err != nil {
			return err
		}
		record := &kgo.Record{Topic: c.Names.Topic(schemas.InternalPauses), Key: []byte(s.Stage), Value: value}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			return fmt.Errorf("stage %s and those after it are unchanged: %w", s.Stage, err)
		}
	}
	return nil
}

// record returns the record of a stage. Its revision is above the former one's, also if that
// was written by a clock that is ahead.
func (c Config) record(s *Stage, r *Request) *avro.Pause {
	now := c.now()
	out := &avro.Pause{
		Stage: s.Stage, Revision: max(now.UnixMilli(), s.revision+1), Paused: !r.Resume, At: now, Actor: r.By,
		Purpose: strings.ToValidUTF8(strings.TrimSpace(r.Why), "�"), Version: c.Version,
	}
	if r.For > 0 && !r.Resume {
		out.Until = avro.Some(now.Add(r.For))
	}
	return out
}
