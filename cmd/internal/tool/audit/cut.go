package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/schemas"
)

// cut holds the offsets where reading begins and ends in every topic.
type cut struct {
	// at is when the cut was taken.
	at   time.Time
	span Span
	// margin is a safety distance in time at the beginning of the span: retention
	// deletes records while the audit runs, and clocks differ.
	margin time.Duration
	// applied is the offset up to which each stage has processed its input: the
	// committed offset, or the log start if that is higher.
	applied offsets
	// committed are the offsets that the groups have committed, -1 where there is none.
	committed offsets
	// starts and ends are the log start offsets and high watermarks of all topics; ends
	// were taken after applied.
	starts, ends offsets
	// low and high bound the raw records that are compared.
	low, high offsets
	// from is where the other topics are read from.
	from offsets
	// missing are topics that are not there.
	missing []string
}

// maxMargin is the margin used when retention is long (days); shorter retention gets a
// twentieth of it.
const maxMargin = 15 * time.Minute

// isRaw and isDeadLetter classify topics by name, without prefix.
func isRaw(topic string) bool { return strings.HasPrefix(topic, "raw.") }

// providerOf returns the provider of a raw, decoded or dead-letter topic.
func providerOf(topic string) string {
	p, _ := schemas.ProviderOfTopic(topic)
	return p.ID
}

// rawTopicOf returns the raw topic of a provider, "" if there is no such provider.
func rawTopicOf(provider string) string {
	p, _ := schemas.FindProvider(provider)
	return p.Raw
}

// audited are the topics that are read: all but the changelogs.
func audited() []schemas.Topic {
	// Operations and pauses are records of operators' acts, not of webhooks.
	return slices.DeleteFunc(schemas.Table(), func(t schemas.Topic) bool {
		return t.Format == schemas.FormatState || t.Name == schemas.Operations || t.Name == schemas.InternalPauses
	})
}

// takeCut decides which offsets are compared. The order of its requests matters: see
// the package comment.
func (a *auditor) takeCut(ctx context.Context) (*cut, error) {
	c := &cut{at: a.config.Now()}
	var names []string
	for _, t := range audited() {
		names = append(names, t.Name)
	}
	var err error
	if c.starts, err = a.list(ctx, a.admin.ListStartOffsets, names); err != nil {
		return nil, err
	}
	for _, name := range names {
		if len(c.starts[name]) == 0 {
			c.missing = append(c.missing, name)
		}
	}
	if slices.ContainsFunc(c.missing, isRaw) {
		return nil, fmt.Errorf("%d topics do not exist, of them %s%s: %w", len(c.missing), a.config.Names.Prefix, c.missing[0], kerr.UnknownTopicOrPartition)
	}
	if err := a.positions(ctx, c); err != nil {
		return nil, err
	}
	// Ends are taken for snapshots first, then for the rows beside them, then for the
	// stages' other outputs, then for the raw topics. Every record read was thus caused by an input below the ends of
	// the inputs.
	c.ends = offsets{}
	rows := func(name string) bool { return slices.Contains(schemas.FactTopics(), name) }
	snapshots := func(name string) bool { t, _ := schemas.Find(name); return t.HasRevisions() && !rows(name) }
	others := func(name string) bool { return !snapshots(name) && !rows(name) && !isRaw(name) }
	for _, group := range []func(string) bool{snapshots, rows, others, isRaw} {
		ends, err := a.list(ctx, a.admin.ListEndOffsets, slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !group(n) }))
		if err != nil {
			return nil, err
		}
		maps.Copy(c.ends, ends)
	}
	c.bound()
	return c, a.bounds(ctx, c, names)
}

// bound clamps the applied offsets to the log. Ends are read after the committed
// offsets, so an end is below one only if the log was truncated.
func (c *cut) bound() {
	for name, parts := range c.applied {
		for p, at := range parts {
			parts[p] = min(at, max(c.ends[name][p], c.starts[name][p]))
		}
	}
}

