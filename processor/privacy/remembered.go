package privacy

import (
	"strings"
	"unsafe"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// remembered is a number and its texts in one piece of memory, of which there are more
// than a processor's own memory holds: who asks for a number waits for it once.
type remembered struct {
	number
	newest [1]avro.Pseudonym
	// text is that of the number if it is not too long, hmacText that of the newest
	// pseudonym. They are written once, before anything refers to them.
	text     [24]byte
	hmacText [hmacText]byte
}

// keep returns a copy of a text.
func (r *remembered) keep(text string) string {
	if len(text) > len(r.text) {
		return strings.Clone(text)
	}
	return unsafe.String(&r.text[0], copy(r.text[:], text)) //nolint:gosec // of the same memory, which is not written again
}

// hmac returns the number's under a key, the first in the memory that there is for it.
func (r *remembered) hmac(k *key) string {
	if len(r.pseudonyms) > 0 {
		return k.hmac(r.digits)
	}
	k.putHMAC(r.hmacText[:], r.digits)
	return unsafe.String(&r.hmacText[0], len(r.hmacText)) //nolint:gosec // of the same memory, which is not written again
}
