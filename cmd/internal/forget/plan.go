package forget

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/trace"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// Target is an entity that is to be forgotten.
type Target struct {
	Key  string `json:"key"`
	Kind string `json:"kind"`
	// State is what its snapshot says, empty where it has none.
	State string `json:"state,omitempty"`
	// Keys are the raw keys that an erasure is sent for: its own, and those under
	// which its provider told of it besides.
	Keys []string `json:"keys"`
	// Journeys are those that are to lose it as a member.
	Journeys []string `json:"journeys"`

	// partitions are those of the raw topic in which records of it lay. They are not
	// always that of its key: the raw key of a Unibell call is the caller's reference, and
	// one that is a phone number stands in the entity's key as a pseudonym.
	partitions []int32
}

// Stays is what no erasure reaches: records of a topic from which Kafka deletes by
// age alone.
type Stays struct {
	Topic   string `json:"topic"`
	Records int    `json:"records"`
	// Newest is when the last of them was written.
	Newest time.Time `json:"newest"`
	// Until is when retention may delete it, Latest when it has at the latest: a
	// segment is deleted whole, when its last record is too old. Zero: never.
	Until  time.Time `json:"until,omitzero"`
	Latest time.Time `json:"latest,omitzero"`
	// Compacted says that a tombstone removes it: when the topic is compacted next,
	// for which the cluster sets no time where Latest is zero.
	Compacted bool `json:"compacted"`
}

// Plan is what a request comes to.
type Plan struct {
	Targets []Target `json:"targets"`
	// Others are members of the same journeys, which stay.
	Others []string `json:"others"`
	Stays  []Stays  `json:"stays"`
	// Mentions are accounts whose records tell of the phone. They are not the person's, and
	// are forgotten only by their own ids.
	Mentions []string `json:"mentions,omitempty"`
	// NotSearched are topics in which a phone stands in clear, and was not looked for.
	NotSearched []string `json:"not_searched,omitempty"`
	// Unkeyed are records that could not be keyed by an entity: they have no state.
	Unkeyed []string `json:"unkeyed,omitempty"`
	// Short are journeys that may have members beyond those that are known of.
	Short []string `json:"short,omitempty"`
	// Idle are stages whose groups have no members: they will forget when they run.
	Idle []string `json:"idle,omitempty"`
}

// Config is what is forgotten, and how.
type Config struct {
	// Trace has the cluster, and how the entities are found.
	Trace trace.Config
	Query trace.Query
	// Journeys takes in every member of the journeys of what is found.
	Journeys bool
	// By names who asks.
	By string
	// Wait is how long the stages are waited for.
	Wait time.Duration
	// Progress is told what is waited for; nil means nobody.
	Progress func(left int)
}

// most bounds what one request may forget: beyond it, it is a mistake.
const most = 10_000

