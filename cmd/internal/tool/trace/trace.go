package trace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
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
	Progress Progress
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

// Progress receives each step with its total number of offsets, and how many of them
// are read.
type Progress = scan.Progress

type silent struct{}

func (silent) Step(string, int64) {}
func (silent) At(int64)           {}

// MinSearch is the length of the shortest id that is searched for in record bodies: a
// shorter one occurs in many records that have nothing to do with it.
const MinSearch = 6

// ErrShort is returned for an id that is too short for a search.
var ErrShort = errors.New("too short an id")

// tracer is the state of one running trace.
type tracer struct {
	config   Config
	hay      *haystack
	report   *Report
	entities map[string]*Entity
	journeys map[string]*Journey
	seen     map[Position]bool
	// plain maps known pseudonyms to their ids.
	plain map[string]string
	// applied holds the committed offsets of each stage, by input topic.
	applied map[string]map[int32]int64
}

// Run looks for an id and reports the entities and journeys it belongs to. Finding
// nothing is not an error: the report's Found is false then.
func Run(ctx context.Context, config Config, query Query) (*Report, error) {
	if query.ID == "" && len(query.Pseudonyms) == 0 {
		return nil, errors.New("nothing to look for")
	}
	config.defaults()
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	t := newTracer(config, client)
	t.report.Query = query.ID
	if query.ID == "" {
		t.report.Query = "a phone"
	}
	began := config.Now()
	if err := t.hay.look(ctx); err != nil {
		return nil, err
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
	if query.ID != "" {
		spellings := t.spellings(query.ID)
		if err := t.byKey(ctx, spellings); err != nil || len(t.entities)+len(t.journeys) > 0 {
			return err
		}
		if len(query.ID) < MinSearch {
			return nil
		}
		s := newSeeker(query.ID)
		s.add(spellings[1:])
		s.all = t.config.All
		if err := t.bySearch(ctx, s, "searching facts, duplicates and dead letters", schemas.OutcomeTopics()); err != nil || len(t.entities) > 0 {
			return err
		}
		return t.bySearch(ctx, s, "searching raw records", schemas.RawTopics())
	}
	s := newSeeker(query.Pseudonyms...)
	s.all, s.exact = true, false // a correlation id that is a phone has more around it
	return t.bySearch(ctx, s, "searching for the phone's pseudonyms", PseudonymTopics())
}

// PseudonymTopics are the topics that are searched for a phone. The other topics hold
// it in clear, or hold it only in records of entities that these topics name as well.
func PseudonymTopics() []string {
	return append(append(schemas.EnrichedTopics(), schemas.EnrichedJourneys, schemas.Duplicates), schemas.DecodedTopics()...)
}

// byKey reads the partitions where a spelling of the id would be a record key.
func (t *tracer) byKey(ctx context.Context, spellings []string) error {
	keys := map[string][]string{}
	for _, id := range spellings {
		for topic, candidates := range t.candidates(id) {
			keys[topic] = append(keys[topic], candidates...)
		}
	}
	return t.look(ctx, "looking where it is a key", keys, time.Time{}, func(topic string, r *kgo.Record) {
		if topic == schemas.EnrichedJourneys {
			t.journey(string(r.Key)).Direct = true
			t.as("correlation id of journey " + string(r.Key))
			return
		}
		t.entity(string(r.Key)).Direct = true
		t.as("id of " + kindOf(string(r.Key)) + " " + string(r.Key))
	})
}

// candidates returns the keys that an id may stand for in each topic, as it is or with
// a provider's prefix.
func (t *tracer) candidates(id string) map[string][]string {
	keys := map[string][]string{schemas.EnrichedJourneys: {id}}
	if key := string(entity.JourneyID{ID: id}.AppendKey(nil)); key != id {
		keys[schemas.EnrichedJourneys] = append(keys[schemas.EnrichedJourneys], key)
	}
	for _, p := range schemas.Providers() {
		switch {
		case p.Enriched == "":
		case strings.HasPrefix(id, p.ID+":"):
			keys[p.Enriched] = append(keys[p.Enriched], id)
		case !p.Scoped:
			keys[p.Enriched] = append(keys[p.Enriched], p.KeyPrefix("")+id)
		}
	}
	for i := range t.config.Sources {
		s := &t.config.Sources[i]
		if p, _ := schemas.FindProvider(s.Provider); p.Scoped && p.Enriched != "" {
			keys[p.Enriched] = append(keys[p.Enriched], p.KeyPrefix(s.ID)+id)
		}
		if s.Provider == raw.ProviderUnibell {
			keys[schemas.EnrichedVerifications] = append(keys[schemas.EnrichedVerifications], raw.ProviderUnibell+":"+s.ID+":"+raw.UnibellRequest(id))
		}
		if key := s.Namespace + ":" + id; s.Namespace != "" && !slices.Contains(keys[schemas.EnrichedJourneys], key) {
			keys[schemas.EnrichedJourneys] = append(keys[schemas.EnrichedJourneys], key)
		}
	}
	return keys
}

// bySearch searches whole topics for the id.
func (t *tracer) bySearch(ctx context.Context, s *seeker, step string, topics []string) error {
	ranges, err := t.hay.ranges(ctx, t.config.From, t.config.To, t.hay.whole(topics))
	if err != nil {
		return err
	}
	found := 0
	done := t.looking(step, topics, t.config.From, t.config.To)
	err = t.hay.search(ctx, step, ranges, func(topic string, r *kgo.Record) bool {
		where := s.in(topic, r)
		if where == "" {
			return true
		}
		found++
		if topic == schemas.EnrichedJourneys {
			t.journey(string(r.Key))
			t.as(where + " of journey " + string(r.Key))
			return true
		}
		key := string(r.Key)
		if isRaw(topic) {
			key = t.entityKey(r)
		}
		if len(t.entities) >= t.config.Limit && t.entities[key] == nil {
			t.report.Left++
			return true
		}
		e := t.entity(key)
		e.Direct = true
		t.join(e, topic, r)
		t.as(where + " of " + kindOf(key) + " " + key)
		t.report.First = !s.all
		return s.all
	})
	done(found)
	return err
}

// join adds the journeys that a fact names to an entity that has no snapshots.
func (t *tracer) join(e *Entity, topic string, r *kgo.Record) {
	value, err := valueOf(topic, r.Value)
	fact, ok := value.(avro.Correlated)
	if err != nil || !ok || EnrichedTopic(e.Key) != "" {
		return
	}
	from, ids := fact.Correlations()
	var namespace avro.Optional[string]
	for i := range t.config.Sources {
		if s := &t.config.Sources[i]; s.ID == from {
			namespace = avro.Some(s.Namespace)
		}
	}
	e.Journeys = journeyKeys(namespace, ids)
}

// look reads the partitions that hold keys, and yields the records with these keys.
func (t *tracer) look(ctx context.Context, step string, keys map[string][]string, from time.Time, yield func(topic string, r *kgo.Record)) error {
	places := map[place]bool{}
	type known struct{ topic, key string }
	wanted := map[known]bool{}
	topics := slices.Sorted(maps.Keys(keys))
	for topic, keys := range keys {
		for _, key := range keys {
			wanted[known{topic, key}] = true
			if at, ok := t.hay.placeOf(topic, key); ok {
				places[at] = true
			}
		}
	}
	ranges, err := t.hay.ranges(ctx, from, time.Time{}, places)
	if err != nil {
		return err
	}
	found := 0
	done := t.looking(step, topics, from, time.Time{})
	err = t.hay.read(ctx, step, ranges, func(topic string, r *kgo.Record) error {
		if wanted[known{topic, string(r.Key)}] {
			found++
			yield(topic, r)
		}
		return nil
	})
	done(found)
	return err
}

// looking starts an entry in the report's list of searches; the returned function
// completes it.
func (t *tracer) looking(what string, topics []string, from, to time.Time) func(found int) {
	records, bytes, began := t.hay.records, t.hay.bytes, t.config.Now()
	names := make([]string, len(topics))
	for i, topic := range topics {
		names[i] = t.config.Names.Topic(topic)
	}
	return func(found int) {
		t.report.Looked = append(t.report.Looked, Looked{
			For: what, Topics: names, Records: t.hay.records - records, Bytes: t.hay.bytes - bytes,
			Took: Millis(t.config.Now().Sub(began)), From: from, To: to, Found: found,
		})
	}
}

func (t *tracer) as(what string) {
	const most = 10
	if !slices.Contains(t.report.As, what) && len(t.report.As) < most {
		t.report.As = append(t.report.As, what)
	}
}

// entity returns the entity of a key, creating it at first use.
func (t *tracer) entity(key string) *Entity {
	e := t.entities[key]
	if e == nil {
		e = &Entity{Key: key, Kind: kindOf(key), Provider: providerOf(key), Steps: []Step{}, raws: map[Position]*rawSeen{}}
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

// providerOf returns the provider that a key begins with, or "" if it names none: the
// webhook of such a raw record carried no entity id.
func providerOf(key string) string {
	p, _ := schemas.ProviderOfKey(key)
	return p.ID
}

// kindOf returns the kind of the entity of a key.
func kindOf(key string) string {
	if p, ok := schemas.ProviderOfKey(key); ok {
		return p.Entity
	}
	return "record"
}
