package reset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Config holds the options of a reset.
type Config struct {
	// Kafka are the options of every client.
	Kafka []kgo.Opt
	// Names has the prefix of topics and groups.
	Names schemas.Names
	// Topics are the topic settings, with which the changelog is recreated.
	Topics topics.Config
	// Stage is one of processor.StageNames.
	Stage string
	// Missing emits the facts of records without an outcome; an audit finds them.
	Missing bool
	// Progress receives the progress of that audit; nil means no reports.
	Progress audit.Progress
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

// Partition is a partition of the stage's input.
type Partition struct {
	Partition int32 `json:"partition"`
	// Start and End are the log start offset and the high watermark. Committed is the
	// offset up to which records have had their effect: the group's committed offset,
	// or the one before an earlier reset that the stage has not caught up with.
	Start     int64 `json:"start"`
	End       int64 `json:"end"`
	Committed int64 `json:"committed"`
	// Oldest is the timestamp of the first record in the log, zero if there is none.
	Oldest time.Time `json:"oldest,omitzero"`
	// Accounted is the offset up to which the ledger has closed its entries.
	Accounted int64 `json:"accounted"`
	// Missing are offsets before Committed without an outcome; their facts are emitted
	// now.
	Missing []int64 `json:"missing,omitempty"`

	// stands is the group's committed offset.
	stands int64
}

// Plan lists the effects of a reset.
type Plan struct {
	Stage     string `json:"stage"`
	Group     string `json:"group"`
	Input     string `json:"input"`
	Changelog string `json:"changelog"`
	// Entries is the number of offsets in the changelog; -1 if the topic is missing.
	Entries    int64       `json:"entries"`
	Partitions []Partition `json:"partitions"`
	// Members are the group's members, as client and host. A reset requires that there
	// are none.
	Members []string `json:"members"`
	// Again is the number of offsets that are read again, Lost the number that
	// retention has deleted from the input.
	Again int64 `json:"again"`
	Lost  int64 `json:"lost"`
	// Missing is the number of records without an outcome whose facts are emitted.
	Missing int64 `json:"missing"`
	// Since is the time from which every partition still has all its records; zero if
	// none are lost.
	Since time.Time `json:"since,omitzero"`
	// Snapshots are the output topics whose records are emitted again, Facts those
	// whose records are not.
	Snapshots []string `json:"snapshots"`
	Facts     []string `json:"facts"`
	// Revisions is the lower bound of the revisions of new snapshots: higher than any
	// before.
	Revisions int64 `json:"revisions"`
}

// ErrMembers is returned while processors run the stage.
var ErrMembers = errors.New("the group has members")

// NewPlan computes the effects of a reset and changes nothing.
func NewPlan(ctx context.Context, config *Config) (*Plan, error) {
	stage, ok := processor.TopicsOf(config.Stage)
	if !ok {
		return nil, fmt.Errorf("no stage %q: there are %s", config.Stage, strings.Join(processor.StageNames(), ", "))
	}
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	p := &Plan{
		Stage: config.Stage, Group: config.Names.Group(config.Stage), Input: config.Names.Topic(stage.Input),
		Changelog: config.Names.Topic(stage.Changelog), Members: []string{}, Revisions: config.now().UnixMilli(),
	}
	for _, topic := range stage.Outputs {
		row, _ := schemas.Find(topic)
		if name := config.Names.Topic(topic); row.HasRevisions() || topic == schemas.InternalJourney {
			p.Snapshots = append(p.Snapshots, name)
		} else if topic != schemas.Ledger {
			p.Facts = append(p.Facts, name)
		}
	}
	p.Facts = append(p.Facts, config.Names.Topic(stage.DeadLetter))
	for _, step := range []func(context.Context, *Config, *kadm.Client) error{p.lookAtGroup, p.lookAtInput, p.lookAtChangelog} {
		if err := step(ctx, config, admin); err != nil {
			return nil, err
		}
	}
	if err := p.lookForMissing(ctx, config); err != nil {
		return nil, err
	}
	if err := p.lookAtLedger(ctx, config, slices.Contains(stage.Outputs, schemas.Ledger)); err != nil {
		return nil, err
	}
	return p, nil
}

func (c *Config) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (p *Plan) lookAtGroup(ctx context.Context, _ *Config, admin *kadm.Client) error {
	groups, err := admin.DescribeGroups(ctx, p.Group)
	if err == nil {
		err = groups.Error()
	}
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at group %s: %w", p.Group, err)
	}
	for _, m := range groups[p.Group].Members {
		id := m.ClientID
		if m.InstanceID != nil {
			id = *m.InstanceID
		}
		p.Members = append(p.Members, id+" on "+m.ClientHost)
	}
	return nil
}

