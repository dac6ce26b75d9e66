package insights

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Rows are the newest rows by key. Of the funnel they are those of days and countries.
type Rows struct {
	Funnel  map[string]*avro.FunnelRow
	Signals map[string]*avro.Signal
}

// NewRows returns no rows.
func NewRows() *Rows {
	return &Rows{Funnel: map[string]*avro.FunnelRow{}, Signals: map[string]*avro.Signal{}}
}

// Add adds a record's row if it is the newest of its key, or removes the row that it ends.
func (r *Rows) Add(topic string, key, value []byte) error {
	id := string(key)
	if len(value) == 0 {
		if topic == schemas.Signals {
			delete(r.Signals, id)
		} else {
			delete(r.Funnel, id)
		}
		return nil
	}
	_, body, err := wire.Parse(value)
	if err != nil {
		return fmt.Errorf("read a row of %s: %w", topic, err)
	}
	if topic == schemas.Signals {
		s := &avro.Signal{}
		if err := s.DecodeAvro(body); err != nil {
			return fmt.Errorf("read a row of %s: %w", topic, err)
		}
		if have := r.Signals[id]; have == nil || have.Revision < s.Revision {
			r.Signals[id] = s
		}
		return nil
	}
	f := &avro.FunnelRow{}
	if err := f.DecodeAvro(body); err != nil {
		return fmt.Errorf("read a row of %s: %w", topic, err)
	}
	have := r.Funnel[id]
	if f.Window == avro.FunnelWindowDay && f.Level == avro.FunnelLevelCountry && (have == nil || have.Revision < f.Revision) {
		r.Funnel[id] = f
	}
	return nil
}

// Reader reads the two topics; each further Read adds the records written since the last one.
type Reader struct {
	config scan.Config
	names  schemas.Names
	since  time.Time
	topics []string
	rows   *Rows
	next   scan.Ranges
}

// margin is the time by which a record may be written before the begin of its row's window,
// because clocks differ.
const margin = 24 * time.Hour

// NewReader returns a reader of the signals and, unless only some topics are given, of the
// windows that begin at a time or later.
func NewReader(config scan.Config, names schemas.Names, since time.Time, only ...string) *Reader {
	if len(only) == 0 {
		only = []string{schemas.InsightsFunnel, schemas.Signals}
	}
	return &Reader{config: config, names: names, since: since, topics: only, rows: NewRows(), next: scan.Ranges{}}
}

// Read returns the newest rows. Topics that do not exist have none.
func (r *Reader) Read(ctx context.Context) (*Rows, error) {
	client, err := kgo.NewClient(r.config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	var topics []string
	for _, name := range r.topics {
		topics = append(topics, r.names.Topic(name))
	}
	offsets, err := scan.List(ctx, kadm.NewClient(client), topics...)
	if err != nil {
		return nil, err
	}
	ranges := scan.Ranges{}
	for i, name := range r.topics {
		from := time.Time{}
		if name == schemas.InsightsFunnel {
			from = r.since.Add(-margin)
		}
		rows, err := offsets.Ranges(ctx, from, time.Time{}, topics[i])
		if err != nil {
			return nil, err
		}
		maps.Copy(ranges, rows)
	}
	r.resume(ranges)
	err = scan.Each(ctx, r.config, "reading the insights", ranges, func(rec *kgo.Record) error {
		return r.rows.Add(strings.TrimPrefix(rec.Topic, r.names.Prefix), rec.Key, rec.Value)
	})
	if err != nil {
		return nil, err
	}
	r.next = ranges
	return r.rows, nil
}

// resume limits ranges to the offsets that were not read yet.
func (r *Reader) resume(ranges scan.Ranges) {
	for _, topic := range slices.Collect(maps.Keys(ranges)) {
		for p, is := range ranges[topic] {
			if was, read := r.next[topic][p]; read && was.To <= is.To {
				is.From = max(is.From, was.To)
				ranges[topic][p] = is
			}
		}
	}
}
