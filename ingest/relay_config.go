package ingest

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/ingest/relay"
	"github.com/tributary-hq/tributary/ingest/unibell"
)

// Relay is the address of Unibell's API, and who may place calls. Calls cost money: a
// stolen token can place at most its caller's number of calls, to the allowed numbers.
type Relay struct {
	// BaseURL is the provider's API, "https://api.unibell.ru". Empty means that the
	// source does not relay.
	BaseURL string `json:"base_url" koanf:"base_url" yaml:"base_url"`
	// Timeout bounds a call to the provider. Default 10 s.
	Timeout time.Duration `json:"timeout" koanf:"timeout" yaml:"timeout"`
	// Callers are the tokens of our own callers.
	Callers []Secret `json:"callers" koanf:"callers" yaml:"callers"`
	// AccessKey authenticates ingest to the provider: X-Authorization: AccessKey ….
	AccessKey Ref `json:"access_key" koanf:"access_key" yaml:"access_key"`
	// Rate is how many requests a second of each caller are taken; 0 means 10.
	Rate float64 `json:"rate" koanf:"rate" yaml:"rate"`
	// Burst is how many of one caller may come at once; 0 means twice the rate, at
	// least 1.
	Burst int `json:"burst" koanf:"burst" yaml:"burst"`
	// DailyCalls is how many calls each caller may place in a day (UTC), by each ingest
	// process since its start; 0 means 10,000.
	DailyCalls int `json:"daily_calls" koanf:"daily_calls" yaml:"daily_calls"`
	// AllowPrefixes are the allowed beginnings of the numbers in a call, digits without
	// plus; empty means 7, the prefix that the provider documents. Premium rate numbers
	// are refused even with an allowed prefix.
	AllowPrefixes []string `json:"allow_prefixes" koanf:"allow_prefixes" yaml:"allow_prefixes"`
	// MinCodeDigits and MaxCodeDigits bound the code; 0 means 4 and 8.
	MinCodeDigits int `json:"min_code_digits" koanf:"min_code_digits" yaml:"min_code_digits"`
	MaxCodeDigits int `json:"max_code_digits" koanf:"max_code_digits" yaml:"max_code_digits"`
}

// The settings of a relay where the source does not say.
const (
	defaultRelayTimeout  = 10 * time.Second
	defaultRelayRate     = 10
	defaultDailyCalls    = 10_000
	defaultMinCodeDigits = 4
	defaultMaxCodeDigits = 8
)

// limits are each caller's.
func (r *Relay) limits() relay.Limits {
	l := relay.Limits{Rate: cmp.Or(r.Rate, defaultRelayRate), Daily: cmp.Or(r.DailyCalls, defaultDailyCalls)}
	l.Burst = cmp.Or(r.Burst, max(1, int(2*l.Rate)))
	return l
}

// rules returns the limits on the calls that callers may place, with defaults.
func (r *Relay) rules() unibell.Rules {
	rules := unibell.Rules{
		Prefixes: r.AllowPrefixes,
		MinCode:  cmp.Or(r.MinCodeDigits, defaultMinCodeDigits), MaxCode: cmp.Or(r.MaxCodeDigits, defaultMaxCodeDigits),
	}
	if len(rules.Prefixes) == 0 {
		rules.Prefixes = []string{unibell.DefaultPrefix}
	}
	return rules
}

func (r *Relay) validate(f *faults, path string) {
	if r.BaseURL == "" {
		return
	}
	if u, err := url.Parse(r.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		f.addf(path+".base_url", "must be a URL such as https://api.unibell.ru")
	}
	if r.Timeout < 0 {
		f.addf(path+".timeout", "must not be negative")
	}
	if len(r.Callers) == 0 {
		f.addf(path+".callers", "a relay without callers is not started: add one with an id and a value, file or env")
	}
	validateSecrets(f, path+".callers", r.Callers, nil)
	r.AccessKey.validate(f, path+".access_key")
	r.validateBounds(f, path)
}

func (r *Relay) validateBounds(f *faults, path string) {
	if r.Rate < 0 || r.Burst < 0 {
		f.addf(path+".rate", "rate and burst must not be negative")
	}
	if r.DailyCalls < 0 {
		f.addf(path+".daily_calls", "must not be negative")
	}
	const longest = 15 // digits of a phone number
	for i, prefix := range r.AllowPrefixes {
		if prefix == "" || len(prefix) > longest || strings.Trim(prefix, "0123456789") != "" {
			f.addf(fmt.Sprintf("%s.allow_prefixes[%d]", path, i), "%q must be the first digits of a phone number, country code first and without plus, such as 79", prefix)
		}
	}
	if rules := r.rules(); r.MinCodeDigits < 0 || r.MaxCodeDigits < 0 || rules.MinCode > rules.MaxCode {
		f.addf(path+".min_code_digits", "must be from 1 to max_code_digits (%d)", rules.MaxCode)
	}
}
