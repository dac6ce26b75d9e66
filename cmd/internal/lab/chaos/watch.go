package chaos

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// names returns the names of the scenario's topics and groups.
func names() schemas.Names { return schemas.Names{Prefix: "chaos."} }

// place is a partition of a raw topic.
type place struct {
	topic     string
	partition int32
}

// positions are the committed offsets of the stages that read raw topics. An offset
// becomes visible here only when its transaction is committed.
type positions struct {
	// asked is the time of the request.
	asked     time.Time
	committed map[place]int64
	ends      map[place]int64
}

// total is the number of raw records processed: raw topics have no transaction markers,
// so offsets count records.
func (p *positions) total() int64 {
	var sum int64
	for _, n := range p.committed {
		sum += n
	}
	return sum
}

// reached reports whether everything is committed up to the given ends.
func (p *positions) reached(ends map[place]int64) bool {
	for at, end := range ends {
		if p.committed[at] < end {
			return false
		}
	}
	return true
}

// moved reports whether one of the places has a higher committed offset than before;
// without places, any partition counts.
func (p *positions) moved(before *positions, places map[place]bool) bool {
	for at, n := range p.committed {
		if n > before.committed[at] && (len(places) == 0 || places[at]) {
			return true
		}
	}
	return false
}

// watcher polls the brokers for the committed offsets of the stages.
type watcher struct {
	client *kgo.Client
	admin  *kadm.Client
	groups map[string]string // group to raw topic

	mu      sync.Mutex
	last    positions
	changed chan struct{} // closed and made anew with every answer
	running sync.WaitGroup
	stop    context.CancelFunc
}

func newWatcher(ctx context.Context, brokers string) (*watcher, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.MetadataMinAge(250*time.Millisecond), kgo.MetadataMaxAge(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("make the watcher's client: %w", err)
	}
	w := &watcher{client: client, admin: kadm.NewClient(client), groups: map[string]string{}, changed: make(chan struct{})}
	for _, stage := range processor.StageNames() {
		if topics, _ := processor.TopicsOf(stage); strings.HasPrefix(topics.Input, "raw.") {
			w.groups[names().Group(stage)] = names().Topic(topics.Input)
		}
	}
	ctx, w.stop = context.WithCancel(ctx)
	w.running.Go(func() {
		for timespan.Wait(ctx, 100*time.Millisecond) == nil {
			p, err := w.ask(ctx)
			if err != nil {
				continue // asked again
			}
			w.mu.Lock()
			w.last = p
			close(w.changed)
			w.changed = make(chan struct{})
			w.mu.Unlock()
		}
	})
	return w, nil
}

func (w *watcher) close() {
	w.stop()
	w.running.Wait()
	w.client.Close()
}

// ask polls once. An error means that the brokers cannot answer now.
func (w *watcher) ask(ctx context.Context) (positions, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	p := positions{asked: time.Now(), committed: map[place]int64{}, ends: map[place]int64{}}
	topics := make([]string, 0, len(w.groups))
	for group, topic := range w.groups {
		topics = append(topics, topic)
		offsets, err := w.admin.FetchOffsets(ctx, group)
		if err == nil {
			err = offsets.Error()
		}
		if err != nil {
			return p, fmt.Errorf("ask for the offsets of %s: %w", group, err)
		}
		for partition, o := range offsets[topic] {
			p.committed[place{topic, partition}] = max(0, o.At)
		}
	}
	ends, err := w.admin.ListEndOffsets(ctx, topics...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return p, fmt.Errorf("ask for the ends of the raw topics: %w", err)
	}
	ends.Each(func(o kadm.ListedOffset) { p.ends[place{o.Topic, o.Partition}] = o.Offset })
	return p, nil
}

// now returns the newest positions.
func (w *watcher) now() positions {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// until waits for positions that satisfy a condition.
func (w *watcher) until(ctx context.Context, what string, wanted func(*positions) bool) (positions, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, fmt.Errorf("not within %v", recovery))
	defer cancel()
	for {
		w.mu.Lock()
		p, changed := w.last, w.changed
		w.mu.Unlock()
		if p.committed != nil && wanted(&p) {
			return p, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return p, fmt.Errorf("wait until %s: %w", what, context.Cause(ctx))
		}
	}
}

// owned returns the partitions assigned to a processor's workers; none if the brokers
// cannot answer.
func (w *watcher) owned(ctx context.Context, instance string) map[place]bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out := map[place]bool{}
	for group := range w.groups {
		described, err := w.admin.DescribeGroups(ctx, group)
		if err != nil {
			return nil
		}
		for _, member := range described[group].Members {
			assigned, ok := member.Assigned.AsConsumer()
			if !ok || member.InstanceID == nil || !strings.HasPrefix(*member.InstanceID, group+"."+instance+".") {
				continue
			}
			for _, t := range assigned.Topics {
				for _, partition := range t.Partitions {
					out[place{t.Topic, partition}] = true
				}
			}
		}
	}
	return out
}

// recovering tracks a fault until the recovery.
type recovering struct {
	fault  fault
	at     time.Time
	before positions
	places map[place]bool
	ends   map[place]int64
}

// begin records the positions and assignments when a fault is injected.
func (w *watcher) begin(ctx context.Context, f fault, instance string) *recovering {
	r := &recovering{fault: f}
	if instance != "" {
		r.places = w.owned(ctx, instance)
	}
	r.before = w.now()
	r.ends = maps.Clone(r.before.ends)
	r.at = time.Now()
	return r
}

// over waits for the first commit after the fault, and then until everything accepted
// before it is committed.
func (r *recovering) over(ctx context.Context, w *watcher) (first, all time.Duration, err error) {
	p, err := w.until(ctx, "something is committed again after "+r.fault.String(), func(p *positions) bool {
		return p.asked.After(r.at) && p.moved(&r.before, r.places) || p.reached(p.ends) && p.asked.After(r.at.Add(sessionTimeout))
	})
	if err != nil {
		return 0, 0, err
	}
	first = time.Since(r.at)
	if !p.reached(r.ends) {
		_, err = w.until(ctx, "all is committed that was accepted before "+r.fault.String(), func(p *positions) bool { return p.reached(r.ends) })
	}
	return first, time.Since(r.at), err
}
