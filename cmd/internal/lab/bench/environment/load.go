package environment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
)

// Load describes the webhooks that are generated.
type Load struct {
	// Webhooks is about how many, forgeries not among them.
	Webhooks int64
	// Providers that send; empty means all.
	Providers []string
	// Except are the names of scenarios that are left out.
	Except []string
	// Repeats and Disorder are shares of the webhooks from 0 to under 1: those that
	// repeat another, and those up to five minutes late.
	Repeats, Disorder float64
	// PerSecond is how many scenarios begin in a second of the providers' time: how
	// many entities are open at once, not how fast is written.
	PerSecond float64
}

// DefaultLoad returns the mix of an ordinary day.
func DefaultLoad() Load {
	return Load{Webhooks: 500_000, Repeats: 0.05, Disorder: 0.02, PerSecond: 500}
}

// Validate reports every fault at once.
func (l *Load) Validate() error {
	var errs []error
	if l.Webhooks < 1 {
		errs = append(errs, fmt.Errorf("--webhooks: %d is less than 1", l.Webhooks))
	}
	for name, share := range map[string]float64{"repeats": l.Repeats, "disorder": l.Disorder} {
		if !(share >= 0 && share < 1) {
			errs = append(errs, fmt.Errorf("--%s: %v is not a share from 0 to under 1", name, share))
		}
	}
	if !(l.PerSecond > 0) {
		errs = append(errs, fmt.Errorf("--scenarios-per-second: %v is not more than zero", l.PerSecond))
	}
	for _, p := range l.Providers {
		if !slices.Contains(schemas.ProviderIDs(), p) {
			errs = append(errs, fmt.Errorf("--providers: %q is none of %s", p, strings.Join(schemas.ProviderIDs(), ", ")))
		}
	}
	return errors.Join(errs...)
}

// Times of the providers around the load.
const (
	// LoadAge is the time between the end of the load and now: the longest deadline of
	// the scenarios plus their duration.
	LoadAge = 4 * time.Hour
	// WebhooksPerScenario is about how many a scenario has.
	WebhooksPerScenario = 5
)

// Start is when the load begins, unless the options say it: so that its last deadline
// is over now.
func (l *Load) Start(o *Options) time.Time {
	if !o.Start.IsZero() {
		return o.Start
	}
	span := time.Duration(float64(l.Webhooks) / WebhooksPerScenario / l.PerSecond * float64(time.Second))
	return o.Now().Add(-LoadAge - span).UTC().Truncate(time.Second)
}

// Plan makes the load.
func (l *Load) Plan(o *Options, start time.Time) *simulator.Plan {
	return simulator.NewPlan(simulator.Options{
		Seed: o.Seed, Start: start, Accounts: Accounts(), Providers: l.Providers, Except: l.Except, Webhooks: l.Webhooks,
		Spacing: time.Duration(float64(time.Second) / l.PerSecond), Repeats: l.Repeats, Disorder: l.Disorder,
	})
}
