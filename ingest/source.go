package ingest

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/ingest/proof"
)

// Source is one account of a provider that may send.
type Source struct {
	// ID is the source's part of the path: lower-case letters, digits, "-", "_",
	// ".", at most 64.
	ID string `json:"id" koanf:"id" yaml:"id"`
	// Provider is one of the provider table.
	Provider string `json:"provider" koanf:"provider" yaml:"provider"`
	// Settings identifies how the processor is to process the source's records; it goes
	// into each. It is made of the processor's settings, and no setting itself.
	Settings string `json:"-" koanf:"-" yaml:"-"`
	// Correlation are the JSON pointers of the source's correlation ids, where the whole
	// body is the provider's event. They are the processor's settings.
	Correlation []string `json:"-" koanf:"-" yaml:"-"`
	// Tolerance is how far the time of a signature may be from ours; zero means as the
	// provider specifies. It is no setting: it is for runs with a clock that is not real.
	Tolerance time.Duration `json:"-" koanf:"-" yaml:"-"`
	// Retired makes ingest refuse the source's webhooks. The processor still processes
	// the existing records with the source's settings.
	Retired bool `json:"retired" koanf:"retired" yaml:"retired"`
	// Secrets prove the provider's webhooks. All are tried, so that a rotation has
	// an overlap. A source needs one; a unibell source that only relays none.
	Secrets []Secret `json:"secrets" koanf:"secrets" yaml:"secrets"`
	// Relay lets our own callers place Unibell calls through ingest.
	Relay Relay `json:"relay" koanf:"relay" yaml:"relay"`
	// Rate is how many proven requests a second are taken; 0 means no limit.
	Rate float64 `json:"rate" koanf:"rate" yaml:"rate"`
	// Burst is how many may come at once; 0 means the rate, at least 1.
	Burst int `json:"burst" koanf:"burst" yaml:"burst"`
	// AllowNetworks are the networks (CIDR) that may send; empty means all.
	AllowNetworks []string `json:"allow_networks" koanf:"allow_networks" yaml:"allow_networks"`
}

// Secret is one secret of a source, with the parts that the provider's proof has.
type Secret struct {
	// Ref is the secret where it is one text, and a relay caller's token.
	Ref `koanf:",squash" yaml:",inline"`

	// ID names the secret in records, metrics and logs.
	ID string `json:"id" koanf:"id" yaml:"id"`
	// Salt is Voximplant's security salt; it may be left out where none is set.
	Salt Ref `json:"salt" koanf:"salt" yaml:"salt"`
	// APIKey is Voximplant's API key.
	APIKey Ref `json:"api_key" koanf:"api_key" yaml:"api_key"`
}

// Ref is a secret text: here, in a file, or in an environment variable.
type Ref struct {
	// Value is the text itself, for trying out.
	Value Hidden `json:"value,omitempty" koanf:"value" yaml:"value,omitempty"`
	// File holds the text; newlines at its end are cut.
	File string `json:"file,omitempty" koanf:"file" yaml:"file,omitempty"`
	// Env names the environment variable that holds it.
	Env string `json:"env,omitempty" koanf:"env" yaml:"env,omitempty"`
}

// Hidden is a text that is not printed or logged.
type Hidden string

// mask stands for a Hidden text.
const mask = "********"

// String implements fmt.Stringer.
func (Hidden) String() string { return mask }

// GoString implements fmt.GoStringer.
func (Hidden) GoString() string { return mask }

// LogValue implements slog.LogValuer.
func (Hidden) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText implements encoding.TextMarshaler, for effective settings.
func (h Hidden) MarshalText() ([]byte, error) {
	if h == "" {
		return nil, nil
	}
	return []byte(mask), nil
}

func (r Ref) empty() bool { return r == Ref{} }

// resolve reads the text.
func (r Ref) resolve() (string, error) {
	switch {
	case r.File != "":
		text, err := os.ReadFile(r.File)
		if err != nil {
			return "", fmt.Errorf("cannot be read: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	case r.Env != "":
		text, ok := os.LookupEnv(r.Env)
		if !ok {
			return "", errors.New("the environment variable " + r.Env + " is not set")
		}
		return text, nil
	}
	return string(r.Value), nil
}

func validateSources(f *faults, sources []Source) {
	seen := make(map[string]bool, len(sources))
	for i := range sources {
		s, path := &sources[i], fmt.Sprintf("sources[%d]", i)
		switch {
		case !validID(s.ID):
			f.addf(path+".id", "%q must be 1 to 64 lower-case letters, digits, '-', '_' or '.'", s.ID)
		case seen[s.ID]:
			f.addf(path+".id", "%q is the id of another source too", s.ID)
		}
		seen[s.ID] = true
		if s.Rate < 0 || s.Burst < 0 {
			f.addf(path+".rate", "rate and burst must not be negative")
		}
		networks(f, path+".allow_networks", s.AllowNetworks)
		s.validate(f, path)
	}
}

// validate checks the settings that depend on the provider.
func (s *Source) validate(f *faults, path string) {
	code, ok := providers()[s.Provider]
	switch {
	case !ok:
		f.addf(path+".provider", "%q is none of %s", s.Provider, strings.Join(providerIDs(), ", "))
		return
	case code.Relays:
		s.Relay.validate(f, path+".relay")
	case s.Relay.BaseURL != "":
		f.addf(path+".relay", "only unibell sources relay")
	}
	if s.Retired {
		return
	}
	if len(s.Secrets) == 0 && s.Relay.BaseURL == "" {
		f.addf(path+".secrets", "a source without a secret is not started: add one with an id and a value, file or env")
	}
	validateSecrets(f, path+".secrets", s.Secrets, code.Parts)
}

func validateSecrets(f *faults, path string, secrets []Secret, parts []proof.Part) {
	seen := make(map[string]bool, len(secrets))
	for i := range secrets {
		s, at := &secrets[i], fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !validID(s.ID):
			f.addf(at+".id", "%q must be 1 to 64 lower-case letters, digits, '-', '_' or '.'", s.ID)
		case seen[s.ID]:
			f.addf(at+".id", "%q is the id of another secret too", s.ID)
		}
		seen[s.ID] = true
		if len(parts) == 0 {
			s.validate(f, at)
		}
		for _, part := range parts {
			if ref := s.part(part.Name); !part.Optional || !ref.empty() {
				ref.validate(f, at+"."+part.Name)
			}
		}
	}
}

// part returns a part of the secret by its name in the settings.
func (s *Secret) part(name string) Ref {
	switch name {
	case "api_key":
		return s.APIKey
	case "salt":
		return s.Salt
	default:
		return Ref{}
	}
}

// validate wants exactly one of the three.
func (r Ref) validate(f *faults, path string) {
	set := 0
	for _, v := range []string{string(r.Value), r.File, r.Env} {
		if v != "" {
			set++
		}
	}
	if set != 1 {
		f.addf(path, "needs exactly one of value, file, env")
	}
}

func validID(id string) bool {
	const limit = 64
	if id == "" || len(id) > limit {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" && id != "." && id != ".."
}
