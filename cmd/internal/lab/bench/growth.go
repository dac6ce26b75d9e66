package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// GrowthConfig is the configuration of Growth.
type GrowthConfig struct {
	// Entities are the sizes, ascending: about how many verifications, payments and
	// journeys the state holds before the measured load.
	Entities []int64
	// Webhooks is the measured load at each size, of entities of its own.
	Webhooks int64
	// QuietFor is how long the stages must emit nothing but watermarks before a load is
	// measured. It must exceed the watermark interval.
	QuietFor time.Duration
}

// DefaultGrowthConfig returns sizes that take a few minutes. The documented target is
// ten million entities.
func DefaultGrowthConfig() GrowthConfig {
	return GrowthConfig{Entities: []int64{100_000, 1_000_000}, Webhooks: 200_000, QuietFor: 6 * time.Second}
}

// Validate reports every fault at once.
func (c *GrowthConfig) Validate() error {
	var errs []error
	if len(c.Entities) == 0 || !slices.IsSorted(c.Entities) || c.Entities[0] < 1 {
		errs = append(errs, fmt.Errorf("--entities: %v are not sizes of at least 1, the smallest first", c.Entities))
	}
	if c.QuietFor <= 0 {
		errs = append(errs, fmt.Errorf("--quiet-for: %v is not more than zero", c.QuietFor))
	}
	if c.Webhooks < 1 {
		errs = append(errs, fmt.Errorf("--webhooks: %d is less than 1", c.Webhooks))
	}
	return errors.Join(errs...)
}