// Prepare finds what there is, and changes nothing. The plan has no targets where
// nothing was found.
func Prepare(ctx context.Context, config Config) (*Plan, *trace.Report, error) {
	config.Trace.Limit, config.Trace.All = most, true
	report, err := trace.Run(ctx, config.Trace, config.Query)
	if err != nil {
		return nil, nil, err
	}
	if report.Left > 0 {
		return nil, nil, fmt.Errorf("more than %d entities: this is not one person; nothing was done", most)
	}
	p := &Plan{Targets: []Target{}, Others: []string{}, Stays: []Stays{}}
	whole := config.Journeys || slices.ContainsFunc(report.Journeys, func(j *trace.Journey) bool { return j.Direct })
	for _, e := range report.Entities {
		switch {
		case len(config.Query.Pseudonyms) > 0 && e.Kind == "account":
			p.Mentions = append(p.Mentions, e.Key)
		case !e.Direct && !whole:
			p.Others = append(p.Others, e.Key)
		case trace.RawTopic(e.Key) == "":
			p.Unkeyed = append(p.Unkeyed, e.Key)
		default:
			p.Targets = append(p.Targets, targetOf(e, report.Journeys, config.Trace.Names.Topic(trace.RawTopic(e.Key))))
		}
	}
	if len(config.Query.Pseudonyms) > 0 {
		p.NotSearched = notSearched(config.Trace.Names)
	}
	for _, j := range report.Journeys {
		if j.Truncated {
			p.Short = append(p.Short, j.Key)
		}
	}
	client, err := kgo.NewClient(config.Trace.Kafka...)
	if err != nil {
		return nil, nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	if p.Stays, err = stays(ctx, admin, config.Trace.Names, report, p); err != nil {
		return nil, nil, err
	}
	p.Idle, err = idle(ctx, admin, config.Trace.Names, p)
	return p, report, err
}

// targetOf lists the keys of an entity, and the journeys that know of it by their own
// account or by its.
func targetOf(e *trace.Entity, journeys []*trace.Journey, rawTopic string) Target {
	t := Target{Key: e.Key, Kind: e.Kind, State: e.State, Keys: append([]string{e.Key}, e.Requests...), Journeys: slices.Clone(e.Journeys)}
	for _, j := range journeys {
		if slices.Contains(j.Members, e.Key) {
			t.Journeys = append(t.Journeys, j.Key)
		}
	}
	slices.Sort(t.Journeys)
	t.Journeys = slices.Compact(t.Journeys)
	for i := range e.Steps {
		if of := e.Steps[i].Of; of != nil && of.Topic == rawTopic && !slices.Contains(t.partitions, of.Partition) {
			t.partitions = append(t.partitions, of.Partition)
		}
	}
	return t
}

// notSearched are the topics that hold what providers sent, and what stages tell each
// other of entities that were found elsewhere.
func notSearched(names schemas.Names) []string {
	var out []string
	for _, row := range schemas.Table() {
		if strings.HasPrefix(row.Name, "raw.") || strings.HasPrefix(row.Name, "deadletter.") {
			out = append(out, names.Topic(row.Name))
		}
	}
	return out
}

// noted counts steps by topic.
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

// noteRaw counts raw records that are known only by how they ended: their own key is
// another than the entity's.
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

// rawStarts are the first offsets of the targets' raw topics.
func rawStarts(ctx context.Context, admin *kadm.Client, names schemas.Names, p *Plan) (kadm.ListedOffsets, error) {
	var topics []string
	for i := range p.Targets {
		if topic := names.Topic(trace.RawTopic(p.Targets[i].Key)); !slices.Contains(topics, topic) {
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

// stays counts the records of the targets by topic, and says until when they stay.
func stays(ctx context.Context, admin *kadm.Client, names schemas.Names, report *trace.Report, p *Plan) ([]Stays, error) {
	starts, err := rawStarts(ctx, admin, names, p)
	if err != nil {
		return nil, err
	}
	by := noted{}
	told := map[string]bool{}
	for _, e := range report.Entities {
		if !slices.Contains(p.Others, e.Key) && !slices.Contains(p.Mentions, e.Key) {
			by.note(e.Steps)
			by.noteRaw(e.Steps, starts)
			for _, j := range e.Journeys {
				told[j] = true
			}
		}
	}
	for _, j := range report.Journeys {
		if told[j.Key] || slices.ContainsFunc(p.Targets, func(t Target) bool { return slices.Contains(t.Journeys, j.Key) }) {
			by.note(j.Steps)
		}
	}
	if len(by) == 0 {
		return []Stays{}, nil
	}
	// What stages tell each other is not traced: as much as there are snapshots.
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

// internalOf are the topics between stages, and the changelogs, that hold something of
// the targets.
func internalOf(p *Plan) []string {
	var out []string
	add := func(topic string) {
		if topic != "" && !slices.Contains(out, topic) {
			out = append(out, topic)
		}
	}
	for i := range p.Targets {
		for _, stage := range stagesOf(&p.Targets[i]) {
			topics, _ := processor.TopicsOf(stage)
			add(topics.Changelog)
			if strings.HasPrefix(topics.Input, "internal.") {
				add(topics.Input)
			}
		}
	}
	return out
}

// stagesOf are the stages that have to forget a target.
func stagesOf(t *Target) []string {
	var out []string
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		raw := trace.RawTopic(t.Key)
		if topics.Input == raw || stage == processor.StageUnibellCall && raw == schemas.RawUnibell || stage == processor.StageJourney && len(t.Journeys) > 0 {
			out = append(out, stage)
		}
	}
	return out
}

// bound says until when the records stay, by the topic's own settings.
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

// idle are the stages that nobody runs just now.
func idle(ctx context.Context, admin *kadm.Client, names schemas.Names, p *Plan) ([]string, error) {
	var out []string
	for _, stage := range processor.StageNames() {
		if !slices.ContainsFunc(p.Targets, func(t Target) bool { return slices.Contains(stagesOf(&t), stage) }) {
			continue
		}
		groups, err := admin.DescribeGroups(ctx, names.Group(stage))
		if err != nil {
			return nil, fmt.Errorf("look at group %s: %w", names.Group(stage), err)
		}
		if g := groups[names.Group(stage)]; len(g.Members) == 0 {
			out = append(out, stage)
		}
	}
	return out, nil
}
