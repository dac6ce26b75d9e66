package forget

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor/pause"
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
	// Paused are the pauses of stages: those erase once they are resumed.
	Paused []pause.Pause `json:"paused,omitempty"`
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
		case trace.ProviderOf(e.Key).Raw == "":
			p.Unkeyed = append(p.Unkeyed, e.Key)
		case !read(trace.ProviderOf(e.Key).Raw):
			return nil, nil, fmt.Errorf("no stage reads %s: nothing would erase %s; nothing was done", trace.ProviderOf(e.Key).Raw, e.Key)
		default:
			p.Targets = append(p.Targets, targetOf(e, report.Journeys, config.Trace.Names.Topic(trace.ProviderOf(e.Key).Raw)))
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
	if p.Idle, err = idle(ctx, admin, config.Trace.Names, p); err != nil {
		return nil, nil, err
	}
	p.Paused, err = paused(ctx, &config.Trace, p)
	return p, report, err
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
