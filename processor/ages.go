package processor

import (
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// datesOf returns the event time and the ingestion time of a record's fact.
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
	}
	return dates, false
}
