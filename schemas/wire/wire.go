// Package wire is the Confluent wire format, the five bytes before every Avro
// value, by which a consumer finds the schema in the registry.
//
//	byte   0      1   2   3   4      5 …
//	      ┌──────┬───────────────┬──────────┐
//	      │ 0x00 │ schema id, BE │ Avro body │
//	      └──────┴───────────────┴──────────┘
//
// A stage writes a placeholder and the body; the engine, which knows the ids,
// fills the placeholder in. So no stage waits for a registry.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// HeaderSize is the number of bytes before the Avro body.
const HeaderSize = 5

// magic is the first byte of every value in this format.
const magic = 0x00

// ErrFormat is wrapped by every error of Parse.
var ErrFormat = errors.New("confluent wire format")

// AppendPlaceholder appends the header with the schema id 0, to be filled in by
// Put. A registry never gives the id 0.
func AppendPlaceholder(dst []byte) []byte {
	return append(dst, magic, 0, 0, 0, 0)
}

// Append appends the header with a schema id.
func Append(dst []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, magic), id)
}

// Put writes the schema id into the header at the start of dst, which must hold at
// least HeaderSize bytes, as AppendPlaceholder writes them.
func Put(dst []byte, id uint32) {
	_ = dst[HeaderSize-1]
	dst[0] = magic
	binary.BigEndian.PutUint32(dst[1:], id)
}

// Parse splits a value into schema id and Avro body. The body is a part of b. A value
// that is too short or begins with another byte is an error that wraps ErrFormat and
// contains no content.
func Parse(b []byte) (id uint32, body []byte, err error) {
	if len(b) < HeaderSize {
		return 0, nil, fmt.Errorf("%w: %d bytes are shorter than the header", ErrFormat, len(b))
	}
	if b[0] != magic {
		return 0, nil, fmt.Errorf("%w: the first byte is not 0x00", ErrFormat)
	}
	return binary.BigEndian.Uint32(b[1:]), b[HeaderSize:], nil
}
