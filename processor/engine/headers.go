package engine

import (
	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// The client makes a string of every header's key, and a list for every record: a third
// of all that a raw record made it allocate, for nine keys that are always the same. So
// they are kept from it:
//
//	batch ─► packHeaders ─► client: one header ─► round.input ─► headers, keys that are shared
//
// In a batch that was decompressed, a record's headers are packed as they are, number
// first, into the value of one. In one that was not compressed they are as they were.

// packedKey is the key of the one header. Go has the strings of one byte already.
const packedKey = 0

// packed says whether a record's headers are packed.
func packed(r *kgo.Record) bool { return r.Attrs.CompressionType() != 0 && len(r.Headers) == 1 }

// packHeaders appends the records of a batch, in the format of Kafka's second version,
// with their headers packed. From a record on that is none they are as they were, and
// the client says what is wrong with them.
func packHeaders(dst, batch []byte) []byte {
	for len(batch) > 0 {
		length, used := kbin.Varint(batch)
		total := used + int(length)
		if used <= 0 || length < 0 || total > len(batch) {
			return append(dst, batch...)
		}
		record := batch[used:total]
		at, some, ok := headersOf(record)
		switch {
		case !ok:
			return append(dst, batch...)
		case !some:
			dst = append(dst, batch[:total]...)
		default:
			headers := record[at:]
			size := at + 3 + kbin.VarintLen(int32(len(headers))) + len(headers) //nolint:gosec // within the record's own
			dst = kbin.AppendVarint(dst, int32(size))                           //nolint:gosec // a few bytes more than the record's own
			dst = append(dst, record[:at]...)
			// One header, with a key of one byte.
			dst = append(kbin.AppendVarint(kbin.AppendVarint(dst, 1), 1), packedKey)
			dst = kbin.AppendVarintBytes(dst, headers)
		}
		batch = batch[total:]
	}
	return dst
}

// headersOf returns where in a record the number of its headers stands, and whether
// there are any. ok is false if the record is none.
func headersOf(record []byte) (at int, some, ok bool) {
	r := kbin.Reader{Src: record}
	r.Int8() // attributes
	r.Varlong()
	r.Varint()
	r.VarintBytes()
	r.VarintBytes()
	at = len(record) - len(r.Src)
	n := r.VarintArrayLen()
	for range n {
		r.VarintBytes()
		r.VarintBytes()
		if !r.Ok() {
			break
		}
	}
	return at, n > 0, r.Ok()
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

// appendHeaders appends the headers of a record.
func (k *headerKeys) appendHeaders(dst []raw.Header, r *kgo.Record) []raw.Header {
	if !packed(r) {
		for _, h := range r.Headers {
			dst = append(dst, raw.Header(h))
		}
		return dst
	}
	from := kbin.Reader{Src: r.Headers[0].Value}
	for i := range from.VarintArrayLen() {
		key := k.of(int(i), from.VarintBytes())
		dst = append(dst, raw.Header{Key: key, Value: from.VarintBytes()})
	}
	return dst
}
