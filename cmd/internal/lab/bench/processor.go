package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// ProcessorConfig is the configuration of Processor.
type ProcessorConfig struct {
	Load
	// WithoutTransactions is the path of a build made by deploy/bench/at-least-once;
	// empty measures none.
	WithoutTransactions string
}

// nameWithout is the name of the build without transactions.
const nameWithout = "without transactions"

// Processor measures the processor: the raw topics are filled first, then it is
// started, and measured from when it has its state until no stage has any lag. Several
// profiles take turns, and are compared with the first.
func Processor(ctx context.Context, o Options, config ProcessorConfig) (report *Report, err error) {
	load := config.Load
	if err := load.Validate(); err != nil {
		return nil, err
	}
	p, err := open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }() //nolint:contextcheck // a stop has its own time
	selectedProfiles, err := o.selectedProfiles()
	if err != nil {
		return nil, err
	}
	if config.WithoutTransactions != "" {
		selectedProfiles = append(selectedProfiles, profile{name: nameWithout, program: config.WithoutTransactions, settings: selectedProfiles[0].settings, repeats: true})
	}
	start := load.start(&o)
	report = p.report("processor", start, map[string]string{"webhooks": strconv.FormatInt(load.Webhooks, 10)})
	sent, err := p.fill(ctx, load.plan(&o, start), start, load.Webhooks)
	if err != nil {
		return nil, err
	}
	if err := p.inTurns(ctx, report, selectedProfiles, sent); err != nil {
		return nil, err
	}
	if config.WithoutTransactions != "" {
		report.Notes = append(report.Notes, "without transactions a rebalance tells facts twice, so that only the others' answers were checked")
	}
	for _, v := range selectedProfiles[1:] {
		if v.program != "" {
			report.compareProcessor(selectedProfiles[0].title(), v.title())
			continue
		}
		report.compareProcessor(v.title(), selectedProfiles[0].title())
	}
	report.Right = len(report.Faults) == 0
	return report, nil
}

// inTurns runs the selected profiles in turn, in each round beginning with another one,
// so that none benefits from the machine's better moments.
func (p *environment) inTurns(ctx context.Context, report *Report, selectedProfiles []profile, sent map[string]simulator.Count) error {
	limit := p.o.budget()
	defer p.use(profile{})
	for n := range p.o.Runs {
		for i := range selectedProfiles {
			v := selectedProfiles[(n+i)%len(selectedProfiles)]
			p.use(v)
			run, faults, err := p.process(ctx, v.title(), sent, p.checkOf(n))
			if err != nil {
				return err
			}
			report.Runs = append(report.Runs, *run)
			report.fault(faults...)
		}
		if !limit.step() && n+1 < p.o.Runs {
			report.short(n+1, p.o.Runs)
			return nil
		}
	}
	return nil
}

// compareProcessor adds the ratios of two names of processor runs.
func (r *Report) compareProcessor(ours, theirs string) {
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
		r.compare(ours, theirs, f.key, f.more)
	}
}

// checkOf returns how a run is checked: the first with the model, which takes long, the
// others by an audit of the same input.
func (p *environment) checkOf(run int) string {
	if p.o.Check == CheckModel && run > 0 {
		return CheckAudit
	}
	return p.o.Check
}

// report creates a report.
func (p *environment) report(bench string, start time.Time, settings map[string]string) *Report {
	return &Report{
		Bench: bench, Seed: p.o.Seed, Start: start, Brokers: p.brokers, Embedded: p.embedded != nil, Settings: p.o.shown(settings), Machine: ThisMachine(),
	}
}

// process is one run of a processor over the raw topics, from an empty state.
func (p *environment) process(ctx context.Context, name string, sent map[string]simulator.Count, how string) (*Run, []string, error) {
	if err := errors.Join(p.wipe(), p.renew(ctx)); err != nil {
		return nil, nil, err
	}
	path, err := p.writeConfig(0)
	if err != nil {
		return nil, nil, err
	}
	c, err := p.launch("processor", path)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if c.alive() == nil {
			c.kill()
		}
	}()
	total := accepted(sent)
	d, err := p.drain(ctx, c, total)
	if err != nil {
		return nil, nil, err
	}
	if p.profile.repeats {
		how = CheckNone // an audit would find the facts that were emitted twice
	}
	run := &Run{Name: name, Checked: how}
	p.processed(&run.Figures, c, d, total)
	if err := counted(ctx, &run.Figures, c, total); err != nil {
		return nil, nil, err
	}
	// The processor keeps running during the check: the last deadlines are due by the
	// wall clock.
	faults, err := p.check(ctx, how, sent)
	if err != nil {
		return nil, nil, err
	}
	if err := p.written(ctx, &run.Figures, total); err != nil {
		return nil, nil, err
	}
	if err := c.stop(); err != nil {
		return nil, nil, err
	}
	run.Figures.Add("cpu_seconds_whole_life", c.used().Seconds())
	return run, faults, nil
}

