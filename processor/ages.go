package processor

import (
	"strings"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// datesOf tells when the fact of a record happened and was received. A clock, and
// what a deadline changed, is none.
func datesOf(event engine.Event) (dates engine.Dates, ok bool) {
	switch e := event.(type) {
	case engine.Dated:
		return e.Dates(), true
	case *avro.UnibellInput:
		if !e.Call.Set {
			return dates, false
		}
		call := &e.Call.Value
		return engine.Dates{Provider: call.Origin.Provider, Happened: call.StatusAt.Value, Received: call.Origin.ReceivedAt}, true
	case *avro.JourneyInput:
		if e.ChangedBy.Cause != avro.ChangeCauseRecord || !e.ReceivedAt.Set {
			return dates, false
		}
		provider, _, _ := strings.Cut(e.MemberID.Value, ":")
		if !knownProvider(provider) {
			return dates, false
		}
		return engine.Dates{Provider: provider, Happened: e.LastEventAt.Value, Received: e.ReceivedAt.Value}, true
	}
	return dates, false
}

// knownProvider bounds the label: a member's key begins with its provider.
func knownProvider(provider string) bool {
	switch provider {
	case raw.ProviderLOX24, raw.ProviderUAPAY, raw.ProviderVoximplant, raw.ProviderUnibell:
		return true
	}
	return false
}
