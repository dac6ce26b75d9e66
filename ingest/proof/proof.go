// Package proof holds the code that the providers' packages share: refusals of requests,
// the comparison of secrets, and the keys of raw records.
//
//	credential + Secrets ─► Match ─► secret id
//	entity id  + body    ─► Key   ─► raw key
//	anything wrong       ─► Refusal (status, reason for the metric, detail for the caller)
//
// It promises that comparing takes the same time whichever secret fits, or none.
package proof

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"unicode/utf8"
)

// maxID bounds the ids that become keys; the providers' own have 36 bytes at
// most. A longer one is keyed by the hash of its body.
const maxID = 256

// Refusal is a request that ingest does not take. It holds no value of the
// request; Detail, which goes to the sender only, may name a place in it.
type Refusal struct { //nolint:errname // It is an answer that travels as an error.
	// Status is the HTTP status of the answer.
	Status int
	// Reason is the value of the metric's label, snake_case.
	Reason string
	// Detail explains the refusal to the sender. It is empty for StatusUnauthorized, so
	// that an unauthenticated sender learns nothing.
	Detail string
}

// Error implements error.
func (r *Refusal) Error() string { return "refused: " + r.Reason }

// Envelope returns the refusal of a body that does not have the provider's format.
func Envelope(reason, detail string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Reason: reason, Detail: detail}
}

// Unavailable returns the refusal of a request that is to be sent again.
func Unavailable(reason string) *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Reason: reason, Detail: "the record could not be stored in time; send it again"}
}

// NotJSON returns the refusal of a body that begins as an object and is none.
func NotJSON(err error) *Refusal {
	return Envelope("not_json", "the body is not JSON that can be read: "+err.Error())
}

// Unproven returns the refusal of a request that does not prove its sender.
func Unproven(reason string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Reason: reason}
}

// Secrets are the shared secrets of a source, each with its id.
type Secrets struct {
	ids  []string
	sums [][sha256.Size]byte
}

// Add adds a secret. An empty one is passed over: it would prove nothing.
func (s *Secrets) Add(id, secret string) {
	if secret == "" {
		return
	}
	s.ids = append(s.ids, id)
	s.sums = append(s.sums, sha256.Sum256([]byte(secret)))
}

// Len returns how many secrets there are.
func (s *Secrets) Len() int { return len(s.ids) }

// Match returns the id of the secret that equals the credential. It compares all
// secrets, as hashes of equal length, so that the time reveals neither which one
// matches nor how much of it.
func (s *Secrets) Match(credential string) (id string, ok bool) {
	sum := sha256.Sum256([]byte(credential))
	found := -1
	for i := range s.sums {
		fits := subtle.ConstantTimeCompare(sum[:], s.sums[i][:])
		found = subtle.ConstantTimeSelect(fits, i, found)
	}
	if found < 0 {
		return "", false
	}
	return s.ids[found], true
}

// Key returns prefix + id, or provider:sha256:<hex of the body's hash> where
// there is no id that can be a key.
func Key(provider, prefix string, id, body []byte) string {
	if len(id) == 0 || len(id) > maxID || !utf8.Valid(id) {
		sum := sha256.Sum256(body)
		return provider + ":sha256:" + hex.EncodeToString(sum[:])
	}
	return prefix + string(id)
}