func (p *Plan) lookAtInput(ctx context.Context, config *Config, admin *kadm.Client) error {
	starts, err := admin.ListStartOffsets(ctx, p.Input)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", p.Input, err)
	}
	ends, err := admin.ListEndOffsets(ctx, p.Input)
	if err != nil {
		return fmt.Errorf("look at %s: %w", p.Input, err)
	}
	committed, err := admin.FetchOffsets(kadm.RequireStable(ctx), p.Group)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return fmt.Errorf("look how far group %s is (a transaction may be open; stop the processors first): %w", p.Group, err)
	}
	earlier, err := p.earlier(ctx, config, admin)
	if err != nil {
		return err
	}
	for _, partition := range sortedPartitions(starts[p.Input]) {
		x := Partition{Partition: partition, Start: starts[p.Input][partition].Offset, End: ends[p.Input][partition].Offset}
		if at, ok := committed.Lookup(p.Input, partition); ok && at.At > 0 {
			x.Committed, x.stands = at.At, at.At
		}
		x.after(earlier[partition])
		p.Again += max(0, x.Committed-x.Start)
		p.Lost += min(x.Start, x.Committed)
		p.Partitions = append(p.Partitions, x)
	}
	if p.Lost == 0 {
		return nil
	}
	return p.oldest(ctx, admin)
}

// oldest finds the time from which the input has all its records.
func (p *Plan) oldest(ctx context.Context, admin *kadm.Client) error {
	first, err := admin.ListOffsetsAfterMilli(ctx, 1, p.Input)
	if err != nil {
		return fmt.Errorf("look for the oldest records of %s: %w", p.Input, err)
	}
	for i := range p.Partitions {
		x := &p.Partitions[i]
		if o, ok := first.Lookup(p.Input, x.Partition); ok && o.Timestamp > 0 {
			x.Oldest = instant.OfMillis(o.Timestamp)
		}
		if x.Start > 0 && x.Oldest.After(p.Since) {
			p.Since = x.Oldest
		}
	}
	return nil
}

func sortedPartitions(of map[int32]kadm.ListedOffset) []int32 {
	out := make([]int32, 0, len(of))
	for partition := range of {
		out = append(out, partition)
	}
	slices.Sort(out)
	return out
}

func (p *Plan) lookAtChangelog(ctx context.Context, _ *Config, admin *kadm.Client) error {
	details, err := admin.ListTopics(kadm.WithAuthorizedOps(ctx), p.Changelog)
	if err != nil {
		return fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	if !details.Has(p.Changelog) {
		p.Entries = -1
		return nil
	}
	starts, err := admin.ListStartOffsets(ctx, p.Changelog)
	if err != nil {
		return fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	ends, err := admin.ListEndOffsets(ctx, p.Changelog)
	if err != nil {
		return fmt.Errorf("look at %s: %w", p.Changelog, err)
	}
	ends.Each(func(o kadm.ListedOffset) {
		start, _ := starts.Lookup(p.Changelog, o.Partition)
		p.Entries += o.Offset - start.Offset
	})
	return nil
}

// lookAtLedger finds the offset where the ledger continues: after its last closed
// minute.
func (p *Plan) lookAtLedger(ctx context.Context, config *Config, keeps bool) error {
	if !keeps {
		for i := range p.Partitions {
			p.Partitions[i].Accounted = p.Partitions[i].Committed
		}
		return nil
	}
	var keys []string
	for i := range p.Partitions {
		keys = append(keys, string(ledger.Key(p.Stage, p.Partitions[i].Partition)))
	}
	topic := config.Names.Topic(schemas.Ledger)
	last, err := scan.Last(ctx, scan.Config{Kafka: config.Kafka}, map[string][]string{topic: keys}, time.Time{})
	if err != nil {
		return fmt.Errorf("look at the ledger: %w", err)
	}
	for i, key := range keys {
		x := &p.Partitions[i]
		r := last[topic][key]
		if r == nil {
			continue // it has closed none, and keeps account of all that is there
		}
		var e avro.LedgerEntry
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = e.DecodeAvro(body)
		}
		if err != nil {
			return fmt.Errorf("read the ledger's entry at offset %d: %w", r.Offset, err)
		}
		// An entry of a deleted topic of the same name does not apply to this one.
		if e.Topic == p.Input && e.ToOffset <= x.Committed {
			x.Accounted = e.ToOffset
		}
	}
	return nil
}
