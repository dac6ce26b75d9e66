package insights

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/runway"
	"github.com/tributary-hq/tributary/processor/insights/scorecard"
	"github.com/tributary-hq/tributary/processor/watermark"
)

// Settings are the settings that an operator chooses.
type Settings struct {
	// Enabled runs the stage, and has the stages in front of it emit their differences.
	// Default true.
	Enabled bool `json:"enabled" koanf:"enabled" yaml:"enabled"`
	// CommitInterval is how long differences are collected for one transaction; a shorter
	// one than the engine's has no effect. Default 1 s: rows are emitted once a minute.
	CommitInterval time.Duration `json:"commit_interval" koanf:"commit_interval" yaml:"commit_interval"`
	// EmitInterval is the event time between two emissions of changed rows. Default 1 min,
	// as often as pumping is looked for.
	EmitInterval time.Duration `json:"emit_interval" koanf:"emit_interval" yaml:"emit_interval"`
	// Retention is how long after its end a window of a quarter-hour or an hour is kept.
	// Default 35 days.
	Retention time.Duration `json:"retention" koanf:"retention" yaml:"retention"`
	// DayRetention is how long after its end a window of a day is kept. Default 400 days.
	DayRetention time.Duration `json:"day_retention" koanf:"day_retention" yaml:"day_retention"`
	// MaxBlocks is how many blocks of a country have rows of their own in one window; the
	// codes of further ones are in the rest of their area. Default 2,000.
	MaxBlocks int `json:"max_blocks" koanf:"max_blocks" yaml:"max_blocks"`
	// SignalRetention is how long a withdrawn signal is kept. Default 35 days.
	SignalRetention time.Duration `json:"signal_retention" koanf:"signal_retention" yaml:"signal_retention"`
	// Pumping is the settings of the detector of artificially inflated traffic.
	Pumping pumping.Config `json:"pumping" koanf:"pumping" yaml:"pumping"`
	// RatesFile is a file with rates, by which amounts of several currencies are converted;
	// empty: none are. It is read when the stage is made.
	RatesFile string `json:"rates_file" koanf:"rates_file" yaml:"rates_file"`
	// Runway is the settings of the detector of accounts that end.
	Runway runway.Settings `json:"runway" koanf:"runway" yaml:"runway"`
	// Scorecard is the bounds of a provider's day.
	Scorecard scorecard.Settings `json:"scorecard" koanf:"scorecard" yaml:"scorecard"`
}

// DefaultSettings returns the usual settings.
func DefaultSettings() Settings {
	const day = 24 * time.Hour
	return Settings{
		Enabled: true, CommitInterval: time.Second, EmitInterval: time.Minute, Retention: 35 * day, DayRetention: 400 * day, MaxBlocks: 2000,
		SignalRetention: 35 * day, Pumping: pumping.DefaultConfig(), Runway: runway.DefaultSettings(),
		Scorecard: scorecard.DefaultSettings(),
	}
}

// Validate reports every fault at once. Each begins with the key it is about.
func (s *Settings) Validate() error {
	var errs []error
	for _, span := range []struct {
		key string
		is  time.Duration
	}{{"commit_interval", s.CommitInterval}, {"emit_interval", s.EmitInterval}, {"retention", s.Retention}, {"day_retention", s.DayRetention}, {"signal_retention", s.SignalRetention}} {
		if span.is <= 0 {
			errs = append(errs, fmt.Errorf("%s: %s is not positive", span.key, span.is))
		}
	}
	if s.DayRetention < s.Retention {
		errs = append(errs, fmt.Errorf("day_retention: %s is shorter than the retention of shorter windows, %s", s.DayRetention, s.Retention))
	}
	if s.MaxBlocks < 0 {
		errs = append(errs, fmt.Errorf("max_blocks: %d is negative", s.MaxBlocks))
	}
	if err := s.Pumping.Validate(); err != nil {
		errs = append(errs, err)
	}
	if err := s.Runway.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("runway: %w", err))
	}
	if err := s.Scorecard.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("scorecard: %w", err))
	}
	return errors.Join(errs...)
}

// Config is the settings of the stage.
type Config struct {
	Settings

	// Upstreams are the stages whose watermarks hold back this stage's. Without any the
	// watermark does not advance and no row is emitted.
	Upstreams []watermark.Upstream
	// BlockK is how many different numbers of an area or a block must have been seen within
	// the retention for it to be named and to have rows of its own; 0 names none.
	BlockK int
	// Rates converts amounts; nil converts nothing.
	Rates *rates.Table
}

// DefaultConfig returns the settings behind a journey stage of one partition.
func DefaultConfig() Config {
	return Config{Settings: DefaultSettings(), BlockK: block.DefaultK, Upstreams: []watermark.Upstream{{Stage: "journey", Partitions: 1}}}
}