// Growth measures the cost of a record while the state grows: the same load at each
// size, on the same state.
func Growth(ctx context.Context, o environment.Options, config GrowthConfig) (report *result.Report, err error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	large := o.Check == environment.CheckModel && config.Entities[len(config.Entities)-1] > checkedEntities
	if large {
		o.Check = environment.CheckNone
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	if err := p.UseOnly(); err != nil {
		return nil, err
	}
	g := &growth{environment: p, config: config, sent: map[string]simulator.Count{}}
	report = p.NewReport("growth", o.Now().UTC().Truncate(time.Second), map[string]string{"webhooks": strconv.FormatInt(config.Webhooks, 10)})
	defer func() {
		if g.subprocess != nil && g.subprocess.Alive() == nil {
			g.subprocess.Kill()
		}
	}()
	if err := g.measure(ctx, report); err != nil {
		return nil, err
	}
	faults, err := p.Check(ctx, o.Check, g.sent)
	if err != nil {
		return nil, err
	}
	report.Fault(faults...)
	if large {
		report.Notes = append(report.Notes, fmt.Sprintf("beyond %d entities the answers are counted only (every record was processed); --check audit proves them", checkedEntities))
	}
	report.Right = len(report.Faults) == 0
	return report, g.subprocess.Stop()
}

// checkedEntities is the largest state that is compared with the model, which is held
// in memory.
const checkedEntities = 500_000

// growth is a measurement under way.
type growth struct {
	environment *environment.Environment
	config      GrowthConfig
	subprocess  *environment.Subprocess
	sent        map[string]simulator.Count
	// loads counts them: each has a seed of its own, and with it names of its own.
	loads uint64
	// scenarios were begun for the sake of the state.
	scenarios int64
}

func (g *growth) measure(ctx context.Context, report *result.Report) error {
	limit := g.environment.Options.Budget()
	for i, entities := range g.config.Entities {
		if err := g.grow(ctx, entities); err != nil {
			return err
		}
		for range g.environment.Options.Runs {
			run, err := g.load(ctx, entities)
			if err != nil {
				return err
			}
			report.Runs = append(report.Runs, *run)
		}
		if i > 0 {
			environment.CompareProcessor(report, title(entities), title(g.config.Entities[0]))
		}
		if !limit.Step() && i+1 < len(g.config.Entities) {
			report.Notes = append(report.Notes, fmt.Sprintf("the time (--for) was over after %d entities", entities))
			return nil
		}
	}
	return nil
}

func title(entities int64) string { return fmt.Sprintf("%d entities", entities) }

// grow makes the state as large as it shall be. Of each scenario only the first webhook is
// sent: it makes an entity and its journey.
func (g *growth) grow(ctx context.Context, entities int64) error {
	const perScenario = 2
	scenarios := entities/perScenario - g.scenarios
	if scenarios < 1 {
		return nil
	}
	g.scenarios += scenarios
	const perSecond = 2000 // by the providers' time
	load := environment.Load{Webhooks: scenarios * environment.WebhooksPerScenario, Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, PerSecond: perSecond}
	if err := g.stop(); err != nil {
		return err
	}
	if err := g.fill(ctx, load, scenarios, newFirsts().first); err != nil {
		return err
	}
	if err := g.start(); err != nil {
		return err
	}
	g.environment.Options.Progress.Step(fmt.Sprintf("making a state of %d entities", entities), 0)
	if err := g.environment.Finish(ctx, g.subprocess, environment.Accepted(g.sent)); err != nil {
		return err
	}
	return g.calm(ctx)
}

// load measures the load on the state that there is.
func (g *growth) load(ctx context.Context, entities int64) (*result.Run, error) {
	p := g.environment
	if err := g.stop(); err != nil {
		return nil, err
	}
	before := environment.Accepted(g.sent)
	load := environment.Load{Webhooks: g.config.Webhooks, Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, Repeats: 0.05, Disorder: 0.02, PerSecond: 500}
	if err := g.fill(ctx, load, g.config.Webhooks, func(*simulator.Send) bool { return true }); err != nil {
		return nil, err
	}
	if err := g.start(); err != nil {
		return nil, err
	}
	d, err := p.DrainFrom(ctx, g.subprocess, before, environment.Accepted(g.sent))
	if err != nil {
		return nil, err
	}
	run := &result.Run{Name: title(entities), Checked: p.Options.Check}
	p.Processed(&run.Figures, g.subprocess, d, environment.Accepted(g.sent)-before)
	bytes, err := size(p.StateDir())
	if err != nil {
		return nil, err
	}
	run.Figures.Add("state_mb", environment.Mega(bytes))
	return run, nil
}

// fill brings those of a load that are wanted into the raw topics.
func (g *growth) fill(ctx context.Context, load environment.Load, total int64, wanted func(*simulator.Send) bool) error {
	p := g.environment
	g.loads++
	o := *p.Options
	o.Seed = p.Options.Seed + g.loads*7919 // orders carry the seed in their name
	start := load.Start(&o)
	counts, err := p.FillWith(ctx, load.Plan(&o, start), start, total, wanted)
	for provider, c := range counts {
		sum := g.sent[provider]
		sum.Add(c)
		g.sent[provider] = sum
	}
	return err
}

func (g *growth) start() (err error) {
	path, err := g.environment.WriteConfig(0)
	if err == nil {
		g.subprocess, err = g.environment.Launch("processor", path)
	}
	return err
}

func (g *growth) stop() error {
	if g.subprocess == nil {
		return nil
	}
	c := g.subprocess
	g.subprocess = nil
	return c.Stop()
}

// calm waits until the timers of abandoned scenarios have fired, so that the measured
// load does not include them. Watermarks keep being emitted.
func (g *growth) calm(ctx context.Context) error {
	g.environment.Options.Progress.Step("waiting for the last deadlines", 0)
	clocks := 12 * float64(g.environment.Options.Partitions) * float64(g.environment.Options.Partitions)
	for last := -1.0; ; {
		m, err := g.subprocess.Metrics(ctx)
		if err != nil {
			return errors.Join(err, g.subprocess.Alive())
		}
		told := m["tributary_processor_outputs_total"]
		if last >= 0 && told-last <= clocks {
			return nil
		}
		last = told
		if err := timespan.Wait(ctx, g.config.QuietFor); err != nil {
			return err
		}
	}
}

// firsts finds each scenario's first webhook. It remembers the newest scenarios only: one
// that it forgot begins anew, which makes a webhook more and no entity.
type firsts struct{ now, before map[uint64]struct{} }

const remembered = 500_000

func newFirsts() *firsts { return &firsts{now: map[uint64]struct{}{}} }

func (f *firsts) first(s *simulator.Send) bool {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s.Order)
	id := h.Sum64()
	_, known := f.now[id]
	if _, old := f.before[id]; known || old {
		return false
	}
	if len(f.now) >= remembered {
		f.now, f.before = map[uint64]struct{}{}, f.now
	}
	f.now[id] = struct{}{}
	return true
}

// size adds up the files of a folder; files that disappear meanwhile are left out.
func size(folder string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = entry.Info(); err == nil {
				bytes += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return bytes, err
}
