package privacy

import (
	"strings"
	"unsafe"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// remembered is a number with its texts in one allocation. The cache holds more numbers
// than fit in the processor's cache, so a lookup should miss it once and not for each
// text.
type remembered struct {
	number
	newest [1]avro.Pseudonym
	// text holds the number's text if that is short enough, hmacText the newest
	// pseudonym's HMAC. They are written once, before any string refers to them.
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

// hmac returns the number's HMAC under a key. The first one is stored in hmacText.
func (r *remembered) hmac(k *key) string {
	if len(r.pseudonyms) > 0 {
		return k.hmac(r.digits)
	}
	k.putHMAC(r.hmacText[:], r.digits)
	return unsafe.String(&r.hmacText[0], len(r.hmacText)) //nolint:gosec // of the same memory, which is not written again
}
