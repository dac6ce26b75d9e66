package entity

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// OriginOf returns where a raw record came from and how it was proven.
func OriginOf(in *stage.Input, e *raw.Envelope) avro.Origin {
	return avro.Origin{
		Source: e.Source, Provider: e.Provider, Assurance: assuranceBy(e.Assurance), SecretID: e.SecretID, RequestID: e.RequestID,
		Topic: in.Topic, Partition: in.Partition, Offset: in.Offset,
	}
}

// ChangeBy returns a change whose cause is a raw record.
func ChangeBy(origin *avro.Origin, eventID string) avro.Change {
	return avro.Change{
		Cause: avro.ChangeCauseRecord, Topic: avro.Some(origin.Topic), Partition: avro.Some(origin.Partition),
		Offset: avro.Some(origin.Offset), EventID: avro.Some(eventID),
	}
}

func assuranceBy(header string) avro.Assurance {
	switch header {
	case raw.AssuranceSharedSecret:
		return avro.AssuranceSharedSecret
	case raw.AssuranceSignedID:
		return avro.AssuranceSignedID
	case raw.AssuranceSignedBody:
		return avro.AssuranceSignedBody
	default:
		return avro.AssuranceUnknown
	}
}

// Weaker returns the weaker of two assurances. An empty first one does not count.
func Weaker(a, b avro.Assurance) avro.Assurance {
	if a == "" || AssuranceCode(b) < AssuranceCode(a) {
		return b
	}
	return a
}

// AssuranceCode numbers the assurances for state entries, the weakest first.
func AssuranceCode(a avro.Assurance) uint64 {
	switch a {
	case avro.AssuranceSharedSecret:
		return 2
	case avro.AssuranceSignedID:
		return 3
	case avro.AssuranceSignedBody:
		return 4
	default:
		return 1
	}
}

// AssuranceOf returns the assurance with a code.
func AssuranceOf(code uint64) avro.Assurance {
	switch code {
	case 2:
		return avro.AssuranceSharedSecret
	case 3:
		return avro.AssuranceSignedID
	case 4:
		return avro.AssuranceSignedBody
	default:
		return avro.AssuranceUnknown
	}
}