// bounds computes the span and the offsets at which it begins and ends.
func (a *auditor) bounds(ctx context.Context, c *cut, names []string) error {
	if err := a.span(ctx, c, names); err != nil {
		return err
	}
	c.low, c.high, c.from = offsets{}, offsets{}, offsets{}
	begin := c.starts
	if !c.span.From.IsZero() {
		at := func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
			return a.admin.ListOffsetsAfterMilli(ctx, c.span.From.UnixMilli(), topics...)
		}
		var err error
		if begin, err = a.list(ctx, at, schemas.RawTopics()); err != nil {
			return err
		}
		// An output is written after its raw record; clocks may differ.
		early := func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
			return a.admin.ListOffsetsAfterMilli(ctx, c.span.From.Add(-c.margin).UnixMilli(), topics...)
		}
		if c.from, err = a.list(ctx, early, names); err != nil {
			return err
		}
	} else {
		c.from = c.starts
	}
	for _, name := range schemas.RawTopics() {
		c.low[name], c.high[name] = map[int32]int64{}, map[int32]int64{}
		for p, applied := range c.applied[name] {
			c.low[name][p] = min(max(begin[name][p], c.starts[name][p]), applied)
			c.high[name][p] = applied
		}
	}
	if c.span.To.IsZero() {
		return nil
	}
	to := func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
		return a.admin.ListOffsetsAfterMilli(ctx, c.span.To.UnixMilli(), topics...)
	}
	after, err := a.list(ctx, to, schemas.RawTopics())
	if err != nil {
		return err
	}
	for _, name := range schemas.RawTopics() {
		for p := range c.high[name] {
			c.high[name][p] = max(c.low[name][p], min(c.high[name][p], after[name][p]))
		}
	}
	return nil
}

// span finds from when on everything can be compared.
func (a *auditor) span(ctx context.Context, c *cut, names []string) error {
	c.span = Span{From: a.config.From, To: a.config.To}
	kept, where, err := a.retention(ctx, names, c.missing)
	if err != nil {
		return err
	}
	c.span.Retention, c.span.Shortest = Millis(kept), where
	const share = 20
	c.margin = maxMargin
	if kept > 0 {
		c.margin = min(maxMargin, kept/share)
	}
	lost := false
	for name, starts := range c.starts {
		row, _ := schemas.Find(name)
		for _, start := range starts {
			lost = lost || start > 0 && row.Delete && !row.Compact
		}
	}
	c.span.Whole = !lost && a.config.From.IsZero()
	if !lost {
		return nil
	}
	earliest := a.config.Now().Add(-kept).Add(c.margin)
	if c.span.From.Before(earliest) {
		c.span.Clamped = !a.config.From.IsZero()
		c.span.From = earliest
	}
	return nil
}

// retention returns the shortest retention of the topics that are deleted from.
func (a *auditor) retention(ctx context.Context, names, missing []string) (shortest time.Duration, where string, err error) {
	var topics []string
	for _, name := range names {
		if row, _ := schemas.Find(name); row.Delete && !row.Compact && !slices.Contains(missing, name) {
			topics = append(topics, a.config.Names.Topic(name))
		}
	}
	configs, err := a.admin.DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return 0, "", fmt.Errorf("look at the topics' retention: %w", err)
	}
	for i := range configs {
		if configs[i].Err != nil {
			return 0, "", fmt.Errorf("look at the retention of %s: %w", configs[i].Name, configs[i].Err)
		}
		for _, kv := range configs[i].Configs {
			if kv.Key != "retention.ms" || kv.Value == nil {
				continue
			}
			ms, err := strconv.ParseInt(*kv.Value, 10, 64)
			const forever = int64(100 * 365 * 24 * time.Hour / time.Millisecond)
			if err != nil || ms < 0 || ms > forever {
				continue
			}
			if kept := time.Duration(ms) * time.Millisecond; shortest == 0 || kept < shortest {
				shortest, where = kept, configs[i].Name
			}
		}
	}
	return shortest, where, nil
}
