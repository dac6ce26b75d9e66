package forget

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/schemas"
)

// Stays counts the records of a topic that no erasure can delete: Kafka deletes them by
// age, or by compaction.
type Stays struct {
	Topic   string `json:"topic"`
	Records int    `json:"records"`
	// Newest is the timestamp of the newest of them.
	Newest time.Time `json:"newest"`
	// Until is the earliest time at which retention deletes the newest record, Latest
	// the latest time: Kafka deletes whole segments, when their last record is too old.
	// Zero: never.
	Until  time.Time `json:"until,omitzero"`
	Latest time.Time `json:"latest,omitzero"`
	// Compacted is set for a compacted topic: the tombstone removes the records at the
	// next compaction. If Latest is zero, the cluster sets no time limit for that.
	Compacted bool `json:"compacted"`
}

// noted counts the remaining records by topic.
type noted map[string]*Stays

func (by noted) note(steps []trace.Step) {
	for i := range steps {
		s := &steps[i]
		if s.Kind == trace.StepEnded {
			continue
		}
		if by[s.Topic] == nil {
			by[s.Topic] = &Stays{Topic: s.Topic}
		}
		by[s.Topic].Records++
		if s.At.After(by[s.Topic].Newest) {
			by[s.Topic].Newest = s.At
		}
	}
}

// noteRaw counts raw records that were not read themselves but are named by their
// outcomes: their key differs from the entity's.
func (by noted) noteRaw(steps []trace.Step, starts kadm.ListedOffsets) {
	seen := map[trace.Position]bool{}
	for i := range steps {
		if steps[i].Kind == trace.StepReceived {
			seen[steps[i].Position] = true
		}
	}
	for i := range steps {
		of := steps[i].Of
		if of == nil || seen[*of] {
			continue
		}
		start, ok := starts.Lookup(of.Topic, of.Partition)
		if !ok || of.Offset < start.Offset {
			continue // another topic, or retention has taken it
		}
		seen[*of] = true
		by.note([]trace.Step{{Position: *of, At: steps[i].At, Kind: trace.StepReceived}})
	}
}

// rawStarts returns the log start offsets of the targets' raw topics.
func rawStarts(ctx context.Context, admin *kadm.Client, names schemas.Names, p *Plan) (kadm.ListedOffsets, error) {
	var topics []string
	for i := range p.Targets {
		if topic := names.Topic(trace.ProviderOf(p.Targets[i].Key).Raw); !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	if len(topics) == 0 {
		return kadm.ListedOffsets{}, nil
	}
	starts, err := admin.ListStartOffsets(ctx, topics...)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look where the raw topics begin: %w", err)
	}
	return starts, nil
}

// stays counts the targets' records by topic, with the times at which Kafka deletes
// them.
func stays(ctx context.Context, admin *kadm.Client, names schemas.Names, report *trace.Report, p *Plan) ([]Stays, error) {
	starts, err := rawStarts(ctx, admin, names, p)
	if err != nil {
		return nil, err
	}
	by := noted{}
	emitted := map[string]bool{}
	for _, e := range report.Entities {
		if !slices.Contains(p.Others, e.Key) && !slices.Contains(p.Mentions, e.Key) {
			by.note(e.Steps)
			by.noteRaw(e.Steps, starts)
			for _, j := range e.Journeys {
				emitted[j] = true
			}
		}
	}
	for _, j := range report.Journeys {
		if emitted[j.Key] || slices.ContainsFunc(p.Targets, func(t Target) bool { return slices.Contains(t.Journeys, j.Key) }) {
			by.note(j.Steps)
		}
	}
	if len(by) == 0 {
		return []Stays{}, nil
	}
	// Internal topics and changelogs are not traced, so their count is unknown (-1).
	// Their newest record is assumed to be as new as the newest one found.
	for _, internal := range internalOf(p) {
		name := names.Topic(internal)
		if by[name] == nil {
			by[name] = &Stays{Topic: name, Records: -1, Newest: newest(by)}
		}
	}
	topics := make([]string, 0, len(by))
	for topic := range by {
		topics = append(topics, topic)
	}
	slices.Sort(topics)
	configs, err := admin.DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("look at the topics' retention: %w", err)
	}
	var out []Stays
	for _, topic := range topics {
		rc, err := configs.On(topic, nil)
		if err == nil {
			err = rc.Err
		}
		if err != nil {
			return nil, fmt.Errorf("look at the retention of %s: %w", topic, err)
		}
		by[topic].bound(&rc)
		out = append(out, *by[topic])
	}
	return out, nil
}

func newest(by map[string]*Stays) time.Time {
	var at time.Time
	for _, s := range by {
		if s.Newest.After(at) {
			at = s.Newest
		}
	}
	return at
}

// bound computes from the topic's settings when the records are deleted.
func (s *Stays) bound(rc *kadm.ResourceConfig) {
	millis := func(key string) (time.Duration, bool) {
		for _, c := range rc.Configs {
			if c.Key != key || c.Value == nil {
				continue
			}
			ms, err := strconv.ParseInt(*c.Value, 10, 64)
			const forever = int64(100 * 365 * 24 * time.Hour / time.Millisecond)
			if err == nil && ms >= 0 && ms < forever {
				return time.Duration(ms) * time.Millisecond, true
			}
		}
		return 0, false
	}
	policy := ""
	for _, c := range rc.Configs {
		if c.Key == "cleanup.policy" {
			policy = c.MaybeValue()
		}
	}
	segment, rolls := millis("segment.ms")
	if s.Compacted = strings.Contains(policy, "compact"); s.Compacted {
		if lag, ok := millis("max.compaction.lag.ms"); ok && lag > 0 {
			s.Latest = s.Newest.Add(lag)
		}
		return
	}
	if kept, ok := millis("retention.ms"); ok {
		s.Until = s.Newest.Add(kept)
		if rolls {
			s.Latest = s.Until.Add(segment)
		}
	}
}
