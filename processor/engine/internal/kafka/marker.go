package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The step sizes and the limit of the backward search for a marker, in offsets.
const (
	markerStep = 4_000
	markerFar  = 2_000_000
)

// Marker implements Admin. It reads backwards, in growing steps, until it finds the
// marker or something older of the same producer.
func (a client) Marker(ctx context.Context, topic string, partition int32, of Producer) (Marker, error) {
	starts, err := a.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return NoMarker, fmt.Errorf("list offsets: %w", err)
	}
	ends, err := a.ListEndOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return NoMarker, fmt.Errorf("list offsets: %w", err)
	}
	start, _ := starts.Lookup(topic, partition)
	end, _ := ends.Lookup(topic, partition)
	until := end.Offset
	for step := int64(markerStep); until > start.Offset; step *= 4 {
		if end.Offset-until > markerFar {
			return NoMarker, fmt.Errorf("not found among the last %d offsets", end.Offset-until)
		}
		from := max(start.Offset, until-step)
		found, older, err := a.markerBetween(ctx, kadm.Offset{Topic: topic, Partition: partition, At: from}, until, of)
		if err != nil || found != NoMarker || older {
			return found, err
		}
		until = from
	}
	return NoMarker, nil
}

// markerBetween reads a range of a log. older is true if the range contains a record of
// an earlier epoch of the producer; the search can then stop.
func (a client) markerBetween(ctx context.Context, from kadm.Offset, until int64, of Producer) (found Marker, older bool, err error) {
	client, err := kgo.NewClient(append(slices.Clone(a.opts),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{from.Topic: {from.Partition: kgo.NewOffset().At(from.At)}}),
		kgo.KeepControlRecords(), kgo.FetchIsolationLevel(kgo.ReadUncommitted()))...)
	if err != nil {
		return NoMarker, false, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for at := from.At; at < until; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return NoMarker, false, fmt.Errorf("read: %w", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at = r.Offset + 1
			if r.ProducerID != of.ID || r.Offset >= until {
				return
			}
			older = older || r.ProducerEpoch < of.Epoch
			if r.Attrs.IsControl() && r.ProducerEpoch == of.Epoch {
				found = markerIn(r.Key)
			}
		})
	}
	return found, older, nil
}

// markerIn reads the key of a control record: a version and a type, 0 for abort and 1
// for commit, two bytes each.
func markerIn(key []byte) Marker {
	const size, commit = 4, 1
	switch {
	case len(key) < size:
		return NoMarker
	case binary.BigEndian.Uint16(key[2:]) == commit:
		return CommitMarker
	}
	return AbortMarker
}
