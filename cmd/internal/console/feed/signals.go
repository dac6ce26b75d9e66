package feed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Signals are the claims of the detectors that hold, the most urgent first.
type Signals struct {
	At   time.Time     `json:"at"`
	Open []avro.Signal `json:"open"`
}

// signalReader follows signals.v1, which is compacted, from its begin.
type signalReader struct {
	feed *Feed
	next map[int32]int64
	open map[string]avro.Signal
}

func (s *signalReader) read(ctx context.Context) (*Signals, error) {
	if s.open == nil {
		s.next, s.open = map[int32]int64{}, map[string]avro.Signal{}
	}
	err := s.feed.follow(ctx, s.feed.config.Names.Topic(schemas.Signals), s.next, time.UnixMilli(0), func(r *kgo.Record) error {
		var v avro.Signal
		if err := decode(r, &v); err != nil || v.State == avro.SignalStateWithdrawn {
			delete(s.open, string(r.Key))
			return nil //nolint:nilerr // a tombstone ends a signal, and so does a value that cannot be read
		}
		s.open[string(r.Key)] = v
		return nil
	})
	if err != nil {
		s.open = nil
		return nil, err
	}
	out := &Signals{At: s.feed.Now().UTC(), Open: make([]avro.Signal, 0, len(s.open))}
	for _, v := range s.open {
		out.Open = append(out.Open, v)
	}
	slices.SortFunc(out.Open, func(a, b avro.Signal) int {
		return cmp.Or(cmp.Compare(urgency(b.Severity), urgency(a.Severity)), b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(a.SignalID, b.SignalID))
	})
	return out, nil
}

func urgency(s avro.SignalSeverity) int {
	return slices.Index([]avro.SignalSeverity{avro.SignalSeverityInfo, avro.SignalSeverityWarning, avro.SignalSeverityCritical}, s)
}
