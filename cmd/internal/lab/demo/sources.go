package demo

import (
	"math"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// ProcessorSources are the processor's part of the simulator's accounts.
func ProcessorSources(accounts simulator.Accounts) []source.Source {
	out := make([]source.Source, 0, len(accounts))
	for i := range accounts {
		a := &accounts[i]
		s := source.Source{ID: a.Source, Provider: a.Provider, Namespace: a.Namespace, StatusCallback: a.StatusCallback}
		if a.Pointer != "" {
			s.Correlation = []source.Correlation{{Field: a.Field, Pointer: a.Pointer}}
		}
		out = append(out, s)
	}
	return out
}

// IngestSources are ingest's part; unibell is the address of the provider.
func IngestSources(accounts simulator.Accounts, unibell string) []ingest.Source {
	out := make([]ingest.Source, 0, len(accounts))
	for i := range accounts {
		a := &accounts[i]
		s := ingest.Source{ID: a.Source, Provider: a.Provider, Secrets: []ingest.Secret{{
			ID: "demo", Ref: inClear(a.Secret), Salt: inClear(a.Salt), APIKey: inClear(a.APIKey),
		}}}
		if a.Caller != "" {
			s.Relay = ingest.Relay{
				BaseURL: unibell, Timeout: 5 * time.Second, AccessKey: inClear("demo-access-key"),
				// The simulator is one caller of all calls, as fast as it can.
				Rate: 100_000, DailyCalls: math.MaxInt32,
				Callers: []ingest.Secret{{ID: "demo", Ref: inClear(a.Caller)}},
			}
		}
		if a.Provider == raw.ProviderStandard {
			// The demo's clock runs thousands of times as fast: hours pass while a request is
			// sent.
			s.Correlation, s.Tolerance = []string{a.Pointer}, 40*time.Hour
		}
		out = append(out, s)
	}
	return out
}

// inClear is a secret that is given as its value.
func inClear(value string) ingest.Ref { return ingest.Ref{Value: ingest.Hidden(value)} }

// Settings returns the accounts as the sources of a configuration file, secrets in clear.
func Settings(accounts simulator.Accounts, unibell string) []map[string]any {
	type object = map[string]any
	of := ProcessorSources(accounts)
	out := make([]object, 0, len(accounts))
	for i, s := range IngestSources(accounts, unibell) {
		secret := object{"id": s.Secrets[0].ID}
		for name, part := range map[string]ingest.Ref{"salt": s.Secrets[0].Salt, "api_key": s.Secrets[0].APIKey} {
			if part.Value != "" {
				secret[name] = object{"value": string(part.Value)}
			}
		}
		if value := s.Secrets[0].Value; value != "" {
			secret["value"] = string(value)
		}
		one := object{"id": s.ID, "provider": s.Provider, "secrets": []any{secret}}
		if of[i].Namespace != "" {
			one["namespace"] = of[i].Namespace
		}
		if c := of[i].Correlation; len(c) > 0 {
			one["correlation"] = []any{object{"field": c[0].Field, "pointer": c[0].Pointer}}
		}
		if of[i].StatusCallback {
			one["status_callback"] = true
		}
		if s.Relay.BaseURL != "" {
			one["relay"] = object{
				"rate": s.Relay.Rate, "daily_calls": s.Relay.DailyCalls, "base_url": s.Relay.BaseURL,
				"access_key": object{"value": string(s.Relay.AccessKey.Value)},
				"callers":    []any{object{"id": s.Relay.Callers[0].ID, "value": string(s.Relay.Callers[0].Value)}},
			}
		}
		out = append(out, one)
	}
	return out
}
