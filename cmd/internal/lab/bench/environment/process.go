package environment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// CheckOf returns how a run is checked: the first with the model, which takes long, the
// others by an audit of the same input.
func (p *Environment) CheckOf(run int) string {
	if p.Options.Check == CheckModel && run > 0 {
		return CheckAudit
	}
	return p.Options.Check
}

// NewReport creates a report.
func (p *Environment) NewReport(bench string, start time.Time, settings map[string]string) *result.Report {
	return &result.Report{
		Bench: bench, Seed: p.Options.Seed, Start: start, Brokers: p.Brokers, Embedded: p.embedded != nil, Settings: p.Options.shown(settings), Machine: result.ThisMachine(),
	}
}

// Process is one run of a processor over the raw topics, from an empty state.
func (p *Environment) Process(ctx context.Context, name string, sent map[string]simulator.Count, how string) (*result.Run, []string, error) {
	if err := errors.Join(p.Wipe(), p.Renew(ctx)); err != nil {
		return nil, nil, err
	}
	path, err := p.WriteConfig(0)
	if err != nil {
		return nil, nil, err
	}
	c, err := p.Launch("processor", path)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if c.Alive() == nil {
			c.Kill()
		}
	}()
	total := Accepted(sent)
	d, err := p.Drain(ctx, c, total)
	if err != nil {
		return nil, nil, err
	}
	if p.profile.Repeats {
		how = CheckNone // an audit would find the facts that were emitted twice
	}
	run := &result.Run{Name: name, Checked: how}
	p.Processed(&run.Figures, c, d, total)
	if err := counted(ctx, &run.Figures, c, total); err != nil {
		return nil, nil, err
	}
	// The processor keeps running during the check: the last deadlines are due by the
	// wall clock.
	faults, err := p.Check(ctx, how, sent)
	if err != nil {
		return nil, nil, err
	}
	if err := p.written(ctx, &run.Figures, total); err != nil {
		return nil, nil, err
	}
	if err := c.Stop(); err != nil {
		return nil, nil, err
	}
	run.Figures.Add("cpu_seconds_whole_life", c.used().Seconds())
	return run, faults, nil
}

// Processed adds the figures of a drain.
func (p *Environment) Processed(f *result.Figures, c *Subprocess, d *Drained, total int64) {
	p.Costs(f, &d.first, &d.end, total)
	f.Add("start_to_first_commit_seconds", d.committed.At.Sub(c.Started).Seconds())
	f.Add("journeys_behind_seconds", d.end.At.Sub(d.raw.At).Seconds())
}

// Costs adds the figures of the work between two moments.
func (p *Environment) Costs(f *result.Figures, first, end *Moment, total int64) {
	n := float64(total)
	seconds := end.At.Sub(first.At).Seconds()
	cpu := (end.us.CPU - first.us.CPU).Seconds()
	f.Add("records", n)
	f.Add("seconds", seconds)
	f.Add("records_per_second", n/seconds)
	f.Add("records_per_cpu_second", n/cpu)
	f.Add("cpu_us_per_record", cpu/n*1e6)
	if p.Options.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_record", (end.broker.CPU-first.broker.CPU).Seconds()/n*1e6)
	}
	f.Add("peak_rss_mb", Mega(end.us.Peak))
	f.Add("cpu_seconds", cpu)
}

// counted adds the figures from the processor's own metrics.
func counted(ctx context.Context, f *result.Figures, c *Subprocess, total int64) error {
	m, err := c.Metrics(ctx)
	if err != nil {
		return err
	}
	n := float64(total)
	f.Add("allocations_per_record", m["go_memstats_mallocs_total"]/n)
	f.Add("allocated_bytes_per_record", m["go_memstats_alloc_bytes_total"]/n)
	f.Add("outputs_per_record", m["tributary_processor_outputs_total"]/n)
	f.Add("rounds", m["tributary_processor_transactions_total"])
	f.Add("aborted_rounds", m["tributary_processor_aborts_total"])
	if rounds := m["tributary_processor_transaction_seconds_count"]; rounds > 0 {
		f.Add("transaction_ms_mean", m["tributary_processor_transaction_seconds_sum"]/rounds*1e3)
	}
	f.Add("gc_cycles", m["go_gc_duration_seconds_count"])
	return nil
}

// Markers adds the number of transaction markers per transaction in the output topics:
// end offsets minus records. Changelogs are not included.
func (p *Environment) Markers(ctx context.Context, f *result.Figures, c *Subprocess) error {
	names, err := p.owned(ctx)
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return strings.HasPrefix(name, p.Names.Topic("raw.")) || strings.HasPrefix(name, p.Names.Topic("internal.changelog."))
	})
	m, err := c.Metrics(ctx)
	if err != nil {
		return err
	}
	listed, err := p.Admin.ListEndOffsets(ctx, names...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return fmt.Errorf("look at the ends of the outputs: %w", err)
	}
	var offsets float64
	listed.Each(func(o kadm.ListedOffset) { offsets += float64(o.Offset) })
	f.Add("markers_per_transaction", (offsets-m["tributary_processor_outputs_total"])/m["tributary_processor_transactions_total"])
	return nil
}

// written adds the bytes on the broker's disk per raw record, as far as the broker
// reports them.
func (p *Environment) written(ctx context.Context, f *result.Figures, total int64) error {
	names, err := p.owned(ctx)
	if err != nil {
		return err
	}
	set := kadm.TopicsSet{}
	for _, name := range names {
		for n := range p.Options.Partitions {
			set.Add(name, n)
		}
	}
	described, err := p.Admin.DescribeAllLogDirs(ctx, set)
	if err != nil {
		return nil //nolint:nilerr // not every broker tells, and not to everybody
	}
	bytes := map[string]int64{}
	described.Each(func(dir kadm.DescribedLogDir) {
		dir.Topics.Each(func(part kadm.DescribedLogDirPartition) {
			kind, _, _ := strings.Cut(strings.TrimPrefix(part.Topic, p.Names.Prefix), ".")
			if strings.HasPrefix(part.Topic, p.Names.Topic("internal.changelog.")) {
				kind = "changelog"
			}
			bytes[kind] += part.Size
		})
	})
	for _, kind := range []string{"raw", "decoded", "enriched", "duplicates", "internal", "changelog", "ledger", "deadletter"} {
		f.Add("disk_bytes_per_record_"+kind, float64(bytes[kind])/float64(total))
	}
	return nil
}

// CompareProcessor adds the ratios of two names of processor runs.
func CompareProcessor(r *result.Report, ours, theirs string) {
	for _, f := range []struct {
		key  string
		more bool
	}{
		{"records_per_cpu_second", true},
		{"cpu_us_per_record", false},
		{"broker_cpu_us_per_record", false},
		{"peak_rss_mb", false},
		{"records_per_second", true},
		{"seconds", false},
	} {
		r.Compare(ours, theirs, f.key, f.more)
	}
}
