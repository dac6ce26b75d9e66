package trace

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// read yields the records of ranges, given in pieces, and adds the search to the report.
// take reports whether a record has the id or key, and whether the search ends there.
func (t *tracer) read(ctx context.Context, l Looked, pieces iter.Seq[scan.Ranges], take func(topic string, r *kgo.Record) (found, last bool)) (err error) {
	began, ended := t.config.Now(), false
	config := scan.Config{Kafka: t.config.Kafka, Patience: t.config.Patience, Progress: t.config.Progress, Now: t.config.Now}
	for piece := range pieces {
		err = scan.Each(ctx, config, l.For, piece, func(r *kgo.Record) error {
			l.Records++
			l.Bytes += int64(len(r.Key) + len(r.Value))
			found, last := take(r.Topic[len(t.config.Names.Prefix):], r)
			if found {
				l.Found++
			}
			if ended = last; last {
				return scan.ErrStop
			}
			return nil
		})
		if err != nil || ended {
			break
		}
	}
	l.Took = Millis(t.config.Now().Sub(began))
	t.report.Looked = append(t.report.Looked, l)
	return err
}

// ranges returns the ranges of topics, and the entry of their search in the report.
func (t *tracer) ranges(ctx context.Context, step string, from, to time.Time, topics []string) (Looked, scan.Ranges, error) {
	l := Looked{For: step, From: from, To: to}
	for _, topic := range topics {
		l.Topics = append(l.Topics, t.config.Names.Topic(topic))
	}
	r, err := t.offsets.Ranges(ctx, from, to, l.Topics...)
	return l, r, err
}

// look reads the partitions that hold keys, and yields the records with these keys.
func (t *tracer) look(ctx context.Context, step string, keys map[string][]string, from time.Time, yield func(topic string, r *kgo.Record)) error {
	l, ranges, err := t.ranges(ctx, step, from, time.Time{}, slices.Sorted(maps.Keys(keys)))
	if err != nil {
		return err
	}
	named, wanted := map[string][]string{}, map[[2]string]bool{}
	for topic, keys := range keys {
		named[t.config.Names.Topic(topic)] = keys
		for _, key := range keys {
			wanted[[2]string{topic, key}] = true
		}
	}
	return t.read(ctx, l, only(ranges.OfKeys(named)), func(topic string, r *kgo.Record) (found, last bool) {
		if found = wanted[[2]string{topic, string(r.Key)}]; found {
			yield(topic, r)
		}
		return found, false
	})
}

// only is a search in one piece.
func only(ranges scan.Ranges) iter.Seq[scan.Ranges] {
	return func(yield func(scan.Ranges) bool) { yield(ranges) }
}

// asKey reads the partitions where a spelling of the id would be a record key.
func (t *tracer) asKey(ctx context.Context, spellings []string) error {
	keys := map[string][]string{}
	for _, id := range spellings {
		t.addKeys(keys, id)
	}
	return t.look(ctx, "looking where it is a key", keys, time.Time{}, func(topic string, r *kgo.Record) {
		key := string(r.Key)
		if topic == schemas.EnrichedJourneys {
			t.journey(key).Direct = true
			t.as("correlation id of journey " + key)
			return
		}
		t.entity(key).Direct = true
		t.as("id of " + kindOf(key) + " " + key)
	})
}

// search searches whole topics for the id, the newest records first: people mostly ask
// about recent cases.
func (t *tracer) search(ctx context.Context, s *seeker, step string, topics []string) error {
	l, ranges, err := t.ranges(ctx, step, t.config.From, t.config.To, topics)
	if err != nil {
		return err
	}
	all := t.config.All || s.parts
	return t.read(ctx, l, ranges.NewestFirst(), func(topic string, r *kgo.Record) (found, last bool) {
		field := s.in(topic, r)
		if field == "" {
			return false, false
		}
		key := string(r.Key)
		if topic == schemas.EnrichedJourneys {
			t.journey(key)
			t.as(field + " of journey " + key)
			return true, false
		}
		if isRaw(topic) {
			key = t.entityKey(r)
		}
		if len(t.entities) >= t.config.Limit && t.entities[key] == nil {
			t.report.Left++
			return true, false
		}
		e := t.entity(key)
		e.Direct = true
		t.join(e, topic, r)
		t.as(field + " of " + kindOf(key) + " " + key)
		t.report.First = !all
		return true, !all
	})
}

// join adds the journeys that a fact names to an entity that has no snapshots.
func (t *tracer) join(e *Entity, topic string, r *kgo.Record) {
	value, err := valueOf(topic, r.Value)
	fact, ok := value.(avro.Correlated)
	if err != nil || !ok || EnrichedTopic(e.Key) != "" {
		return
	}
	from, ids := fact.Correlations()
	e.Journeys = journeyKeys("", ids)
	if i := slices.IndexFunc(t.config.Sources, func(s source.Source) bool { return s.ID == from }); i >= 0 {
		e.Journeys = journeyKeys(t.config.Sources[i].Namespace, ids)
	}
}

// isRaw reports whether ingest made the keys of a topic.
func isRaw(topic string) bool {
	return strings.HasPrefix(topic, "raw.") || strings.HasPrefix(topic, "deadletter.")
}
