package simulator

import (
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// The sources of the demo that are not the only one of their provider.
const (
	// SourceLOX24JSON sends payloads that are JSON with the correlation id at /order.
	SourceLOX24JSON = "lox24-json"
	// SourceKioskLOX24 and SourceKioskUAPAY belong to a second shop, which counts its
	// orders as the first one does; its namespace keeps them apart.
	SourceKioskLOX24 = "lox24-kiosk"
	SourceKioskUAPAY = "uapay-kiosk"
	// SourceUnibellQuiet has no status callback.
	SourceUnibellQuiet = "unibell-quiet"
)

// Account is a sending account at a provider, with its secrets.
type Account struct {
	// Source is the id of the configured source.
	Source   string
	Provider string
	// Secret is sent with the webhook, or signs it.
	Secret string
	// Salt and APIKey make Voximplant's proof.
	Salt, APIKey string
	// Caller is the token of our own caller of Unibell, who calls through ingest.
	Caller string
	// StatusCallback is set if Unibell calls back with a status.
	StatusCallback bool
	// Namespace is put before the account's orders; empty means none.
	Namespace string
	// Field and Pointer are the place of the order, empty for the provider's default.
	Field, Pointer string
	// Currency is the currency in which LOX24 bills the account.
	Currency string
	// Skew is how far the provider's clock is ahead of ours for this account.
	Skew time.Duration
}

// Accounts are the sending accounts; of each provider the first is its usual one.
type Accounts []Account

// Of returns the account of a source, a zero one if there is none.
func (a Accounts) Of(source string) Account {
	for i := range a {
		if a[i].Source == source {
			return a[i]
		}
	}
	return Account{}
}

// First returns the first account of a provider, a zero one if there is none.
func (a Accounts) First(provider string) Account {
	for i := range a {
		if a[i].Provider == provider {
			return a[i]
		}
	}
	return Account{}
}

// DefaultAccounts are the accounts of the demo. Their secrets are for trying out.
//
//nolint:gosec // they are no credentials
func DefaultAccounts() Accounts {
	return Accounts{
		{Source: "lox24", Provider: raw.ProviderLOX24, Secret: "demo-lox24-secret", Currency: "EUR"},
		{Source: SourceLOX24JSON, Provider: raw.ProviderLOX24, Secret: "demo-lox24-json-secret", Currency: "EUR", Field: "payload", Pointer: "/order"},
		{Source: SourceKioskLOX24, Provider: raw.ProviderLOX24, Secret: "demo-lox24-kiosk-secret", Currency: "CHF", Namespace: "kiosk", Skew: -2 * time.Minute},
		{Source: "uapay", Provider: raw.ProviderUAPAY, Secret: "demo-uapay-secret-key-0123456789"},
		{Source: SourceKioskUAPAY, Provider: raw.ProviderUAPAY, Secret: "demo-uapay-kiosk-key-0123456789", Namespace: "kiosk", Skew: 90 * time.Second},
		{Source: "voximplant", Provider: raw.ProviderVoximplant, Salt: "demo-salt", APIKey: "demo-api-key"},
		{Source: "unibell", Provider: raw.ProviderUnibell, Secret: "demo-unibell-secret", Caller: "demo-unibell-caller", StatusCallback: true, Skew: time.Hour},
		{Source: SourceUnibellQuiet, Provider: raw.ProviderUnibell, Secret: "demo-unibell-quiet-secret", Caller: "demo-unibell-quiet-caller"},
		{Source: "shipping", Provider: raw.ProviderStandard, Secret: StandardSecret, Field: "body", Pointer: "/data/order"},
	}
}
