package ingest

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/relay"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/schemas"
)

// endpoint is a source endpoint: a configured source with its secrets loaded, against
// which requests are checked. It is immutable; a reload makes new ones.
type endpoint struct {
	id       string
	row      schemas.Provider
	code     proof.Provider
	settings string // goes into every record
	rate     rate.Limit
	burst    int
	limiter  *rate.Limiter // nil where there is no limit
	allowed  []netip.Prefix
	counts   counts

	authenticator proof.Authenticator

	relayURL     string // empty where the source does not relay
	relayTimeout time.Duration
	callers      proof.Secrets
	budgets      map[string]*relay.Budget // by the caller's id
	rules        unibell.Rules
	accessKey    string
}

// open loads the secrets of all sources. Any fault fails all of them, so that a reload
// with a fault leaves the previous endpoints in use.
func open(sources []Source, before map[string]*endpoint, m *metrics) (map[string]*endpoint, error) {
	var f faults
	validateSources(&f, sources)
	if len(f) > 0 {
		return nil, errors.Join(f...)
	}
	out, code := make(map[string]*endpoint, len(sources)), providers()
	for i := range sources {
		s, path := &sources[i], fmt.Sprintf("sources[%d]", i)
		if s.Retired {
			continue
		}
		row, _ := schemas.FindProvider(s.Provider)
		e := &endpoint{id: s.ID, row: row, code: code[s.Provider], settings: s.Settings, allowed: networks(&f, path, s.AllowNetworks)}
		e.limit(s, before[s.ID])
		e.secrets(&f, path, s)
		e.relay(&f, path+".relay", &s.Relay, before[s.ID])
		out[s.ID] = e
	}
	if len(f) > 0 {
		return nil, errors.Join(f...)
	}
	for i := range sources {
		if e := out[sources[i].ID]; e != nil {
			e.counts = m.of(&sources[i])
		}
	}
	return out, nil
}

// limit keeps the previous limiter if the rate has not changed, so that a reload does
// not reset it.
func (e *endpoint) limit(s *Source, before *endpoint) {
	if s.Rate == 0 {
		return
	}
	e.rate, e.burst = rate.Limit(s.Rate), s.Burst
	if e.burst == 0 {
		e.burst = max(1, int(s.Rate))
	}
	if before != nil && before.limiter != nil && before.rate == e.rate && before.burst == e.burst {
		e.limiter = before.limiter
		return
	}
	e.limiter = rate.NewLimiter(e.rate, e.burst)
}

// secrets loads the secrets that prove the provider's webhooks, and makes the
// authenticator.
func (e *endpoint) secrets(f *faults, path string, s *Source) {
	before := len(*f)
	source := proof.Source{ID: s.ID, Correlation: s.Correlation, Tolerance: s.Tolerance}
	for i := range s.Secrets {
		secret, at := &s.Secrets[i], fmt.Sprintf("%s.secrets[%d]", path, i)
		loaded := proof.Secret{ID: secret.ID, Parts: map[string]string{}}
		if len(e.code.Parts) == 0 {
			loaded.Text = text(f, at, secret.Ref)
		}
		for _, part := range e.code.Parts {
			if ref := secret.part(part.Name); !part.Optional || !ref.empty() {
				loaded.Parts[part.Name] = text(f, at+"."+part.Name, ref)
			}
		}
		source.Secrets = append(source.Secrets, loaded)
	}
	if len(*f) > before {
		return
	}
	var err error
	if e.authenticator, err = e.code.New(source); err != nil {
		f.addf(path, "%v", err)
	}
}

// relay reads the tokens and the access key. A caller keeps its budget at a reload.
func (e *endpoint) relay(f *faults, path string, r *Relay, before *endpoint) {
	if r.BaseURL == "" {
		return
	}
	e.relayURL = strings.TrimRight(r.BaseURL, "/") + "/apps/flash/calls/flash"
	e.relayTimeout = r.Timeout
	if e.relayTimeout == 0 {
		e.relayTimeout = defaultRelayTimeout
	}
	e.accessKey = text(f, path+".access_key", r.AccessKey)
	e.rules = r.rules()
	e.budgets = make(map[string]*relay.Budget, len(r.Callers))
	for i := range r.Callers {
		var spent *relay.Budget
		if before != nil {
			spent = before.budgets[r.Callers[i].ID]
		}
		e.budgets[r.Callers[i].ID] = relay.NewBudget(r.limits(), spent)
		e.callers.Add(r.Callers[i].ID, text(f, fmt.Sprintf("%s.callers[%d]", path, i), r.Callers[i].Ref))
	}
}

// text reads a secret; an empty one is a fault, for it would let anyone in.
func text(f *faults, path string, r Ref) string {
	v, err := r.resolve()
	switch {
	case err != nil:
		f.addf(path, "%v", err)
	case v == "":
		f.addf(path, "is empty")
	}
	return v
}
