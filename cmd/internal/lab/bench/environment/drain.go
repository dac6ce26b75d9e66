package environment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// Moment is one sample of usage and progress.
type Moment struct {
	At         time.Time
	us, broker Usage
	// Done is how many raw records the groups have committed.
	Done int64
}

// Drained is the course of a processor's work from its start until its input is empty.
type Drained struct {
	// first is the last moment before its state was there and it began to read, committed
	// the last before the first commit, raw that at which the raw topics were read to
	// their end, end that without any lag.
	first, committed, raw, end Moment
}

// Look is the sampling interval.
const Look = 50 * time.Millisecond

// Drain waits until the processor has no lag. It measures from the last look before
// the first stage had its state, so that the start of the process is not in the figures
// and the first round is.
func (p *Environment) Drain(ctx context.Context, c *Subprocess, total int64) (*Drained, error) {
	return p.DrainFrom(ctx, c, 0, total)
}

// DrainFrom is drain for a processor that has processed some of the total before.
func (p *Environment) DrainFrom(ctx context.Context, c *Subprocess, before, total int64) (*Drained, error) {
	watcher := lag.New(lag.Config{Kafka: p.Kafka, Own: p.inputs(), Window: time.Second})
	if err := watcher.Open(); err != nil {
		return nil, err
	}
	defer watcher.Close()
	p.Options.Progress.Step("processing", total-before)
	ends, err := p.RawEnds(ctx)
	if err != nil {
		return nil, err
	}
	var d Drained
	groups := p.RawGroupNames()
	works := false
	for {
		m, err := p.Moment(ctx, c, groups, ends)
		if err != nil {
			return nil, err
		}
		p.Options.Progress.At(m.Done - before)
		switch {
		case m.Done <= before:
			d.committed = m
			if !works {
				d.first, works = m, len(c.Lines(SaidRestored)) > 0
			}
		case d.first.At.IsZero():
			return nil, fmt.Errorf("%s had committed %d records before it was looked at", c.Role, m.Done)
		}
		if m.Done >= total {
			if d.raw.At.IsZero() {
				d.raw = m
			}
			if idle, err := idle(ctx, watcher); err != nil {
				return nil, err
			} else if idle {
				d.end = m
				return &d, nil
			}
		}
		if err := timespan.Wait(ctx, Look); err != nil {
			return nil, err
		}
	}
}

// Finish waits until a processor that was already running has no lag.
func (p *Environment) Finish(ctx context.Context, c *Subprocess, total int64) error {
	watcher := lag.New(lag.Config{Kafka: p.Kafka, Own: p.inputs(), Window: time.Second})
	if err := watcher.Open(); err != nil {
		return err
	}
	defer watcher.Close()
	ends, err := p.RawEnds(ctx)
	if err != nil {
		return err
	}
	groups := p.RawGroupNames()
	for {
		m, err := p.Moment(ctx, c, groups, ends)
		if err != nil {
			return err
		}
		if m.Done >= total {
			if idle, err := idle(ctx, watcher); err != nil || idle {
				return err
			}
		}
		if err := timespan.Wait(ctx, Look); err != nil {
			return err
		}
	}
}

// Moment samples the groups and the processes.
func (p *Environment) Moment(ctx context.Context, c *Subprocess, groups []string, ends map[string]map[int32]int64) (Moment, error) {
	m := Moment{At: time.Now()}
	var err error
	if m.us, err = c.Uses(); err != nil {
		return m, err
	}
	if m.broker, err = p.BrokerUsage(); err != nil {
		return m, err
	}
	fetched := p.Admin.FetchManyOffsets(ctx, groups...)
	for _, group := range groups {
		f := fetched[group]
		if f.Err != nil {
			continue // a group that is not there yet has committed nothing
		}
		f.Fetched.Each(func(o kadm.OffsetResponse) {
			if o.Err == nil && o.At > 0 {
				m.Done += min(o.At, ends[o.Topic][o.Partition])
			}
		})
	}
	return m, nil
}

// rawGroups are the groups that read raw topics.
func (p *Environment) rawGroups() map[string]string {
	out := p.groups()
	maps.DeleteFunc(out, func(_, input string) bool { return !strings.HasPrefix(input, p.Names.Topic("raw.")) })
	return out
}

// RawGroupNames returns the groups of the stages that read raw topics.
func (p *Environment) RawGroupNames() []string { return slices.Sorted(maps.Keys(p.rawGroups())) }

// inputs is groups as the watcher has them.
func (p *Environment) inputs() map[string][]string {
	out := map[string][]string{}
	for group, input := range p.groups() {
		out[group] = []string{input}
	}
	return out
}

// RawEnds returns the ends of the raw topics, to which nobody writes meanwhile.
func (p *Environment) RawEnds(ctx context.Context) (map[string]map[int32]int64, error) {
	topics := slices.Sorted(maps.Values(p.rawGroups()))
	listed, err := p.Admin.ListEndOffsets(ctx, topics...)
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
