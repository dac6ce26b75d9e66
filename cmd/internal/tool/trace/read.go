package trace

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
)

// keyed are the keys to look for, by topic.
type keyed map[string][]string

func (k keyed) add(key string, topics ...string) {
	for _, topic := range topics {
		if topic != "" {
			k[topic] = append(k[topic], key)
		}
	}
}

// look reads the partitions that hold keys, and yields the records with these keys.
func (t *tracer) look(ctx context.Context, step string, keys keyed, from time.Time, yield func(topic string, r *kgo.Record)) error {
	if len(keys) == 0 {
		return nil
	}
	l, ranges, err := t.ranges(ctx, step, from, time.Time{}, slices.Sorted(maps.Keys(keys)))
	if err != nil {
		return err
	}
	named, needles, wanted := map[string][]string{}, map[string][][]byte{}, map[[2]string]bool{}
	for topic, keys := range keys {
		named[t.config.Names.Topic(topic)] = keys
		for _, key := range keys {
			needles[topic] = append(needles[topic], []byte(key))
			wanted[[2]string{topic, key}] = true
		}
	}
	return t.read(ctx, l, only(ranges.OfKeys(named)), func(topic string) [][]byte { return needles[topic] }, func(topic string, r *kgo.Record) (found, last bool) {
		if found = wanted[[2]string{topic, string(r.Key)}]; found {
			yield(topic, r)
		}
		return found, false
	})
}

// all reads whole topics, and yields the records that hold a needle, without any all records; yield reports whether a record is one of
// those looked for.
func (t *tracer) all(ctx context.Context, step string, topics []string, needles [][]byte, yield func(topic string, r *kgo.Record) bool) error {
	if len(topics) == 0 {
		return nil
	}
	l, ranges, err := t.ranges(ctx, step, t.since(), time.Time{}, topics)
	if err != nil {
		return err
	}
	return t.read(ctx, l, only(ranges), func(string) [][]byte { return needles }, func(topic string, r *kgo.Record) (found, last bool) {
		return yield(topic, r), false
	})
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

// only is a search in one piece.
func only(ranges scan.Ranges) iter.Seq[scan.Ranges] {
	return func(yield func(scan.Ranges) bool) { yield(ranges) }
}

// read passes the records of ranges, given in pieces, that hold a needle of their topic to take, and
// adds the search to the report; it may pass others, too. take reports whether a record has the id or key, and whether the search ends there.
func (t *tracer) read(ctx context.Context, l Looked, pieces iter.Seq[scan.Ranges], needles scan.Needles, take func(topic string, r *kgo.Record) (found, last bool)) (err error) {
	began, ended := t.config.Now(), false
	config := scan.Config{Kafka: t.config.Kafka, Patience: t.config.Patience, Progress: t.config.Progress, Now: t.config.Now}
	for piece := range pieces {
		var size scan.Searched
		size, err = scan.Search(ctx, config, l.For, piece, func(name string) [][]byte { return needles(name[len(t.config.Names.Prefix):]) }, func(r *kgo.Record) error {
			found, last := take(r.Topic[len(t.config.Names.Prefix):], r)
			if found {
				l.Found++
			}
			if ended = last; last {
				return scan.ErrStop
			}
			return nil
		})
		l.Records += size.Records
		l.Bytes += size.Bytes
		if err != nil || ended {
			break
		}
	}
	l.Took = Millis(t.config.Now().Sub(began))
	t.report.Looked = append(t.report.Looked, l)
	return err
}
