package deadletter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Note records that a dead letter was replayed: when, by whom and where to.
type Note struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Round is the number of replays of the record, this one included.
	Round int `json:"round"`
	// Topic and Partition are the destination.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

// noteFormat is a note as it is stored.
type noteFormat struct {
	Version   int    `json:"version"`
	By        string `json:"by"`
	At        int64  `json:"at"`
	Round     int    `json:"round"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

const noteVersion = 1

func noteOf(value []byte) (*Note, error) {
	var f noteFormat
	if err := json.Unmarshal(value, &f); err != nil {
		return nil, fmt.Errorf("a note of a replay cannot be read: %w", err)
	}
	if f.Version != noteVersion {
		return nil, fmt.Errorf("a note of a replay has format %d, this program knows %d: a later release wrote it", f.Version, noteVersion)
	}
	return &Note{By: f.By, At: instant.OfMillis(f.At), Round: f.Round, Topic: f.Topic, Partition: f.Partition}, nil
}

// size is an upper bound of the record's size on the wire, batch header included.
func (r *Replayer) size(l *Letter) int {
	const overhead = 256
	record := r.again(l)
	n := overhead + len(record.Key) + len(record.Value)
	for i := range record.Headers {
		n += len(record.Headers[i].Key) + len(record.Headers[i].Value) + 4
	}
	return n
}

// again returns the record to send: the same key, body and headers (received_at among
// them), to its original partition, with headers that name the replay. The dead-letter
// headers stay: by them an audit sees that the record was accepted once, not twice.
func (r *Replayer) again(l *Letter) *kgo.Record {
	record := &kgo.Record{Topic: l.From.Topic, Partition: l.From.Partition, Key: l.record.Key, Value: l.record.Value}
	last := map[string]int{}
	for i := range l.record.Headers {
		last[l.record.Headers[i].Key] = i
	}
	for i, h := range l.record.Headers {
		ours := strings.HasPrefix(h.Key, "tributary-")
		if ours && last[h.Key] != i || replayHeader(h.Key) {
			continue
		}
		record.Headers = append(record.Headers, h)
	}
	add := func(key, value string) {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: key, Value: []byte(value)})
	}
	add(raw.HeaderReplayRound, strconv.Itoa(l.Round+1))
	add(raw.HeaderReplayBy, r.replay.By)
	add(raw.HeaderReplayAt, strconv.FormatInt(r.replay.Now().UnixMilli(), 10))
	add(raw.HeaderReplayFrom, l.String())
	return record
}

func replayHeader(key string) bool {
	return slices.Contains([]string{raw.HeaderReplayRound, raw.HeaderReplayBy, raw.HeaderReplayAt, raw.HeaderReplayFrom}, key)
}

// note returns the record that notes the replay.
func (r *Replayer) note(l *Letter) (*kgo.Record, error) {
	value, err := json.Marshal(noteFormat{
		Version: noteVersion, By: r.replay.By, At: r.replay.Now().UnixMilli(), Round: l.Round + 1, Topic: l.From.Topic, Partition: l.From.Partition,
	})
	if err != nil {
		return nil, fmt.Errorf("note a replay: %w", err)
	}
	topic, key := r.names.Topic(schemas.InternalReplays), []byte(l.String())
	return &kgo.Record{Topic: topic, Partition: stage.PartitionOf(key, r.counts[topic]), Key: key, Value: value}, nil
}
