package trace

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// MinSearch is the length of the shortest id that is searched for in record bodies: a
// shorter one occurs in many records that have nothing to do with it.
const MinSearch = 6

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
	if t.report.Found = len(t.entities)+len(t.journeys) > 0; t.report.Found {
		if err := t.collect(ctx); err != nil {
			return nil, err
		}
		t.conclude()
	}
	t.report.Took = Millis(config.Now().Sub(began))
	return t.report, nil
}

// find adds the entities and journeys that the id belongs to. It tries the cheapest way
// first: as a key, then in the outcomes, then in the raw records.
func (t *tracer) find(ctx context.Context, query *Query) error {
	if query.ID == "" {
		t.report.Query = "a phone"
		// A correlation id that is a phone has more around the pseudonym.
		s := newSeeker(query.Pseudonyms, true)
		return t.search(ctx, s, "searching for the phone's pseudonyms", PseudonymTopics())
	}
	spellings := t.spellings(query.ID)
	if err := t.asKey(ctx, spellings); err != nil || len(t.entities)+len(t.journeys) > 0 || len(query.ID) < MinSearch {
		return err
	}
	s := newSeeker(spellings, false)
	if err := t.search(ctx, s, "searching facts, duplicates and dead letters", schemas.OutcomeTopics()); err != nil || len(t.entities) > 0 {
		return err
	}
	return t.search(ctx, s, "searching raw records", schemas.RawTopics())
}

// PseudonymTopics are the topics that are searched for a phone. The other topics hold
// it in clear, or hold it only in records of entities that these topics name as well.
func PseudonymTopics() []string {
	return append(append(schemas.EnrichedTopics(), schemas.EnrichedJourneys, schemas.Duplicates), schemas.DecodedTopics()...)
}

// as notes how the id matched.
func (t *tracer) as(match string) {
	const most = 10
	if !slices.Contains(t.report.As, match) && len(t.report.As) < most {
		t.report.As = append(t.report.As, match)
	}
}

// entity returns the entity of a key, creating it at first use.
func (t *tracer) entity(key string) *Entity {
	e := t.entities[key]
	if e == nil {
		e = &Entity{Key: key, Kind: kindOf(key), Provider: providerOf(key), Steps: []Step{}, raws: map[Position]string{}}
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
