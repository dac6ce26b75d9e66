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

// bytesIn returns the keys of a topic as bytes.
func (k keyed) bytesIn(topic string) [][]byte {
	var out [][]byte
	for _, key := range k[topic] {
		out = append(out, []byte(key))
	}
	return out
}

// search is one reading of topics, which are named without prefix.
type search struct {
	step   string
	topics []string
	// keys limit it to the partitions that hold them; nil reads all partitions.
	keys keyed
	// needles select the batches to decode: those with one of the texts. The records that are
	// passed on may be others, too.
	needles  scan.Needles
	from, to time.Time
	// newestFirst reads the newest records of each partition first.
	newestFirst bool
}

// look reads the partitions that hold keys, and yields the records with these keys.
func (t *tracer) look(ctx context.Context, step string, keys keyed, from time.Time, yield func(topic string, r *kgo.Record)) error {
	wanted := map[[2]string]bool{}
	for topic, keys := range keys {
		for _, key := range keys {
			wanted[[2]string{topic, key}] = true
		}
	}
	s := search{step: step, topics: slices.Sorted(maps.Keys(keys)), keys: keys, needles: keys.bytesIn, from: from}
	return t.read(ctx, &s, func(topic string, r *kgo.Record) (found, last bool) {
		if found = wanted[[2]string{topic, string(r.Key)}]; found {
			yield(topic, r)
		}
		return found, false
	})
}

// read passes the records of a search to take and adds the search to the report. take reports
// whether a record has the id or key, and whether the search ends there.
func (t *tracer) read(ctx context.Context, s *search, take func(topic string, r *kgo.Record) (found, last bool)) error {
	if len(s.topics) == 0 {
		return nil
	}
	l := Looked{For: s.step, From: s.from, To: s.to}
	keys, prefix := map[string][]string{}, t.config.Names.Prefix
	for _, topic := range s.topics {
		l.Topics = append(l.Topics, prefix+topic)
		keys[prefix+topic] = s.keys[topic]
	}
	ranges, err := t.offsets.Ranges(ctx, s.from, s.to, l.Topics...)
	if err != nil {
		return err
	}
	if s.keys != nil {
		ranges = ranges.OfKeys(keys)
	}
	var pieces iter.Seq[scan.Ranges] = func(yield func(scan.Ranges) bool) { yield(ranges) }
	if s.newestFirst {
		pieces = ranges.NewestFirst()
	}
	began, ended := t.config.Now(), false
	config := scan.Config{Kafka: t.config.Kafka, Patience: t.config.Patience, Progress: t.config.Progress, Now: t.config.Now}
	needles := func(name string) [][]byte { return s.needles(name[len(prefix):]) }
	for piece := range pieces {
		var size scan.Searched
		size, err = scan.Search(ctx, config, s.step, piece, needles, func(r *kgo.Record) error {
			var found bool
			if found, ended = take(r.Topic[len(prefix):], r); found {
				l.Found++
			}
			if ended {
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
