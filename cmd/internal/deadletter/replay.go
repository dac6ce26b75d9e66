package deadletter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/time/rate"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Note says that a dead letter was replayed.
type Note struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Round is how often the record has been replayed with this.
	Round int `json:"round"`
	// Topic and Partition are where it was sent.
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
	return &Note{By: f.By, At: time.UnixMilli(f.At).UTC(), Round: f.Round, Topic: f.Topic, Partition: f.Partition}, nil
}

// Replay is what is to be replayed, and how.
type Replay struct {
	Filter Filter
	// By names who does it.
	By string
	// Rate is how many records a second at most. Default 100.
	Rate float64
	// Rounds is how often a record may be replayed. Default 3.
	Rounds int
	// Limit is how many dead letters are replayed at most; 0 means all.
	Limit int64
	// Batch is how many go into a transaction. Default 100.
	Batch int
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
	// Sent, if not nil, is told after each transaction how many were replayed.
	Sent func(int64)
}

// Plan is what a replay would do, or did.
type Plan struct {
	// Selected are the dead letters that the filter means, Send those that are
	// replayed.
	Selected int64 `json:"selected"`
	Send     int64 `json:"to_send"`
	Bytes    int64 `json:"bytes"`
	// Left says why the others are not.
	Left map[string]int64 `json:"left,omitempty"`
	// To and Causes count what is sent, by topic and by cause.
	To     map[string]int64 `json:"to,omitempty"`
	Causes map[string]int64 `json:"causes,omitempty"`
	// Versions count what is sent by the version that buried it.
	Versions map[string]int64 `json:"versions,omitempty"`
	// Sent is how many were replayed; of a dry run 0.
	Sent int64 `json:"sent"`
}

// Why a dead letter is left.
const (
	leftReplayed  = "replayed already"
	leftRounds    = "replayed too often"
	leftDeadline  = "a deadline, not a record"
	leftElsewhere = "not of this cluster's topics"
	leftPartition = "its partition does not exist"
	leftLarge     = "too large for the topic with the note"
	leftLimit     = "over --limit"
)

// Replayer replays dead letters. Make it with NewReplayer.
type Replayer struct {
	replay Replay
	reader *Reader
	names  schemas.Names
	counts map[string]int32 // partitions by topic
}

// NewReplayer returns a replayer that reads by the reader.
func NewReplayer(reader *Reader, replay Replay) *Replayer { //nolint:gocritic // given once
	const perSecond, rounds, batch = 100, 3, 100
	if replay.Rate <= 0 {
		replay.Rate = perSecond
	}
	if replay.Rounds <= 0 {
		replay.Rounds = rounds
	}
	if replay.Batch <= 0 {
		replay.Batch = batch
	}
	if replay.Now == nil {
		replay.Now = time.Now
	}
	return &Replayer{replay: replay, reader: reader, names: reader.names, counts: map[string]int32{}}
}

// TransactionalID is the one under which everybody replays, so that there is one at
// a time.
func TransactionalID(names schemas.Names) string { return names.Group("deadletter-replay") }

// Plan looks what would be replayed. Nothing is written.
func (r *Replayer) Plan(ctx context.Context) (*Plan, error) {
	client, err := kgo.NewClient(r.reader.kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	if err := r.look(ctx, kadm.NewClient(client)); err != nil {
		return nil, err
	}
	plan := newPlan()
	return plan, r.reader.Each(ctx, &r.replay.Filter, func(l *Letter) error {
		r.judge(plan, l)
		return nil
	})
}

func newPlan() *Plan {
	return &Plan{Left: map[string]int64{}, To: map[string]int64{}, Causes: map[string]int64{}, Versions: map[string]int64{}}
}

// look opens the reader and counts the partitions of the stages' inputs.
func (r *Replayer) look(ctx context.Context, admin *kadm.Client) error {
	if err := r.reader.open(ctx, admin); err != nil {
		return err
	}
	var inputs []string
	for _, name := range Topics() {
		if input, ok := inputOf(name); ok {
			inputs = append(inputs, r.names.Topic(input))
		}
	}
	listed, err := admin.ListTopics(ctx, append(inputs, r.names.Topic(schemas.InternalReplays))...)
	if err != nil {
		return fmt.Errorf("list the topics: %w", err)
	}
	for topic := range listed {
		r.counts[topic] = int32(len(listed[topic].Partitions)) //nolint:gosec // a partition count
	}
	return nil
}

// inputOf is the topic that the stage reads whose dead letters a topic holds.
func inputOf(deadLetters string) (string, bool) {
	for _, stage := range processor.StageNames() {
		if topics, _ := processor.TopicsOf(stage); topics.DeadLetter == deadLetters {
			return topics.Input, true
		}
	}
	return "", false
}

// judge says whether a dead letter is replayed, and counts it either way.
func (r *Replayer) judge(plan *Plan, l *Letter) bool {
	plan.Selected++
	if why := r.refuse(plan, l); why != "" {
		plan.Left[why]++
		return false
	}
	plan.Send++
	plan.Bytes += int64(len(l.record.Value))
	plan.To[l.From.Topic]++
	plan.Causes[l.Cause]++
	plan.Versions[l.Version]++
	return true
}

func (r *Replayer) refuse(plan *Plan, l *Letter) string {
	input, known := inputOf(l.Name)
	switch {
	case l.Replayed != nil:
		return leftReplayed
	case l.From.Topic == "" || l.From.Offset < 0:
		return leftDeadline
	case !known || l.From.Topic != r.names.Topic(input):
		return leftElsewhere
	case l.From.Partition < 0 || l.From.Partition >= r.counts[l.From.Topic]:
		return leftPartition
	case l.Round >= r.replay.Rounds:
		return leftRounds
	case r.size(l) > largest(input):
		return leftLarge
	case r.replay.Limit > 0 && plan.Send >= r.replay.Limit:
		return leftLimit
	}
	return ""
}

func largest(topic string) int {
	row, _ := schemas.Find(topic)
	return row.MaxMessageBytes
}

// size is what the record will take, with room for a batch's own bytes.
func (r *Replayer) size(l *Letter) int {
	const overhead = 256
	record := r.again(l)
	n := overhead + len(record.Key) + len(record.Value)
	for i := range record.Headers {
		n += len(record.Headers[i].Key) + len(record.Headers[i].Value) + 4
	}
	return n
}

// again is the record to send: the same key, body and headers, received_at among
// them, to the partition it was in, with a note of who sends it again. The headers
// that say why it was buried stay: they tell the account that it was accepted once.
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
	add(raw.HeaderReplayFrom, l.Ref.String())
	return record
}

