package entity

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Record is a generated Avro type.
type Record interface {
	AppendAvro(dst []byte) ([]byte, error)
}

// Emit encodes a record and emits it. size is its usual size in bytes.
func Emit(tx stage.Tx, topic string, key []byte, record Record, size int, trace []stage.Header) error {
	value, err := record.AppendAvro(wire.AppendPlaceholder(tx.Buffer(size)))
	if err != nil {
		return Unwritable(topic, err)
	}
	tx.Emit(stage.Output{Topic: topic, Key: key, Value: value, Headers: trace})
	return nil
}

// NextRevision returns the revision of an entity's next snapshot; last is that of the one
// before, 0 if there is none.
func NextRevision(tx stage.Tx, last int64) int64 {
	if last == 0 {
		last = tx.FirstRevision()
	}
	return last + 1
}

// EmitWatermark sends the watermark of a stage to every partition of the input of a stage
// downstream.
func EmitWatermark(tx stage.Tx, topic, stageName string, partitions int32, watermark Record) error {
	const size = 64
	for p := range partitions {
		value, err := watermark.AppendAvro(wire.AppendPlaceholder(tx.Buffer(size)))
		if err != nil {
			return Unwritable(topic, err)
		}
		tx.Emit(stage.Output{Topic: topic, Key: append(tx.Buffer(len(stageName)), stageName...), Value: value, ToPartition: true, Partition: p})
	}
	return nil
}

// emitDuplicate emits the record of a repeat.
func emitDuplicate(tx stage.Tx, key []byte, d *avro.Duplicate, trace []stage.Header) error {
	const size = 384
	d.EntityID, d.ProcessedAt = string(key), tx.WallClock()
	return Emit(tx, schemas.Duplicates, key, d, size, trace)
}

// Encoded is a record of a decoded topic, encoded when its raw record is decoded. It is
// reused.
type Encoded struct {
	topic string
	value []byte
	err   error
}

// Encode encodes the record and keeps an error for Emit, because a repeat of a record that
// cannot be encoded is a duplicate, not a dead letter.
func (e *Encoded) Encode(topic string, record Record) {
	e.topic = topic
	e.value, e.err = record.AppendAvro(wire.AppendPlaceholder(e.value[:0]))
}

// EmitWithPhone emits the record with another phone in place of the one it was encoded with.
func (e *Encoded) EmitWithPhone(tx stage.Tx, key []byte, was, is *avro.Phone, trace []stage.Header) error {
	if e.err != nil {
		return Unwritable(e.topic, e.err)
	}
	const longer = 32 // than the record as it was encoded
	value, err := avro.AppendWithPhone(tx.Buffer(len(e.value)+longer), e.value, was, is)
	if err != nil {
		return Unwritable(e.topic, err)
	}
	tx.Emit(stage.Output{Topic: e.topic, Key: key, Value: value, Headers: trace})
	return nil
}

// Emit emits the record.
func (e *Encoded) Emit(tx stage.Tx, key []byte, trace []stage.Header) error {
	if e.err != nil {
		return Unwritable(e.topic, e.err)
	}
	tx.Emit(stage.Output{Topic: e.topic, Key: key, Value: e.value, Headers: trace})
	return nil
}
