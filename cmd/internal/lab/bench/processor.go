package bench

import (
	"context"
	"errors"
	"strconv"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// ProcessorConfig is the configuration of Processor.
type ProcessorConfig struct {
	environment.Load
	// WithoutTransactions is the path of a build made by deploy/bench/at-least-once;
	// empty measures none.
	WithoutTransactions string
}

// nameWithout is the name of the build without transactions.
const nameWithout = "without transactions"

// Processor measures the processor: the raw topics are filled first, then it is
// started, and measured from when it has its state until no stage has any lag. Several
// profiles take turns, and are compared with the first.
func Processor(ctx context.Context, o environment.Options, config ProcessorConfig) (report *result.Report, err error) {
	load := config.Load
	if err := load.Validate(); err != nil {
		return nil, err
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	selectedProfiles, err := o.SelectedProfiles()
	if err != nil {
		return nil, err
	}
	if config.WithoutTransactions != "" {
		selectedProfiles = append(selectedProfiles, environment.Profile{Name: nameWithout, Program: config.WithoutTransactions, Settings: selectedProfiles[0].Settings, Repeats: true})
	}
	start := load.Start(&o)
	report = p.NewReport("processor", start, map[string]string{"webhooks": strconv.FormatInt(load.Webhooks, 10)})
	sent, err := p.Fill(ctx, load.Plan(&o, start), start, load.Webhooks)
	if err != nil {
		return nil, err
	}
	if err := inTurns(ctx, p, report, selectedProfiles, sent); err != nil {
		return nil, err
	}
	if config.WithoutTransactions != "" {
		report.Notes = append(report.Notes, "without transactions a rebalance tells facts twice, so that only the others' answers were checked")
	}
	for _, v := range selectedProfiles[1:] {
		if v.Program != "" {
			environment.CompareProcessor(report, selectedProfiles[0].Title(), v.Title())
			continue
		}
		environment.CompareProcessor(report, v.Title(), selectedProfiles[0].Title())
	}
	report.Right = len(report.Faults) == 0
	return report, nil
}

// inTurns runs the selected profiles in turn, in each round beginning with another one,
// so that none benefits from the machine's better moments.
func inTurns(ctx context.Context, p *environment.Environment, report *result.Report, selectedProfiles []environment.Profile, sent map[string]simulator.Count) error {
	limit := p.Options.Budget()
	defer p.Use(environment.Profile{})
	for n := range p.Options.Runs {
		for i := range selectedProfiles {
			v := selectedProfiles[(n+i)%len(selectedProfiles)]
			p.Use(v)
			run, faults, err := p.Process(ctx, v.Title(), sent, p.CheckOf(n))
			if err != nil {
				return err
			}
			report.Runs = append(report.Runs, *run)
			report.Fault(faults...)
		}
		if !limit.Step() && n+1 < p.Options.Runs {
			report.Short(n+1, p.Options.Runs)
			return nil
		}
	}
	return nil
}