func replayHeader(key string) bool {
	return slices.Contains([]string{raw.HeaderReplayRound, raw.HeaderReplayBy, raw.HeaderReplayAt, raw.HeaderReplayFrom}, key)
}

// note is the record that says so.
func (r *Replayer) note(l *Letter) (*kgo.Record, error) {
	value, err := json.Marshal(noteFormat{
		Version: noteVersion, By: r.replay.By, At: r.replay.Now().UnixMilli(), Round: l.Round + 1, Topic: l.From.Topic, Partition: l.From.Partition,
	})
	if err != nil {
		return nil, fmt.Errorf("note a replay: %w", err)
	}
	topic, key := r.names.Topic(schemas.InternalReplays), []byte(l.Ref.String())
	return &kgo.Record{Topic: topic, Partition: engine.PartitionOf(key, r.counts[topic]), Key: key, Value: value}, nil
}

// ErrTakenOver says that somebody else began to replay.
var ErrTakenOver = errors.New("another replay has begun and this one was ended; what it had committed stays")

// Run replays. It returns what it did also with an error: what is not counted as
// sent was not sent, but for the last transaction, of which the notes know.
func (r *Replayer) Run(ctx context.Context) (*Plan, error) {
	const timeout = time.Minute
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, r.reader.kafka...),
		kgo.TransactionalID(TransactionalID(r.names)), kgo.TransactionTimeout(timeout),
		// Each record goes to the partition it was in.
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		// A record may be as large as the topics take.
		kgo.ProducerBatchMaxBytes(2<<20),
	)...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	// From here on nobody else's replay commits, so that the notes read now are all.
	if _, _, err := client.ProducerID(ctx); err != nil {
		return nil, fmt.Errorf("take over transactional id %s: %w", TransactionalID(r.names), err)
	}
	if err := r.look(ctx, kadm.NewClient(client)); err != nil {
		return nil, err
	}
	plan, sender := newPlan(), &sender{client: client, sent: r.replay.Sent}
	limiter := rate.NewLimiter(rate.Limit(r.replay.Rate), 1)
	err = r.reader.Each(ctx, &r.replay.Filter, func(l *Letter) error {
		if !r.judge(plan, l) {
			return nil
		}
		if err := limiter.Wait(ctx); err != nil {
			return fmt.Errorf("wait for the rate: %w", err)
		}
		note, err := r.note(l)
		if err != nil {
			return err
		}
		sender.batch = append(sender.batch, r.again(l), note)
		if len(sender.batch) < 2*r.replay.Batch && time.Duration(float64(len(sender.batch)/2)/r.replay.Rate*float64(time.Second)) < timeout/4 {
			return nil
		}
		return sender.commit(ctx)
	})
	if err == nil {
		err = sender.commit(ctx)
	}
	plan.Sent = sender.count
	return plan, err
}

// sender writes records and their notes, pair after pair.
type sender struct {
	client *kgo.Client
	batch  []*kgo.Record
	count  int64
	sent   func(int64)
}

// commit writes the batch in one transaction.
func (s *sender) commit(ctx context.Context) error {
	if len(s.batch) == 0 {
		return nil
	}
	if err := s.client.BeginTransaction(); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	err := s.client.ProduceSync(ctx, s.batch...).FirstErr()
	end := kgo.TryCommit
	if err != nil {
		end = kgo.TryAbort
	}
	// A transaction is ended also where the user has had enough.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	ended := s.client.EndTransaction(ending, end)
	for _, e := range []error{err, ended} {
		if errors.Is(e, kerr.ProducerFenced) || errors.Is(e, kerr.InvalidProducerEpoch) {
			return ErrTakenOver
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("send the records again: %w", err)
	case ended != nil:
		return fmt.Errorf("commit, which may have happened: replay again, the notes know: %w", ended)
	}
	s.count += int64(len(s.batch) / 2)
	s.batch = s.batch[:0]
	if s.sent != nil {
		s.sent(s.count)
	}
	return nil
}
