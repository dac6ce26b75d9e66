package forget

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/trace"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Sent is an erasure in its raw topic.
type Sent struct {
	Key       string `json:"key"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// Result is what became of a plan.
type Result struct {
	Sent []Sent `json:"sent"`
	// Forgotten are entities whose snapshot has ended and that no journey tells of.
	Forgotten []string `json:"forgotten"`
	// Waiting are those of which this is not yet so.
	Waiting []string `json:"waiting"`
}

// Carry sends the erasures of a plan and waits until they have been carried out. That
// time ran out is no error: the result says what is still waited for, and the
// erasures stay where they are until a stage meets them.
func Carry(ctx context.Context, config Config, p *Plan) (*Result, error) {
	client, err := kgo.NewClient(append(slices.Clone(config.Trace.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	records, err := erasures(ctx, kadm.NewClient(client), &config, p)
	if err != nil {
		return nil, err
	}
	began := config.now()
	result := &Result{Forgotten: []string{}, Waiting: []string{}}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return nil, fmt.Errorf("send the erasures (those that were sent will be carried out; sending again does no harm): %w", err)
	}
	for _, r := range records {
		result.Sent = append(result.Sent, Sent{Key: string(r.Key), Topic: r.Topic, Partition: r.Partition, Offset: r.Offset})
	}
	return result, config.await(ctx, p, began, result)
}

func (c *Config) now() time.Time {
	if c.Trace.Now == nil {
		return time.Now()
	}
	return c.Trace.Now()
}

// erasures makes the records of a plan.
func erasures(ctx context.Context, admin *kadm.Client, c *Config, p *Plan) ([]*kgo.Record, error) {
	partitions := map[string]int32{}
	var out []*kgo.Record
	for i := range p.Targets {
		t := &p.Targets[i]
		topic := c.Trace.Names.Topic(trace.RawTopic(t.Key))
		if partitions[topic] == 0 {
			details, err := admin.ListTopics(ctx, topic)
			if err == nil {
				err = details.Error()
			}
			if err != nil {
				return nil, fmt.Errorf("look at topic %s: %w", topic, err)
			}
			partitions[topic] = int32(len(details[topic].Partitions)) //nolint:gosec // a partition count
		}
		journeys, err := json.Marshal(t.Journeys)
		if err != nil {
			return nil, fmt.Errorf("write a list of journeys: %w", err)
		}
		provider, _, _ := strings.Cut(t.Key, ":")
		for _, to := range t.places(partitions[topic]) {
			key := to.key
			envelope := raw.Envelope{
				Source: "forget", Provider: provider, Kind: raw.KindErasure, RequestID: strings.ToLower(rand.Text()), ReceivedAt: c.now(), Items: 1,
			}
			var headers []kgo.RecordHeader
			for _, h := range envelope.Append(nil) {
				headers = append(headers, kgo.RecordHeader(h))
			}
			headers = append(headers, kgo.RecordHeader{Key: raw.HeaderErasureBy, Value: []byte(c.By)})
			if key == t.Key && len(t.Journeys) > 0 {
				headers = append(headers, kgo.RecordHeader{Key: raw.HeaderErasureJourneys, Value: journeys})
			}
			out = append(out, &kgo.Record{
				Topic: topic, Partition: to.partition, Key: []byte(key), Headers: headers,
			})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is nothing to forget")
	}
	return out, nil
}

// place is where an erasure of a key goes.
type place struct {
	key       string
	partition int32
}

// places returns where the erasures go: every partition that may hold state of the
// target. That of a key is its hash's. State of the entity itself is where its raw
// records lay; if none is known, such as of a call whose facts retention has taken, it
// may be anywhere. So may that of a key with a pseudonym, whose raw key is another.
func (t *Target) places(partitions int32) []place {
	var out []place
	for _, key := range t.Keys {
		own := engine.PartitionOf([]byte(key), partitions)
		out = append(out, place{key, own})
		var more []int32
		if key == t.Key {
			more = t.partitions
		}
		anywhere := key == t.Key && trace.RawTopic(key) == schemas.RawUnibell || trace.IsPseudonymous(key)
		if len(more) == 0 && anywhere {
			for p := range partitions {
				more = append(more, p)
			}
		}
		for _, p := range more {
			if p != own {
				out = append(out, place{key, p})
			}
		}
	}
	return out
}

// await looks at snapshots and journeys until they tell of nothing any more.
func (c *Config) await(ctx context.Context, p *Plan, began time.Time, result *Result) error {
	left := map[string]*Target{}
	for i := range p.Targets {
		left[p.Targets[i].Key] = &p.Targets[i]
	}
	until := began.Add(c.Wait)
	for {
		done, err := c.gone(ctx, left, began)
		if err != nil {
			return err
		}
		for _, key := range done {
			delete(left, key)
			result.Forgotten = append(result.Forgotten, key)
		}
		if c.Progress != nil {
			c.Progress(len(left))
		}
		if len(left) == 0 || c.now().After(until) {
			break
		}
		const again = 300 * time.Millisecond
		timer := time.NewTimer(again)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
	for key := range left {
		result.Waiting = append(result.Waiting, key)
	}
	slices.Sort(result.Waiting)
	slices.Sort(result.Forgotten)
	return nil
}

// clocksDiffer is how far the brokers' clocks may be off ours.
const clocksDiffer = 5 * time.Minute

// gone returns which targets nothing is told of any more.
func (c *Config) gone(ctx context.Context, left map[string]*Target, began time.Time) ([]string, error) {
	// A tombstone was written since; a journey's last snapshot may be older, where it
	// had forgotten the member before.
	ended, journeys := map[string][]string{}, map[string][]string{}
	for key, t := range left {
		topic := trace.EnrichedTopic(key)
		ended[topic] = append(ended[topic], key)
		journeys[schemas.EnrichedJourneys] = append(journeys[schemas.EnrichedJourneys], t.Journeys...)
	}
	last, err := trace.Last(ctx, c.Trace, ended, began.Add(-clocksDiffer))
	if err != nil {
		return nil, err
	}
	told, err := trace.Last(ctx, c.Trace, journeys, time.Time{})
	if err != nil {
		return nil, err
	}
	var done []string
	for key, t := range left {
		r := last[trace.EnrichedTopic(key)][key]
		if r == nil || r.Value != nil || r.Timestamp.Before(began.Add(-clocksDiffer)) {
			continue
		}
		if !slices.ContainsFunc(t.Journeys, func(j string) bool { return tells(told[schemas.EnrichedJourneys][j], key) }) {
			done = append(done, key)
		}
	}
	return done, nil
}

// tells says whether a journey's snapshot lists a member.
func tells(r *kgo.Record, member string) bool {
	if r == nil || r.Value == nil {
		return false
	}
	var s avro.JourneySnapshot
	_, body, err := wire.Parse(r.Value)
	if err == nil {
		err = s.DecodeAvro(body)
	}
	if err != nil {
		return true // it cannot be told, so it is not done
	}
	return slices.ContainsFunc(s.Members, func(m avro.JourneyMember) bool { return m.ID == member })
}

// String writes where an erasure lies.
func (s Sent) String() string {
	return s.Topic + "/" + strconv.Itoa(int(s.Partition)) + "@" + strconv.FormatInt(s.Offset, 10)
}
