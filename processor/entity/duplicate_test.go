package entity_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestNoRepeatNamesItself: a record may come to the place of the one that it repeats, where
// the topic lost its end. Then the repeat names no place, and the time of the first.
func TestNoRepeatNamesItself(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	origin := avro.Origin{Topic: schemas.RawLOX24, Partition: 2, Offset: 7}
	received := at.Add(time.Hour)
	for name, c := range map[string]struct {
		first dedupe.Position
		want  int64
	}{
		"an earlier record":          {dedupe.Position{Partition: 2, Offset: 6, ReceivedAt: at}, 6},
		"one of another partition":   {dedupe.Position{Partition: 1, Offset: 7, ReceivedAt: at}, 7},
		"one that had the place":     {dedupe.Position{Partition: 2, Offset: 7, ReceivedAt: at}, -1},
		"the same record, as it is":  {dedupe.Position{Partition: 2, Offset: 7, ReceivedAt: received}, -1},
		"one that stood behind here": {dedupe.Position{Partition: 2, Offset: 9, ReceivedAt: at}, 9},
	} {
		d := entity.Duplicate(&entity.Occurrence{Origin: origin, ReceivedAt: received, EventID: "e", By: avro.KnownByEventID}, c.first)
		want := avro.RecordPosition{Topic: schemas.RawLOX24, Partition: c.first.Partition, Offset: c.want}
		if d.First != want || d.Record.Offset != 7 || !d.ReceivedAt.Equal(received) || !d.FirstReceivedAt.Equal(c.first.ReceivedAt) {
			t.Errorf("%s: %+v, want first %+v", name, d, want)
		}
	}
}
