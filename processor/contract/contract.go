// Package contract describes the product's topics to the engine: limits, schema ids, and
// which topics hold snapshots or duplicates.
//
//	schemas (topic table) ─► Topics ─► engine.Deps, enginetest.Config
package contract

import (
	"errors"
	"fmt"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Namespace begins the names of metrics, trace attributes and dead-letter headers.
const Namespace = "tributary"

// Latencies returns the names of the latency metrics: a fact's origin is its provider, and
// ingest receives it.
func Latencies() engine.LatencyNames {
	const repeats = " Repeats, dead letters and replays do not count."
	return engine.LatencyNames{
		Label:               "provider",
		EventToIngested:     engine.LatencyName{Name: "provider_to_received_seconds", Help: "From the provider's own time of a fact to its receipt by ingest." + repeats},
		IngestedToCommitted: engine.LatencyName{Name: "received_to_committed_seconds", Help: "From the receipt of a fact by ingest to the commit of its effect." + repeats},
		EventToCommitted: engine.LatencyName{
			Name: "provider_to_committed_seconds",
			Help: "From the provider's own time of a fact to the commit of its effect: its age end to end." + repeats,
		},
		Newest: engine.LatencyName{Help: "When ingest received the newest fact whose effect is committed, in Unix seconds. Absent before the first since the start."},
	}
}

// errNoRoom is returned for a value without room for the id of its schema.
var errNoRoom = errors.New("no room for the schema id")

// Topics returns the settings of a topic. ids are the registry's ids of the Avro topics,
// by topic without prefix.
func Topics(ids map[string]uint32) func(name string) (engine.Topic, error) {
	return func(name string) (engine.Topic, error) {
		id, ok := ids[name]
		row, t, err := find(name)
		if err != nil || row.Format != schemas.FormatAvro {
			return t, err
		}
		if !ok {
			return t, fmt.Errorf("no schema id for topic %s: register the schemas first (tributary schemas register)", name)
		}
		t.Complete = complete(id)
		return t, nil
	}
}

// TestTopics is Topics without a registry: every schema has the id 1.
func TestTopics(name string) (engine.Topic, error) {
	row, t, err := find(name)
	if row.Format == schemas.FormatAvro {
		t.Complete = complete(1)
	}
	return t, err
}

func find(name string) (schemas.Topic, engine.Topic, error) {
	row, ok := schemas.Find(name)
	if !ok {
		return row, engine.Topic{}, fmt.Errorf("topic %s is not in the topic table", name)
	}
	return row, engine.Topic{
		MaxBytes: row.MaxMessageBytes,
		// The internal topic carries snapshots between stages.
		Snapshots: row.HasRevisions() || name == schemas.InternalJourney,
		Repeats:   name == schemas.Duplicates,
	}, nil
}

// complete returns a function that writes the id of a value's schema.
func complete(id uint32) func(value []byte) error {
	return func(value []byte) error {
		if len(value) < wire.HeaderSize {
			return errNoRoom
		}
		wire.Put(value, id)
		return nil
	}
}
