package block

import (
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// hidden is the number of digits at the end of a number that are in no block.
const hidden = 4

// Number is a phone number as far as internal topics and state hold it. The zero value is
// none.
type Number struct {
	// Full is the E.164 number with plus and without its last four digits.
	Full string
	// Area is the length of the beginning of Full that is plus, calling code and national
	// destination code. Root is that of plus and calling code, the shortest level.
	Area, Root int
	// Hash identifies the number: see HashOf.
	Hash uint64
}

// Cut returns E.164 digits without the last four, empty if there are not more than root.
func Cut(digits string, root int) string {
	if len(digits)-hidden <= root {
		return ""
	}
	return digits[:len(digits)-hidden]
}

// AreaCode returns the beginning of Full that is the area.
func (n *Number) AreaCode() string { return n.Full[:n.Area] }

// keyBits are the upper bits of a hash that identify the key.
const keyBits = 16

// HashOf returns the hash of a number: 16 bits that identify the key, and 48 bits of the HMAC
// of the number under it. The hashes of a number under two keys differ, so a set never holds
// hashes of two keys: that would count the number twice.
func HashOf(key uint16, hmac uint64) uint64 {
	return uint64(key)<<(64-keyBits) | hmac>>keyBits
}

// keyOf returns the bits that identify the key of a hash.
func keyOf(hash uint64) uint16 { return uint16(hash >> (64 - keyBits)) }

// Decision is a number and the decision on its block.
type Decision struct {
	Number

	// Public is the length of the beginning of Full that may be shown; 0: none.
	Public int
	// AsOf is when that was decided; 0: it was not.
	AsOf statecodec.Instant
}

// Block returns the part of the number that may be shown, empty if none.
func (p *Decision) Block() string { return p.Full[:p.Public] }

// AppendTo appends a decision to a state entry.
func (p *Decision) AppendTo(dst []byte) []byte {
	dst = statecodec.AppendString(dst, p.Full)
	if p.Full == "" {
		return dst
	}
	for _, n := range [...]int{p.Area, p.Root, p.Public} {
		dst = statecodec.AppendUint(dst, uint64(n)) //nolint:gosec // a length
	}
	return statecodec.AppendInstant(statecodec.AppendUint(dst, p.Hash), p.AsOf)
}

// ReadFrom reads a decision that AppendTo wrote.
func (p *Decision) ReadFrom(r *statecodec.Reader) {
	*p = Decision{}
	if p.Full = statecodec.View(r.Bytes()); p.Full == "" {
		return
	}
	length := func() int { return int(min(r.Uint(), uint64(len(p.Full)))) } //nolint:gosec // bounded
	p.Area, p.Root, p.Public = length(), length(), length()
	p.Hash, p.AsOf = r.Uint(), r.Instant()
}
