package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// Config holds the options of a trace.
type Config struct {
	// Kafka are the options of every client.
	Kafka []kgo.Opt
	// Names has the prefix of topics and groups.
	Names schemas.Names
	// Sources are the configured sources; their names are part of some keys.
	Sources []source.Source
	// Privacy makes the pseudonyms of an id; nil searches for the id as given only.
	Privacy *privacy.Pseudonymiser
	// From and To limit the search by record timestamp; they apply only to ids that are
	// not record keys. Zero is no limit.
	From, To time.Time
	// All continues the search after the first record with the id.
	All bool
	// Limit is how many entities the report has at most. Default 60.
	Limit int
	// Patience is how long a fetch of a partition may return nothing. Default 30 s.
	Patience time.Duration
	// Progress reports how far the trace is; nil means no reports.
	Progress scan.Progress
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

// Query holds the id or the phone to look for: exactly one of the two.
type Query struct {
	// ID is any id, as a provider or Tributary writes it.
	ID string
	// Pseudonyms are the HMACs of a phone number, under every configured key.
	Pseudonyms []string
}

// tracer is the state of one running trace.
type tracer struct {
	config   Config
	admin    *kadm.Client
	offsets  *scan.Offsets
	report   *Report
	entities map[string]*Entity
	journeys map[string]*Journey
	seen     map[Position]bool
	// plain maps known pseudonyms to their ids.
	plain map[string]string
	// applied holds the committed offsets of each stage, by input topic.
	applied map[string]kadm.OffsetResponses
}

// Run looks for an id and reports the entities and journeys it belongs to. Finding
// nothing is not an error: the report's Found is false then.
func Run(ctx context.Context, config Config, query Query) (*Report, error) {
	if query.ID == "" && len(query.Pseudonyms) == 0 {
		return nil, errors.New("nothing to look for")
	}
	if !utf8.ValidString(query.ID) {
		return nil, errors.New("an id that is no UTF-8 text")
	}
	if err := checkTopics(); err != nil {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Limit <= 0 {
		config.Limit = 60
	}
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	began := config.Now()
	t := &tracer{
		config: config, admin: kadm.NewClient(client), report: &Report{Query: query.ID, As: []string{}, Journeys: []*Journey{}, Entities: []*Entity{}, Looked: []Looked{}},
		entities: map[string]*Entity{}, journeys: map[string]*Journey{}, seen: map[Position]bool{}, plain: map[string]string{},
	}
	var topics []string
	for _, row := range schemas.Table() {
		topics = append(topics, config.Names.Topic(row.Name))
	}
	if t.offsets, err = scan.List(ctx, t.admin, topics...); err != nil {
		return nil, err
	}
	if len(t.offsets.Topics()) == 0 {
		return nil, fmt.Errorf("the prefix %q has none of the topics raw.*, decoded.*, enriched.*: %w", config.Names.Prefix, kerr.UnknownTopicOrPartition)
	}
	if err := t.find(ctx, &query); err != nil {
		return nil, err
	}
	if t.report.Found = t.found(); t.report.Found {
		if err := t.collect(ctx); err != nil {
			return nil, err
		}
		t.conclude()
	}
	t.report.Took = Millis(config.Now().Sub(began))
	return t.report, nil
}

// entity returns the entity of a key, creating it at first use.
func (t *tracer) entity(key string) *Entity {
	e := t.entities[key]
	if e == nil {
		p := ProviderOf(key)
		e = &Entity{Key: key, Kind: cmp.Or(p.Entity, "record"), Provider: p.ID, Steps: []Step{}, raws: map[Position]string{}}
		t.entities[key] = e
	}
	return e
}

func (t *tracer) journey(key string) *Journey {
	j := t.journeys[key]
	if j == nil {
		j = &Journey{Key: key, Members: []string{}, Steps: []Step{}, inputs: map[string]bool{}}
		t.journeys[key] = j
	}
	return j
}

// add appends a step unless a step of the same record is there already.
func (t *tracer) add(to *[]Step, s *Step) bool {
	if t.seen[s.Position] {
		return false
	}
	t.seen[s.Position] = true
	*to = append(*to, *s)
	return true
}
