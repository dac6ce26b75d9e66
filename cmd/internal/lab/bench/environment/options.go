package environment

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// Options are common to all benches.
type Options struct {
	// Brokers are where to run; empty means the embedded broker, which measures
	// nothing but whether it works. TLS and SASL come from TRIBUTARY_KAFKA__… variables.
	Brokers []string
	// BrokerPID is the process of the broker, for its CPU; 0 measures none.
	BrokerPID int
	// Prefix is before every topic and group. Nothing may have it yet. Empty makes one up.
	Prefix string
	// Keep leaves the topics where they are.
	Keep bool
	// Seed makes the load; Start is its first time, and with it the bodies'. Zero is
	// so long ago that the last deadline is over.
	Seed  uint64
	Start time.Time
	// Partitions of every topic.
	Partitions int32
	// Set are settings of ingest and processor, "processor.engine.compression=none".
	Set []string
	// Profiles are named settings, each a profile that is measured beside the others;
	// "small+uncompressed" is both at once. --set counts more. Empty means the
	// ordinary settings.
	Profiles []string
	// For bounds the time of all runs together: none is begun that would not fit. At
	// least one is made. 0 is no bound.
	For time.Duration
	// Check says how the answers are checked: model, audit or none.
	Check string
	// Patience is how long the last timers may take to appear in the topics before a
	// difference from the model counts as wrong.
	Patience time.Duration
	// Runs is how often the measurement is made.
	Runs int
	// Program is the path of tributary; Env is added to the environment of the subprocesses.
	Program string
	Env     []string
	// Logs is a folder that keeps the subprocesses's logs; empty keeps none.
	Logs string
	// Progress receives the progress; nil discards it.
	Progress Progress
	// Now is the wall clock.
	Now func() time.Time
}

// How answers are checked.
const (
	// CheckModel compares with the naive model, and audits.
	CheckModel = "model"
	// CheckAudit proves from the topics that each record had its effect once, and that
	// each entity's last snapshot has all its facts.
	CheckAudit = "audit"
	// CheckNone checks nothing.
	CheckNone = "none"
)

// Progress receives the name of each step and how far it is.
type Progress interface {
	Step(name string, total int64)
	At(done int64)
}

type silent struct{}

func (silent) Step(string, int64) {}
func (silent) At(int64)           {}

// DefaultOptions returns those of an ordinary bench.
func DefaultOptions() Options {
	return Options{Seed: 1, Partitions: 6, Check: CheckModel, Patience: time.Minute, Runs: 1, Now: time.Now}
}

// Validate reports every fault at once.
func (o *Options) Validate() error {
	var errs []error
	if !slices.Contains([]string{CheckModel, CheckAudit, CheckNone}, o.Check) {
		errs = append(errs, fmt.Errorf("--check: %q is none of %s, %s, %s", o.Check, CheckModel, CheckAudit, CheckNone))
	}
	if o.Patience <= 0 {
		errs = append(errs, fmt.Errorf("--patience: %v is not more than zero", o.Patience))
	}
	if o.For < 0 {
		errs = append(errs, fmt.Errorf("--for: %v is less than nothing", o.For))
	}
	if _, err := o.SelectedProfiles(); err != nil {
		errs = append(errs, err)
	}
	if o.Runs < 1 {
		errs = append(errs, fmt.Errorf("--runs: %d is less than 1", o.Runs))
	}
	if o.Partitions < 1 {
		errs = append(errs, fmt.Errorf("--partitions: %d is less than 1", o.Partitions))
	}
	for _, s := range o.Set {
		key, _, ok := strings.Cut(s, "=")
		if !ok || !strings.Contains(key, ".") {
			errs = append(errs, fmt.Errorf("--set: %q is not a setting and its value, such as processor.engine.compression=none", s))
		}
		if strings.HasPrefix(key, "kafka.") || strings.HasPrefix(key, "topics.") || key == "processor.engine.state_dir" {
			errs = append(errs, fmt.Errorf("--set: %s is the bench's own", key))
		}
	}
	return errors.Join(errs...)
}

// complete sets the defaults of empty options.
func (o *Options) complete() error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = silent{}
	}
	if o.Prefix == "" {
		o.Prefix = "bench-" + o.Now().UTC().Format("20060102-150405.000000") + "."
	}
	if o.Logs != "" {
		absolute, err := filepath.Abs(o.Logs)
		if err != nil {
			return fmt.Errorf("--logs: %w", err)
		}
		o.Logs = absolute
	}
	return nil
}

// settings returns Set as a map.
func (o *Options) settings() map[string]string {
	out := map[string]string{}
	for _, s := range o.Set {
		key, value, _ := strings.Cut(s, "=")
		out[key] = value
	}
	return out
}

// Accounts are the simulator's.
func Accounts() simulator.Accounts { return simulator.DefaultAccounts() }
