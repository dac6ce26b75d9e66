package feed

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/schemas"
)

// Topics are the logs of all our topics.
type Topics struct {
	At time.Time `json:"at"`
	// Topics are in the order of the topic table.
	Topics []Topic `json:"topics"`
}

// Topic is one log.
type Topic struct {
	// Name is the name in the topic table; Cluster that on the cluster.
	Name    string         `json:"name"`
	Cluster string         `json:"cluster_name"`
	Access  schemas.Access `json:"access"`
	Doc     string         `json:"doc"`
	// Missing is set if the cluster does not have it.
	Missing bool `json:"missing,omitempty"`
	// Partitions is their number; Kept the offsets from the log's start to its end, an upper
	// bound of the records.
	Partitions int   `json:"partitions"`
	Kept       int64 `json:"offsets_kept"`
	// PerSecond is the offsets written per second, in the last half minute.
	PerSecond float64 `json:"offsets_per_second"`
	// Hour has the offsets written in each step of the last hour, the oldest first. Offsets count
	// transaction markers, too.
	Hour []float64 `json:"offsets_last_hour"`
}

// The last hour in steps.
const (
	steps = 30
	step  = 2 * time.Minute
	hour  = steps * step
	// recentSpan is how long a rate is averaged.
	recentSpan = 30 * time.Second
)

// sums are the sums of end offsets of topics at a time.
type sums struct {
	at   time.Time
	ends map[string]int64
}

// topicReader reads the topics' end offsets and keeps those of the last hour.
type topicReader struct {
	feed *Feed
	// marks are the ends at each step; recent those of the last half minute.
	marks, recent []sums
}

func (t *topicReader) read(ctx context.Context) (*Topics, error) {
	admin, err := t.feed.admin()
	if err != nil {
		return nil, err
	}
	rows := schemas.Table()
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = t.feed.config.Names.Topic(rows[i].Name)
	}
	ends, err := admin.ListEndOffsets(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("look how far the topics go: %w", err)
	}
	starts, err := admin.ListStartOffsets(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("look where the topics begin: %w", err)
	}
	now := t.feed.Now()
	current := sums{now, sumOf(ends)}
	if err := t.past(ctx, admin, now, names, ends); err != nil {
		return nil, err
	}
	t.keep(current)
	return t.report(rows, current, starts, ends), nil
}

// past reads the ends of the last hour, once.
func (t *topicReader) past(ctx context.Context, admin *kadm.Client, now time.Time, names []string, ends kadm.ListedOffsets) error {
	if len(t.marks) > 0 && now.Sub(t.marks[len(t.marks)-1].at) < 2*step {
		return nil
	}
	t.marks, t.recent = make([]sums, steps), nil
	// So that the first look has a rate, too.
	listed, err := admin.ListOffsetsAfterMilli(ctx, now.Add(-recentSpan).UnixMilli(), names...)
	if err != nil {
		t.marks = nil
		return fmt.Errorf("look how far the topics went half a minute ago: %w", err)
	}
	t.recent = []sums{{now.Add(-recentSpan), sumOf(within(listed, ends))}}
	begin := now.Truncate(step).Add(-hour + step)
	errs := make([]error, steps)
	var group sync.WaitGroup
	// A few at a time: it is one small request to each broker for each step.
	const most = 4
	slots := make(chan struct{}, most)
	for i := range t.marks {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			at := begin.Add(time.Duration(i) * step)
			var listed kadm.ListedOffsets
			if listed, errs[i] = admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), names...); errs[i] == nil {
				t.marks[i] = sums{at, sumOf(within(listed, ends))}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.marks = nil
			return fmt.Errorf("look how far the topics went in the last hour: %w", err)
		}
	}
	return nil
}

// within replaces offsets past the end, of partitions without a record since, by the end.
func within(listed, ends kadm.ListedOffsets) kadm.ListedOffsets {
	listed.Each(func(o kadm.ListedOffset) {
		if end, ok := ends.Lookup(o.Topic, o.Partition); ok && (o.Offset < 0 || o.Offset > end.Offset) {
			o.Offset = end.Offset
			listed[o.Topic][o.Partition] = o
		}
	})
	return listed
}

func sumOf(listed kadm.ListedOffsets) map[string]int64 {
	out := map[string]int64{}
	listed.Each(func(o kadm.ListedOffset) {
		if o.Err == nil {
			out[o.Topic] += max(o.Offset, 0)
		}
	})
	return out
}

// keep stores the current ends, and drops those that are too old.
func (t *topicReader) keep(current sums) {
	t.recent = append(t.recent, current)
	for len(t.recent) > 2 && current.at.Sub(t.recent[1].at) >= recentSpan {
		t.recent = t.recent[1:]
	}
	if last := t.marks[len(t.marks)-1].at; current.at.Sub(last) >= step {
		t.marks = append(t.marks[1:], sums{last.Add(step), current.ends})
	}
}

func (t *topicReader) report(rows []schemas.Topic, current sums, starts, ends kadm.ListedOffsets) *Topics {
	out := &Topics{At: current.at.UTC()}
	for i := range rows {
		row := &rows[i]
		name := t.feed.config.Names.Topic(row.Name)
		topic := Topic{Name: row.Name, Cluster: name, Access: row.Access, Doc: row.Doc}
		_, there := current.ends[name]
		topic.Missing, topic.Partitions = !there, len(ends[name])
		if there {
			topic.Kept = current.ends[name] - sumOf(kadm.ListedOffsets{name: starts[name]})[name]
			if first := t.recent[0]; current.at.After(first.at) {
				topic.PerSecond = max(float64(current.ends[name]-first.ends[name])/current.at.Sub(first.at).Seconds(), 0)
			}
			topic.Hour = t.hour(name, current.ends[name])
		}
		out.Topics = append(out.Topics, topic)
	}
	return out
}

func (t *topicReader) hour(name string, now int64) []float64 {
	out := make([]float64, 0, steps)
	for i := range t.marks {
		next := now
		if i+1 < len(t.marks) {
			next = t.marks[i+1].ends[name]
		}
		out = append(out, float64(max(next-t.marks[i].ends[name], 0)))
	}
	return out
}

// Find returns a topic by its name in the topic table.
func (t *Topics) Find(name string) (Topic, bool) {
	for i := range t.Topics {
		if t.Topics[i].Name == name {
			return t.Topics[i], true
		}
	}
	return Topic{}, false
}
