package simulator

import "net/http"

// Provider returns who sends it.
func (s *Send) Provider() string { return s.webhook.provider }

// Items returns how many records it makes: callbacks of a batch, request and answer
// of a relayed call.
func (s *Send) Items() int { return s.webhook.items }

// Relayed says that it is a call of our own callers, which ingest passes on.
func (s *Send) Relayed() bool { return s.webhook.relay }

// Header returns the headers to send with the body, the proof included: for senders
// other than Run.
func (s *Send) Header() http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if s.webhook.form {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.webhook.headerName != "" {
		h.Set(s.webhook.headerName, s.webhook.headerValue)
	}
	return h
}
