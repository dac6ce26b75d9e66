package simulator

import (
	"net/http"
	"time"
)

// Provider returns the provider that sends it.
func (s *Send) Provider() string { return s.webhook.provider }

// Items returns the number of records it produces: the callbacks of a batch, or the
// request and the answer of a relayed call.
func (s *Send) Items() int { return s.webhook.items }

// Relayed reports whether it is a call by our own callers, which ingest relays to
// Unibell.
func (s *Send) Relayed() bool { return s.webhook.relay }

// Header returns the headers to send with a body at a time of ingest's clock, the proof
// included, for senders other than Run.
func (s *Send) Header(body []byte, at time.Time) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if s.webhook.form {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range s.webhook.proof(body, at) {
		h.Set(name, value)
	}
	return h
}
