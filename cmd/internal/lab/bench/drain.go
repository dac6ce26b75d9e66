package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

// moment is one sample of usage and progress.
type moment struct {
	at         time.Time
	us, broker usage
	// done is how many raw records the groups have committed.
	done int64
}

// drained is the course of a processor's work from its start until its input is empty.
type drained struct {
	// first is the last moment before its state was there and it began to read, committed
	// the last before the first commit, raw that at which the raw topics were read to
	// their end, end that without any lag.
	first, committed, raw, end moment
}

// look is the sampling interval.
const look = 50 * time.Millisecond

// drain waits until the processor has no lag. It measures from the last look before
// the first stage had its state, so that the start of the process is not in the figures
// and the first round is.
func (p *environment) drain(ctx context.Context, c *subprocess, total int64) (*drained, error) {
	return p.drainFrom(ctx, c, 0, total)
}

// drainFrom is drain for a processor that has processed some of the total before.
func (p *environment) drainFrom(ctx context.Context, c *subprocess, before, total int64) (*drained, error) {
	watcher := lag.New(lag.Config{Kafka: p.kafka, Own: p.inputs(), Window: time.Second})
	if err := watcher.Open(); err != nil {
		return nil, err
	}
	defer watcher.Close()
	p.o.Progress.Step("processing", total-before)
	ends, err := p.rawEnds(ctx)
	if err != nil {
		return nil, err
	}
	var d drained
	works := false
	for {
		m, err := p.moment(ctx, c, ends)
		if err != nil {
			return nil, err
		}
		p.o.Progress.At(m.done - before)
		switch {
		case m.done <= before:
			d.committed = m
			if !works {
				d.first, works = m, len(c.lines(saidRestored)) > 0
			}
		case d.first.at.IsZero():
			return nil, fmt.Errorf("%s had committed %d records before it was looked at", c.role, m.done)
		}
		if m.done >= total {
			if d.raw.at.IsZero() {
				d.raw = m
			}
			if idle, err := idle(ctx, watcher); err != nil {
				return nil, err
			} else if idle {
				d.end = m
				return &d, nil
			}
		}
		if err := wait(ctx, look); err != nil {
			return nil, err
		}
	}
}

// finish waits until a processor that was already running has no lag.
func (p *environment) finish(ctx context.Context, c *subprocess, total int64) error {
	watcher := lag.New(lag.Config{Kafka: p.kafka, Own: p.inputs(), Window: time.Second})
	if err := watcher.Open(); err != nil {
		return err
	}
	defer watcher.Close()
	ends, err := p.rawEnds(ctx)
	if err != nil {
		return err
	}
	for {
		m, err := p.moment(ctx, c, ends)
		if err != nil {
			return err
		}
		if m.done >= total {
			if idle, err := idle(ctx, watcher); err != nil || idle {
				return err
			}
		}
		if err := wait(ctx, look); err != nil {
			return err
		}
	}
}

// moment samples the groups and the processes.
func (p *environment) moment(ctx context.Context, c *subprocess, ends map[string]map[int32]int64) (moment, error) {
	m := moment{at: time.Now()}
	var err error
	if m.us, err = c.uses(); err != nil {
		return m, err
	}
	if m.broker, err = p.brokerUsage(); err != nil {
		return m, err
	}
	groups := slices.Sorted(maps.Keys(p.rawGroups()))
	fetched := p.admin.FetchManyOffsets(ctx, groups...)
	for _, group := range groups {
		f := fetched[group]
		if f.Err != nil {
			continue // a group that is not there yet has committed nothing
		}
		f.Fetched.Each(func(o kadm.OffsetResponse) {
			if o.Err == nil && o.At > 0 {
				m.done += min(o.At, ends[o.Topic][o.Partition])
			}
		})
	}
	return m, nil
}

// rawGroups are the groups that read raw topics.
func (p *environment) rawGroups() map[string]string {
	out := p.groups()
	maps.DeleteFunc(out, func(_, input string) bool { return !strings.HasPrefix(input, p.names.Topic("raw.")) })
	return out
}

// inputs is groups as the watcher has them.
func (p *environment) inputs() map[string][]string {
	out := map[string][]string{}
	for group, input := range p.groups() {
		out[group] = []string{input}
	}
	return out
}

// rawEnds returns the ends of the raw topics, to which nobody writes meanwhile.
func (p *environment) rawEnds(ctx context.Context) (map[string]map[int32]int64, error) {
	topics := slices.Sorted(maps.Values(p.rawGroups()))
	listed, err := p.admin.ListEndOffsets(ctx, topics...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look at the ends of the raw topics: %w", err)
	}
	out := map[string]map[int32]int64{}
	listed.Each(func(o kadm.ListedOffset) {
		if out[o.Topic] == nil {
			out[o.Topic] = map[int32]int64{}
		}
		out[o.Topic][o.Partition] = o.Offset
	})
	return out, nil
}

// idle reports whether every stage has read its whole input.
func idle(ctx context.Context, watcher *lag.Watcher) (bool, error) {
	report, err := watcher.Observe(ctx)
	if err != nil {
		return false, fmt.Errorf("look at the lag: %w", err)
	}
	for i := range report.Groups {
		if report.Groups[i].Records > 0 || report.Groups[i].Held > 0 {
			return false, nil
		}
	}
	return true, nil
}
