package deadletter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/time/rate"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// Replay holds the options of a replay.
type Replay struct {
	Filter Filter
	// By names the person who replays.
	By string
	// Rate is the maximum number of records per second. Default 100.
	Rate float64
	// Rounds is how often a record may be replayed. Default 3.
	Rounds int
	// Limit is how many dead letters are replayed at most; 0 means all.
	Limit int64
	// Batch is the number of records in a transaction. Default 100.
	Batch int
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
	// Sent, if not nil, is called after each transaction with the number of records
	// replayed.
	Sent func(int64)
}

// Plan counts the dead letters that a replay would send or leave, or has sent.
type Plan struct {
	// Selected is how many dead letters match the filter, Send how many of these are
	// replayed.
	Selected int64 `json:"selected"`
	Send     int64 `json:"to_send"`
	Bytes    int64 `json:"bytes"`
	// Left counts the others by the reason why they are not replayed.
	Left map[string]int64 `json:"left,omitempty"`
	// To and Causes count the records sent, by destination topic and by cause.
	To     map[string]int64 `json:"to,omitempty"`
	Causes map[string]int64 `json:"causes,omitempty"`
	// Versions counts the records sent by the release that could not handle them.
	Versions map[string]int64 `json:"versions,omitempty"`
	// Sent is the number of records replayed; 0 for a dry run.
	Sent int64 `json:"sent"`
}

// The reasons why a dead letter is not replayed.
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

// NewReplayer returns a replayer that uses the reader.
func NewReplayer(reader *Reader, replay Replay) *Replayer {
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

// TransactionalID is the same for every replay, so that Kafka allows only one at a
// time.
func TransactionalID(names schemas.Names) string { return names.Group("deadletter-replay") }

// Plan counts the dead letters that a replay would send. It writes nothing.
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
	for _, name := range schemas.DeadLetterTopics() {
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

// inputOf returns the input topic of the stage that writes to a dead-letter topic.
func inputOf(deadLetters string) (string, bool) {
	for _, stage := range processor.StageNames() {
		if topics, _ := processor.TopicsOf(stage); topics.DeadLetter == deadLetters {
			return topics.Input, true
		}
	}
	return "", false
}

// judge decides whether a dead letter is replayed, and counts it either way.
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

// ErrTakenOver is returned when another replay has fenced this one.
var ErrTakenOver = errors.New("another replay has begun and this one was ended; what it had committed stays")

// Run replays. The plan is also returned with an error: records not counted as sent
// were not sent, except perhaps those of the last transaction, whose commit may have
// succeeded unnoticed. The notes show that.
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
	// InitProducerID fences other replays, so that the notes read after it are
	// complete.
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