// processed adds the figures of a drain.
func (p *environment) processed(f *Figures, c *subprocess, d *drained, total int64) {
	n := float64(total)
	seconds := d.end.at.Sub(d.first.at).Seconds()
	cpu := (d.end.us.cpu - d.first.us.cpu).Seconds()
	f.Add("records", n)
	f.Add("seconds", seconds)
	f.Add("records_per_second", n/seconds)
	f.Add("records_per_cpu_second", n/cpu)
	f.Add("cpu_us_per_record", cpu/n*1e6)
	if p.o.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_record", (d.end.broker.cpu-d.first.broker.cpu).Seconds()/n*1e6)
	}
	f.Add("peak_rss_mb", mega(d.end.us.peak))
	f.Add("cpu_seconds", cpu)
	f.Add("start_to_first_commit_seconds", d.committed.at.Sub(c.started).Seconds())
	f.Add("journeys_behind_seconds", d.end.at.Sub(d.raw.at).Seconds())
}

// counted adds the figures from the processor's own metrics.
func counted(ctx context.Context, f *Figures, c *subprocess, total int64) error {
	m, err := c.metrics(ctx)
	if err != nil {
		return err
	}
	n := float64(total)
	f.Add("allocations_per_record", m["go_memstats_mallocs_total"]/n)
	f.Add("allocated_bytes_per_record", m["go_memstats_alloc_bytes_total"]/n)
	f.Add("outputs_per_record", m["tributary_processor_outputs_total"]/n)
	f.Add("rounds", m["tributary_processor_rounds_total"])
	f.Add("aborted_rounds", m["tributary_processor_aborts_total"])
	if rounds := m["tributary_processor_transaction_seconds_count"]; rounds > 0 {
		f.Add("transaction_ms_mean", m["tributary_processor_transaction_seconds_sum"]/rounds*1e3)
	}
	f.Add("gc_cycles", m["go_gc_duration_seconds_count"])
	return nil
}

// markers adds the number of transaction markers per transaction in the output topics:
// end offsets minus records. Changelogs are not included.
func (p *environment) markers(ctx context.Context, f *Figures, c *subprocess) error {
	names, err := p.owned(ctx)
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return strings.HasPrefix(name, p.names.Topic("raw.")) || strings.HasPrefix(name, p.names.Topic("internal.changelog."))
	})
	m, err := c.metrics(ctx)
	if err != nil {
		return err
	}
	listed, err := p.admin.ListEndOffsets(ctx, names...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return fmt.Errorf("look at the ends of the outputs: %w", err)
	}
	var offsets float64
	listed.Each(func(o kadm.ListedOffset) { offsets += float64(o.Offset) })
	f.Add("markers_per_transaction", (offsets-m["tributary_processor_outputs_total"])/m["tributary_processor_rounds_total"])
	return nil
}

// written adds the bytes on the broker's disk per raw record, as far as the broker
// reports them.
func (p *environment) written(ctx context.Context, f *Figures, total int64) error {
	names, err := p.owned(ctx)
	if err != nil {
		return err
	}
	set := kadm.TopicsSet{}
	for _, name := range names {
		for n := range p.o.Partitions {
			set.Add(name, n)
		}
	}
	described, err := p.admin.DescribeAllLogDirs(ctx, set)
	if err != nil {
		return nil //nolint:nilerr // not every broker tells, and not to everybody
	}
	bytes := map[string]int64{}
	described.Each(func(dir kadm.DescribedLogDir) {
		dir.Topics.Each(func(part kadm.DescribedLogDirPartition) {
			kind, _, _ := strings.Cut(strings.TrimPrefix(part.Topic, p.names.Prefix), ".")
			if strings.HasPrefix(part.Topic, p.names.Topic("internal.changelog.")) {
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
