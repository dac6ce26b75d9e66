package trace

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// MinSearch is the length of the shortest id that is searched for in record bodies: a
// shorter one occurs in many records that have nothing to do with it.
const MinSearch = 6

// find adds the entities and journeys that the id belongs to. It tries the cheapest way
// first: as a key, then in the outcomes, then in the raw records.
func (t *tracer) find(ctx context.Context, query *Query) error {
	if query.ID == "" {
		t.report.Query = "a phone"
		// A correlation id that is a phone has more around the pseudonym. Topics that hold
		// a phone in clear are not searched; these here name all of its entities.
		topics := append(append(schemas.EnrichedTopics(), schemas.EnrichedJourneys, schemas.Duplicates), schemas.DecodedTopics()...)
		return t.search(ctx, newMatcher(query.Pseudonyms, true), "searching for the phone's pseudonyms", topics)
	}
	spellings := t.spellings(query.ID)
	if err := t.look(ctx, "looking where it is a key", t.keysOf(spellings), time.Time{}, t.takeKey); err != nil || t.found() || len(query.ID) < MinSearch {
		return err
	}
	m := newMatcher(spellings, false)
	if err := t.search(ctx, m, "searching facts, duplicates and dead letters", schemas.OutcomeTopics()); err != nil || t.found() {
		return err
	}
	return t.search(ctx, m, "searching raw records", schemas.RawTopics())
}

// found reports whether the id belongs to anything.
func (t *tracer) found() bool { return len(t.entities)+len(t.journeys) > 0 }

// takeKey adds the entity or journey of a record whose key is the id.
func (t *tracer) takeKey(topic string, r *kgo.Record) {
	key := string(r.Key)
	if topic == schemas.EnrichedJourneys {
		t.journey(key).Direct = true
		t.as("correlation id of journey " + key)
		return
	}
	e := t.entity(key)
	e.Direct = true
	t.as("id of " + e.Kind + " " + key)
}

// search searches whole topics for the id, the newest records first: people mostly ask
// about recent cases.
func (t *tracer) search(ctx context.Context, m *matcher, step string, topics []string) error {
	all := t.config.All || m.partial
	s := search{step: step, topics: topics, needles: m.bytesIn, from: t.config.From, to: t.config.To, newestFirst: true}
	return t.read(ctx, &s, func(topic string, r *kgo.Record) (found, last bool) {
		field := m.in(topic, r)
		if field == "" {
			return false, false
		}
		key := string(r.Key)
		if topic == schemas.EnrichedJourneys {
			t.journey(key)
			t.as(field + " of journey " + key)
			return true, false
		}
		if strings.HasPrefix(topic, "raw.") || strings.HasPrefix(topic, "deadletter.") {
			key = t.entityKey(r)
		}
		if len(t.entities) >= t.config.Limit && t.entities[key] == nil {
			t.report.Left++
			return true, false
		}
		e := t.entity(key)
		e.Direct = true
		t.join(e, topic, r)
		t.as(field + " of " + e.Kind + " " + key)
		t.report.First = !all
		return true, !all
	})
}

// join adds the journeys that a fact names to an entity that has no snapshots.
func (t *tracer) join(e *Entity, topic string, r *kgo.Record) {
	value, err := valueOf(topic, r.Value)
	fact, ok := value.(avro.Correlated)
	if err != nil || !ok || ProviderOf(e.Key).Enriched != "" {
		return
	}
	from, ids := fact.Correlations()
	namespace := ""
	if s := t.sourceOf(from); s != nil {
		namespace = s.Namespace
	}
	e.Journeys = journeyKeys(namespace, ids)
}

// as notes how the id matched.
func (t *tracer) as(match string) {
	const most = 10
	if !slices.Contains(t.report.As, match) && len(t.report.As) < most {
		t.report.As = append(t.report.As, match)
	}
}
