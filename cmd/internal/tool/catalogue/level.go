package catalogue

import "time"

// The service levels of the contract.
const (
	// Freshness is the age of the oldest record that a stage has not processed.
	Freshness = time.Minute
	// LedgerAge is the age of the newest ledger entry of a partition, which has one a
	// minute.
	LedgerAge = 5 * time.Minute
)

// level is a service level as ODCS has it.
type level struct {
	property, unit, element, doc string
	value                        any
}

func levels() []level {
	return []level{
		{
			property: "latency", value: int(Freshness.Seconds()), unit: "s", element: "ledger.processed_at",
			doc: "Freshness: no accepted webhook waits longer than " + Freshness.String() + " to be processed.",
		},
		{
			property: "completeness", value: "100", unit: "percent", element: "ledger",
			doc: "Completeness: every accepted webhook is a fact, a duplicate or a dead letter; the ledger counts none as unaccounted and no skipped offset.",
		},
		{
			property: "frequency", value: int(LedgerAge.Minutes()), unit: "m", element: "ledger.minute",
			doc: "Heartbeat: the newest ledger entry of each partition is at most " + LedgerAge.String() + " old.",
		},
		{
			property: "compatibility", value: "FULL_TRANSITIVE", unit: "level", element: "*",
			doc: "Compatibility: the registry has the schema of each topic under FULL_TRANSITIVE.",
		},
	}
}
