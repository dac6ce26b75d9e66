package scorecard

import (
	"errors"
	"fmt"
	"time"
)

// Settings are the bounds of a provider's day that an operator chooses. A day beyond one of
// them gets a warning. Shares are from 0 to 1; 1 never warns.
type Settings struct {
	// Late is the lateness that LateShare of the facts may be beyond. Default 5 min and 0.1.
	Late      time.Duration `json:"late" koanf:"late" yaml:"late"`
	LateShare float64       `json:"late_share" koanf:"late_share" yaml:"late_share"`
	// Repeats is the share of the records that may repeat a known fact. Default 0.2.
	Repeats float64 `json:"repeats" koanf:"repeats" yaml:"repeats"`
	// MissedAttempts is the share of delivery attempts without a webhook, of the facts.
	// Default 0.01.
	MissedAttempts float64 `json:"missed_attempts" koanf:"missed_attempts" yaml:"missed_attempts"`
	// Regressions is the share of facts that set a payment back. Default 0.005.
	Regressions float64 `json:"regressions" koanf:"regressions" yaml:"regressions"`
	// Conflicts is the share of payments reported both paid and refused, of the facts.
	// Default 0.001.
	Conflicts float64 `json:"conflicts" koanf:"conflicts" yaml:"conflicts"`
	// UnknownNames is the share of facts with an event, status or channel of unknown name.
	// Default 0.01.
	UnknownNames float64 `json:"unknown_names" koanf:"unknown_names" yaml:"unknown_names"`
	// DeadLetters is the share of the records that can never be handled. Default 0.01.
	DeadLetters float64 `json:"dead_letters" koanf:"dead_letters" yaml:"dead_letters"`
	// MinRecords is the number of faults below which no bound is passed. Default 5.
	MinRecords int64 `json:"min_records" koanf:"min_records" yaml:"min_records"`
}

// DefaultSettings returns the usual bounds.
func DefaultSettings() Settings {
	const percent = 0.01
	return Settings{
		Late: 5 * time.Minute, LateShare: 10 * percent, Repeats: 20 * percent, MissedAttempts: 1 * percent, Regressions: 0.5 * percent,
		Conflicts: 0.1 * percent, UnknownNames: 1 * percent, DeadLetters: 1 * percent, MinRecords: 5,
	}
}

// Validate reports every fault at once. Each begins with the key it is about.
func (s *Settings) Validate() error {
	var errs []error
	if s.Late <= 0 {
		errs = append(errs, fmt.Errorf("late: %s is not positive", s.Late))
	}
	for _, share := range []struct {
		key string
		is  float64
	}{
		{"late_share", s.LateShare},
		{"repeats", s.Repeats},
		{"missed_attempts", s.MissedAttempts},
		{"regressions", s.Regressions},
		{"conflicts", s.Conflicts},
		{"unknown_names", s.UnknownNames},
		{"dead_letters", s.DeadLetters},
	} {
		if !(share.is > 0 && share.is <= 1) { // false for NaN, too
			errs = append(errs, fmt.Errorf("%s: %v is no share above 0 and up to 1", share.key, share.is))
		}
	}
	if s.MinRecords < 1 {
		errs = append(errs, fmt.Errorf("min_records: %d is not positive", s.MinRecords))
	}
	return errors.Join(errs...)
}
