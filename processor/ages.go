package processor

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// datesOf returns the event time and the ingestion time of a record's fact.
func datesOf(event stage.Event) (dates stage.Times, ok bool) {
	switch e := event.(type) {
	case stage.Timed:
		return e.Times(), true
	case *avro.UnibellInput:
		if !e.Call.Set {
			return dates, false
		}
		call := &e.Call.Value
		return stage.Times{Origin: call.Origin.Provider, Event: call.StatusAt.Value, Ingested: call.Origin.ReceivedAt}, true
	}
	return dates, false
}
