package runway

import (
	"errors"
	"fmt"
	"time"
)

// Settings are the settings that an operator chooses.
type Settings struct {
	// Warn is the runway from which on a claim is raised, Critical that from which on it
	// is urgent. Default 72 h and 12 h.
	Warn     time.Duration `json:"warn" koanf:"warn" yaml:"warn"`
	Critical time.Duration `json:"critical" koanf:"critical" yaml:"critical"`
	// Expiry is how long before its day a claim is raised about something that expires.
	// Default 14 days.
	Expiry time.Duration `json:"expiry" koanf:"expiry" yaml:"expiry"`
	// Dependents name the traffic that depends on an account. Default none.
	Dependents []Dependent `json:"dependents" koanf:"dependents" yaml:"dependents"`
}

// Dependent is traffic that depends on an account.
type Dependent struct {
	// Account is the provider's id of the account, digits.
	Account string `json:"account" koanf:"account" yaml:"account"`
	// Channel is telegram, voice, sms or call.
	Channel string `json:"channel" koanf:"channel" yaml:"channel"`
	// Source is the id of the source whose codes go this way; empty means all.
	Source string `json:"source" koanf:"source" yaml:"source"`
}

// DefaultSettings returns the usual settings.
func DefaultSettings() Settings {
	return Settings{Warn: 3 * day, Critical: 12 * time.Hour, Expiry: 14 * day}
}

// Validate reports every fault at once. Each begins with the key it is about.
func (s *Settings) Validate() error {
	var errs []error
	if s.Critical <= 0 || s.Warn < s.Critical {
		errs = append(errs, fmt.Errorf("warn: %s is shorter than critical, %s, or that is not positive", s.Warn, s.Critical))
	}
	if s.Expiry <= 0 {
		errs = append(errs, fmt.Errorf("expiry: %s is not positive", s.Expiry))
	}
	for i, d := range s.Dependents {
		if d.Account == "" {
			errs = append(errs, fmt.Errorf("dependents[%d].account: missing", i))
		}
		if _, ok := channels()[d.Channel]; !ok {
			errs = append(errs, fmt.Errorf("dependents[%d].channel: %q is none of telegram, voice, sms, call", i, d.Channel))
		}
	}
	return errors.Join(errs...)
}
