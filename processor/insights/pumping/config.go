package pumping

import (
	"errors"
	"fmt"
	"time"
)

// Config is the settings of the detector.
type Config struct {
	// Ratio is the share of the expected conversion below which the seen one is far
	// below: the upper limit of its interval, not the conversion itself. Default 0.5.
	Ratio float64 `json:"ratio" koanf:"ratio" yaml:"ratio"`
	// Volume is how many times as many new numbers must come as before. Default 2.
	Volume float64 `json:"volume" koanf:"volume" yaml:"volume"`
	// MinCodes is the minimum number of codes of a claim. Codes whose outcome may still be
	// unknown count in part. Default 12.
	MinCodes int `json:"min_codes" koanf:"min_codes" yaml:"min_codes"`
	// MinNumbers is the minimum number of distinct numbers of a claim. Default 10.
	MinNumbers int `json:"min_numbers" koanf:"min_numbers" yaml:"min_numbers"`
	// MinVerified is the minimum number of typed codes of a claim that nobody pays.
	// Default 30.
	MinVerified int `json:"min_verified" koanf:"min_verified" yaml:"min_verified"`
	// PayWithin is how long after its order a typed code without payment counts as not
	// paid. Default 2 h.
	PayWithin time.Duration `json:"pay_within" koanf:"pay_within" yaml:"pay_within"`
	// Conversion is the expected conversion of a country without history. Default 0.6.
	Conversion float64 `json:"conversion" koanf:"conversion" yaml:"conversion"`
	// Z is the width of the intervals in standard deviations. Default 2.33: one of a
	// hundred is beyond each limit.
	Z float64 `json:"z" koanf:"z" yaml:"z"`
	// Calm is how long the codes must be like before until a claim is withdrawn. Default
	// 1 h.
	Calm time.Duration `json:"calm" koanf:"calm" yaml:"calm"`
	// UpdateInterval is the minimum time between two updates of a claim. Default 5 min.
	UpdateInterval time.Duration `json:"update_interval" koanf:"update_interval" yaml:"update_interval"`
	// MaxBlocks is how many blocks of a country have counts of their own; the codes of
	// others count for their area, carrier and country only. Default 2000.
	MaxBlocks int `json:"max_blocks" koanf:"max_blocks" yaml:"max_blocks"`
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{
		Ratio: 0.5, Volume: 2, MinCodes: 12, MinNumbers: 10, MinVerified: 30, PayWithin: 2 * time.Hour, Conversion: 0.6, Z: 2.33,
		Calm: time.Hour, UpdateInterval: 5 * time.Minute, MaxBlocks: 2000,
	}
}

// Validate reports all faults at once. Each begins with the key it is about.
func (c *Config) Validate() error {
	var errs []error
	check := func(ok bool, name, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("pumping.%s: must be %s", name, want))
		}
	}
	check(c.Ratio > 0 && c.Ratio < 1, "ratio", "between 0 and 1")
	check(c.Volume >= 1, "volume", "at least 1")
	check(c.MinCodes >= 1, "min_codes", "at least 1")
	check(c.MinNumbers >= 1, "min_numbers", "at least 1")
	check(c.MinVerified >= 1, "min_verified", "at least 1")
	check(c.PayWithin >= quarter && c.PayWithin <= day, "pay_within", "from 15m to 24h")
	check(c.Conversion > 0 && c.Conversion < 1, "conversion", "between 0 and 1")
	check(c.Z >= 1, "z", "at least 1")
	check(c.Calm >= quarter && c.Calm <= day, "calm", "from 15m to 24h")
	check(c.UpdateInterval >= time.Minute, "update_interval", "at least 1m")
	check(c.MaxBlocks >= 1, "max_blocks", "at least 1")
	return errors.Join(errs...)
}
