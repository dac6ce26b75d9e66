package kafka

import (
	"encoding/binary"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kgo"
)

// kgo allocates a string for every header key and a slice for every record: a third of
// all allocations for raw records, for nine keys that are always the same. So the
// headers are hidden from it:
//
//	batch ─► packHeaders ─► client: no header ─► batch.input ─► headers with shared keys
//
// In a decompressed batch, the encoded headers of a record (count first) are stored at
// the beginning of its value, after a mark and their length. Uncompressed batches are not
// changed.

// packedMark is the first byte of a value with packed headers. It begins neither UTF-8
// text nor a registry-framed Avro value, so that message sets in Kafka's formats v0 and
// v1, which are never packed, are not mistaken for packed ones.
const packedMark = 0xff

// packed reports whether a record's headers are packed into its value.
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
		dst = append(dst, 0) // header count
		batch = batch[total:]
	}
	return dst
}

// frontOf encodes the length of the headers, and in the lowest bit whether the record
// has a null value. It is stored between the mark and the headers.
func frontOf(headers []byte, null bool) uint64 {
	front := uint64(len(headers)) << 1
	if null {
		front |= 1
	}
	return front
}

// valueOf is the value of a record, nil for a null value, and the offset of its length
// field in the record.
type valueOf struct {
	bytes []byte
	at    int
}

// partsOf returns the value of a record and its encoded headers, count first. ok is
// false for a malformed record.
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

// HeaderKeys interns header keys.
type HeaderKeys struct {
	// last are the keys of the previous record: most records have the same keys.
	last  [16]string
	known map[string]string
}

// intern returns the key of a record's i-th header as an interned string.
func (k *HeaderKeys) intern(i int, key []byte) string {
	// Limits for unusual keys, which must not grow the map forever.
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

// Header is any type of record headers.
type Header interface {
	~struct {
		Key   string
		Value []byte
	}
}

// AppendHeaders appends the headers of a record, and returns its value.
func AppendHeaders[H Header](k *HeaderKeys, dst []H, r *kgo.Record) (headers []H, value []byte) {
	if !packed(r) {
		return appendPlain(dst, r), r.Value
	}
	written, value, ok := unpack(r.Value[1:])
	if !ok {
		return appendPlain(dst, r), r.Value
	}
	from := kbin.Reader{Src: written}
	for i := range from.VarintArrayLen() {
		key := k.intern(int(i), from.VarintBytes())
		dst = append(dst, H{Key: key, Value: from.VarintBytes()})
	}
	return dst, value
}

func appendPlain[H Header](dst []H, r *kgo.Record) []H {
	for _, h := range r.Headers {
		dst = append(dst, H(h))
	}
	return dst
}

// unpack splits the rest of a packed value, after the mark, into headers and value. ok
// is false if packHeaders did not write it.
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
