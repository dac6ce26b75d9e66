package forget

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Sent is the position of an erasure record in its raw topic.
type Sent struct {
	Key       string `json:"key"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// Result is the outcome of carrying out a plan.
type Result struct {
	Sent []Sent `json:"sent"`
	// Forgotten are entities whose snapshot is a tombstone and that no journey lists
	// any more.
	Forgotten []string `json:"forgotten"`
	// Waiting are the entities for which this is not yet so.
	Waiting []string `json:"waiting"`
}

// Apply sends the erasures of a plan and waits until the stages have applied them.
// A timeout is not an error: the result lists the entities still waiting, and the
// erasure records stay in their topics until a stage reads them.
func Apply(ctx context.Context, config Config, p *Plan) (*Result, error) {
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

// erasures builds the erasure records of a plan.
func erasures(ctx context.Context, admin *kadm.Client, c *Config, p *Plan) ([]*kgo.Record, error) {
	partitions := map[string]int32{}
	var out []*kgo.Record
	for i := range p.Targets {
		t := &p.Targets[i]
		topic := c.Trace.Names.Topic(trace.ProviderOf(t.Key).Raw)
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
		rows, err := json.Marshal(t.Rows)
		if err != nil {
			return nil, fmt.Errorf("write a list of rows: %w", err)
		}
		provider, _, _ := strings.Cut(t.Key, ":")
		for _, to := range t.destinations(partitions[topic]) {
			key := to.key
			envelope := raw.Envelope{
				Source: "forget", Provider: provider, Kind: raw.KindErasure, RequestID: strings.ToLower(rand.Text()), ReceivedAt: c.now(), Items: 1,
			}
			var headers []kgo.RecordHeader
			for _, h := range raw.Append[raw.Header](nil, &envelope) {
				headers = append(headers, kgo.RecordHeader(h))
			}
			headers = append(headers, kgo.RecordHeader{Key: raw.HeaderErasureBy, Value: []byte(c.By)})
			if key == t.Key && len(t.Journeys) > 0 {
				headers = append(headers, kgo.RecordHeader{Key: raw.HeaderErasureJourneys, Value: journeys})
			}
			if key == t.Key && len(t.Rows) > 0 {
				headers = append(headers, kgo.RecordHeader{Key: raw.HeaderErasureRows, Value: rows})
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

// destination is where an erasure goes: the record key and the partition.
type destination struct {
	key       string
	partition int32
}

// destinations returns the destinations of the erasures: every partition that may hold state
// of the target. The state of a further key is in the partition of its hash. The state
// of the entity itself is in the partitions of its raw records. If none of these is
// known, such as for a Unibell call whose raw records retention has deleted, it may be
// in any partition. The same holds for a key with a pseudonym, because its raw key is a
// different one.
func (t *Target) destinations(partitions int32) []destination {
	var out []destination
	for _, key := range t.Keys {
		own := stage.PartitionOf([]byte(key), partitions)
		out = append(out, destination{key, own})
		var more []int32
		if key == t.Key {
			more = t.partitions
		}
		anywhere := key == t.Key && trace.ProviderOf(key).Raw == schemas.RawUnibell || trace.IsPseudonymous(key)
		if len(more) == 0 && anywhere {
			for p := range partitions {
				more = append(more, p)
			}
		}
		for _, p := range more {
			if p != own {
				out = append(out, destination{key, p})
			}
		}
	}
	return out
}

// await polls the snapshots of entities and journeys until no target is left in them.
func (c *Config) await(ctx context.Context, p *Plan, began time.Time, result *Result) error {
	left := map[string]*Target{}
	for i := range p.Targets {
		left[p.Targets[i].Key] = &p.Targets[i]
	}
	until := began.Add(c.Wait)
	for {
		done, err := c.gone(ctx, left, result.Sent, began)
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
		if err := timespan.Wait(ctx, again); err != nil {
			return err
		}
	}
	for key := range left {
		result.Waiting = append(result.Waiting, key)
	}
	slices.Sort(result.Waiting)
	slices.Sort(result.Forgotten)
	return nil
}

// clocksDiffer is the assumed largest difference between a broker's clock and ours.
const clocksDiffer = 5 * time.Minute

// gone returns the targets that are erased from their snapshots and journeys. A target
// without snapshots is erased once its stage has committed the offsets of its erasures.
func (c *Config) gone(ctx context.Context, left map[string]*Target, sent []Sent, began time.Time) ([]string, error) {
	committed, err := c.committed(ctx, left)
	if err != nil {
		return nil, err
	}
	// The tombstone must be newer than the request. A journey's snapshot may be older,
	// if the journey had dropped the member before.
	ended, journeys, all := map[string][]string{}, map[string][]string{}, c.Trace.Names.Topic(schemas.EnrichedJourneys)
	for key, t := range left {
		if topic := trace.ProviderOf(key).Enriched; topic != "" {
			topic = c.Trace.Names.Topic(topic)
			ended[topic] = append(ended[topic], key)
		}
		journeys[all] = append(journeys[all], t.Journeys...)
	}
	kafka := scan.Config{Kafka: c.Trace.Kafka, Patience: c.Trace.Patience, Progress: c.Trace.Progress, Now: c.Trace.Now}
	last, err := scan.Last(ctx, kafka, ended, began.Add(-clocksDiffer))
	if err != nil {
		return nil, err
	}
	snapshots, err := scan.Last(ctx, kafka, journeys, time.Time{})
	if err != nil {
		return nil, err
	}
	var done []string
	for key, t := range left {
		topic := trace.ProviderOf(key).Enriched
		if topic == "" && !passed(t, sent, committed) {
			continue
		}
		r := last[c.Trace.Names.Topic(topic)][key]
		if topic != "" && (r == nil || r.Value != nil || r.Timestamp.Before(began.Add(-clocksDiffer))) {
			continue
		}
		if !slices.ContainsFunc(t.Journeys, func(j string) bool { return hasMember(snapshots[all][j], key) }) {
			done = append(done, key)
		}
	}
	return done, nil
}

// committed returns the committed offsets of the stages of targets without snapshots.
func (c *Config) committed(ctx context.Context, left map[string]*Target) (kadm.OffsetResponses, error) {
	out := kadm.OffsetResponses{}
	for key := range left {
		if trace.ProviderOf(key).Enriched != "" {
			continue
		}
		p, _ := schemas.ProviderOfKey(key)
		at, err := c.offsets(ctx, c.Trace.Names.Group(p.ID))
		if err != nil {
			return nil, err
		}
		maps.Copy(out, at)
	}
	return out, nil
}

func (c *Config) offsets(ctx context.Context, group string) (kadm.OffsetResponses, error) {
	client, err := kgo.NewClient(c.Trace.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	at, err := kadm.NewClient(client).FetchOffsets(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("fetch the committed offsets of group %s: %w", group, err)
	}
	return at, nil
}

// passed reports whether the erasures of a target lie before the committed offsets.
func passed(t *Target, sent []Sent, committed kadm.OffsetResponses) bool {
	for _, s := range sent {
		if at, ok := committed.Lookup(s.Topic, s.Partition); slices.Contains(t.Keys, s.Key) && (!ok || at.At <= s.Offset) {
			return false
		}
	}
	return true
}

// hasMember reports whether a journey's snapshot lists a member.
func hasMember(r *kgo.Record, member string) bool {
	if r == nil || r.Value == nil {
		return false
	}
	var s avro.JourneySnapshot
	_, body, err := wire.Parse(r.Value)
	if err == nil {
		err = s.DecodeAvro(body)
	}
	if err != nil {
		return true // unreadable: it is not known to be done
	}
	return slices.ContainsFunc(s.Members, func(m avro.JourneyMember) bool { return m.ID == member })
}

// String returns the position as topic/partition@offset.
func (s Sent) String() string {
	return s.Topic + "/" + strconv.Itoa(int(s.Partition)) + "@" + strconv.FormatInt(s.Offset, 10)
}
