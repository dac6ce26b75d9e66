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

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// Target is an entity to erase.
type Target struct {
	Key  string `json:"key"`
	Kind string `json:"kind"`
	// State is the state in its snapshot, empty if it has none.
	State string `json:"state,omitempty"`
	// Keys are the raw keys that get an erasure: the entity's own key, and further keys
	// of its provider's records (Unibell's request ids).
	Keys []string `json:"keys"`
	// Journeys are the journeys that must remove it as a member.
	Journeys []string `json:"journeys"`
	// Rows are the names of its attempts or movements.
	Rows []string `json:"rows"`

	// partitions are the raw topic's partitions with records of the entity. They may
	// differ from the partition of its key: the raw key of a Unibell call is the
	// caller's reference, and if that is a phone number, the entity's key has a
	// pseudonym instead.
	partitions []int32
}

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

// Plan lists the effects of an erasure request.
type Plan struct {
	Targets []Target `json:"targets"`
	// Others are members of the same journeys that are not erased.
	Others []string `json:"others"`
	Stays  []Stays  `json:"stays"`
	// Mentions are accounts with records that contain the phone. They do not belong to
	// the person, and are erased only by their own ids.
	Mentions []string `json:"mentions,omitempty"`
	// NotSearched are topics that hold phones in clear and were not searched.
	NotSearched []string `json:"not_searched,omitempty"`
	// Unkeyed are records without an entity key: they have no state.
	Unkeyed []string `json:"unkeyed,omitempty"`
	// Short are journeys that may have more members than are known.
	Short []string `json:"short,omitempty"`
	// Idle are stages whose groups have no members: they erase once they run.
	Idle []string `json:"idle,omitempty"`
}

// Config holds the options of an erasure request.
type Config struct {
	// Trace has the cluster, and the options of the search for the entities.
	Trace trace.Config
	Query trace.Query
	// Journeys also erases every member of the journeys found.
	Journeys bool
	// By names the requester.
	By string
	// Wait is how long Apply waits for the stages.
	Wait time.Duration
	// Progress is called with the number of entities still waiting; nil means no
	// reports.
	Progress func(left int)
}

// most limits the entities of one request: more than that is a mistake.
const most = 10_000

// NewPlan finds the records about an entity or a person and changes nothing. If nothing
// is found, the plan has no targets.
func NewPlan(ctx context.Context, config Config) (*Plan, *trace.Report, error) {
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
		case !read(trace.RawTopic(e.Key)):
			return nil, nil, fmt.Errorf("no stage reads %s: nothing would erase %s; nothing was done", trace.RawTopic(e.Key), e.Key)
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

// read reports whether a stage reads a raw topic.
func read(topic string) bool {
	return slices.ContainsFunc(processor.StageNames(), func(stage string) bool {
		topics, _ := processor.TopicsOf(stage)
		return topics.Input == topic
	})
}

// targetOf collects the keys of an entity, and the journeys that list it or that it
// names itself.
func targetOf(e *trace.Entity, journeys []*trace.Journey, rawTopic string) Target {
	t := Target{Key: e.Key, Kind: e.Kind, State: e.State, Keys: append([]string{e.Key}, e.Requests...), Journeys: slices.Clone(e.Journeys), Rows: slices.Clone(e.Rows)}
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

// notSearched returns the topics with unprocessed webhook bodies, in which a phone
// stands in clear: a search by pseudonym does not find it there.
func notSearched(names schemas.Names) []string {
	var out []string
	for _, name := range append(schemas.RawTopics(), schemas.DeadLetterTopics()...) {
		out = append(out, names.Topic(name))
	}
	return out
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

// internalOf returns the changelogs and internal topics that hold records of the
// targets.
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

// stagesOf returns the stages that must erase a target.
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

// idle returns the stages of the targets whose groups have no members.
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
