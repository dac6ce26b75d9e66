package engine

import (
	"encoding/binary"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// The client makes a string of every header's key, and a list for every record: a third
// of all that a raw record made it allocate, for nine keys that are always the same. So
// they are kept from it:
//
//	batch ─► packHeaders ─► client: no header ─► round.input ─► headers, keys that are shared
//
// In a batch that was decompressed, a record's headers stand as they are, number first, in
// front of its value, behind a mark and their length. In one that was not compressed they
// are as they were.

// packedMark begins a value with packed headers. No text in UTF-8 begins with it, nor does
// Avro in a registry's format: messages in the formats of Kafka's first versions, which are
// compressed and are no records, are not taken for such.
const packedMark = 0xff

// packed says whether a record's headers are packed.
func packed(r *kgo.Record) bool {
	return r.Attrs.CompressionType() != 0 && len(r.Value) > 0 && r.Value[0] == packedMark
}

// packHeaders appends the records of a batch (Kafka record format v2) with their
// headers packed into the value. From the first malformed record on, the bytes are
// copied unchanged: the client skips those records.
func packHeaders(dst, batch []byte) []byte {
	for len(batch) > 0 {
		length, used := kbin.Varint(batch)
		total := used + int(length)
		if used <= 0 || length < 0 || total > len(batch) {
			return append(dst, batch...)
		}
		record := batch[used:total]
		value, headers, ok := partsOf(record)
		if !ok {
			return append(dst, batch...)
		}
		var room [1 + binary.MaxVarintLen64]byte
		front := binary.AppendUvarint(append(room[:0], packedMark), frontOf(headers, value.bytes == nil))
		n := len(front) + len(headers) + len(value.bytes)
		size := value.at + kbin.VarintLen(int32(n)) + n + 1                  //nolint:gosec // a few bytes more than the record's own
		dst = kbin.AppendVarint(dst, int32(size))                            //nolint:gosec // the same
		dst = kbin.AppendVarint(append(dst, record[:value.at]...), int32(n)) //nolint:gosec // the same
		dst = append(append(append(dst, front...), headers...), value.bytes...)
		dst = append(dst, 0) // headers
		batch = batch[total:]
	}
	return dst
}

// frontOf encodes the length of the headers and whether the record has no value. It
// stands between the mark and the headers.
func frontOf(headers []byte, null bool) uint64 {
	front := uint64(len(headers)) << 1
	if null {
		front |= 1
	}
	return front
}

// valueOf is the value of a record, nil if it has none, and where in it its length stands.
type valueOf struct {
	bytes []byte
	at    int
}

// partsOf returns the value of a record, and its headers as they are, their number first.
// ok is false if the record is none.
func partsOf(record []byte) (value valueOf, headers []byte, ok bool) {
	r := kbin.Reader{Src: record}
	r.Int8() // attributes
	r.Varlong()
	r.Varint()
	r.VarintBytes()
	value.at = len(record) - len(r.Src)
	value.bytes = r.VarintBytes()
	headers = r.Src
	for range r.VarintArrayLen() {
		r.VarintBytes()
		r.VarintBytes()
		if !r.Ok() {
			break
		}
	}
	return value, headers[:len(headers)-len(r.Src)], r.Ok()
}

// headerKeys makes keys strings, each once.
type headerKeys struct {
	// last are those of the record before: most records have the same.
	last  [16]string
	known map[string]string
}

// of returns the key of a record's header, the i-th.
func (k *headerKeys) of(i int, key []byte) string {
	// Keys that nobody writes are not kept.
	const longest, most = 64, 256
	if i < len(k.last) && k.last[i] == string(key) {
		return k.last[i]
	}
	if len(key) > longest {
		return string(key)
	}
	text, ok := k.known[string(key)]
	if !ok {
		text = string(key)
		if len(k.known) < most {
			if k.known == nil {
				k.known = map[string]string{}
			}
			k.known[text] = text
		}
	}
	if i < len(k.last) {
		k.last[i] = text
	}
	return text
}

// appendHeaders appends the headers of a record, and returns its value.
func (k *headerKeys) appendHeaders(dst []raw.Header, r *kgo.Record) (headers []raw.Header, value []byte) {
	if !packed(r) {
		return appendPlain(dst, r), r.Value
	}
	written, value, ok := unpack(r.Value[1:])
	if !ok {
		return appendPlain(dst, r), r.Value
	}
	from := kbin.Reader{Src: written}
	for i := range from.VarintArrayLen() {
		key := k.of(int(i), from.VarintBytes())
		dst = append(dst, raw.Header{Key: key, Value: from.VarintBytes()})
	}
	return dst, value
}

func appendPlain(dst []raw.Header, r *kgo.Record) []raw.Header {
	for _, h := range r.Headers {
		dst = append(dst, raw.Header(h))
	}
	return dst
}

// unpack splits a packed value, behind the mark, into headers and value. ok is false if
// it was not written by packHeaders.
func unpack(both []byte) (headers, value []byte, ok bool) {
	front, used := binary.Uvarint(both)
	if used <= 0 || front>>1 > uint64(len(both)-used) { //nolint:gosec // used is within both
		return nil, nil, false
	}
	to := used + int(front>>1)
	if front&1 == 0 {
		value = both[to:]
	}
	return both[used:to], value, true
}
