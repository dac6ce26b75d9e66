package ingest

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/ingest/proof"
)

// HeaderRequestID is the answer's header with the id that ingest gave the request.
const HeaderRequestID = "X-Request-Id"

// retryAfter is the default Retry-After of a refusal, in seconds.
const retryAfter = 5

// reasonAccepted is the metrics' reason label of a webhook that was written to its
// topic.
const reasonAccepted = "accepted"

// problem is an application/problem+json body (RFC 9457) with the members of our
// own behind the standard ones.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"request_id"`
	// Refused are the indexes of a batch's unproven callbacks.
	Refused []int `json:"refused,omitempty"`
	// Records are the receipts of the callbacks that were written.
	Records []receipt `json:"records,omitempty"`
}

// receipts answers 200 with the receipts of the records.
func (x *exchange) receipts(records []receipt) {
	x.code, x.reason = http.StatusOK, reasonAccepted
	x.send("application/json", appendReceipts(make([]byte, 0, 160), x.requestID, records))
}

// appendReceipts appends the JSON of an accepted request. No text in it needs escaping:
// an id is hex, and the name of a topic letters, digits, ".", "_" and "-".
func appendReceipts(b []byte, requestID string, records []receipt) []byte {
	b = append(append(b, `{"request_id":"`...), requestID...)
	if records == nil {
		return append(b, `","records":null}`...)
	}
	b = append(b, `","records":[`...)
	for i := range records {
		if i > 0 {
			b = append(b, ',')
		}
		r := &records[i]
		b = append(append(b, `{"topic":"`...), r.Topic...)
		b = strconv.AppendInt(append(b, `","partition":`...), int64(r.Partition), 10)
		b = strconv.AppendInt(append(b, `,"offset":`...), r.Offset, 10)
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// refuse answers with a problem document.
func (x *exchange) refuse(r *proof.Refusal) {
	x.refuseBatch(r, nil, nil)
}

// refuseBatch answers with a problem document that lists the refused and the written
// callbacks. If the sender is not authenticated or the body is not wanted, it does not
// read the rest of the body and closes the connection after the answer.
func (x *exchange) refuseBatch(r *proof.Refusal, refused []int, records []receipt) {
	x.code, x.reason = r.Status, r.Reason
	h := x.w.Header()
	if unread := !x.whole && x.r.ContentLength != 0; unread || !x.proven {
		intake.HangUp(x.w, x.r, unread)
	}
	detail := r.Detail
	switch r.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="tributary"`)
		if detail == "" {
			detail = "the request does not prove its sender"
		}
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", strconv.Itoa(retryAfter))
		}
	}
	x.write("application/problem+json", problem{
		Type: "about:blank", Title: http.StatusText(r.Status), Status: r.Status, Detail: detail,
		RequestID: x.requestID, Refused: refused, Records: records,
	})
}

// write sends the answer. A write error is ignored: a sender that is gone will retry.
func (x *exchange) write(contentType string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		x.code, x.reason = http.StatusInternalServerError, "internal"
		x.w.WriteHeader(x.code)
		return
	}
	x.send(contentType, text)
}

func (x *exchange) send(contentType string, text []byte) {
	h := x.w.Header()
	if x.r.ProtoMajor == 1 && len(x.r.TransferEncoding) > 0 {
		// The request may have had a Content-Length beside its Transfer-Encoding.
		// net/http ignores that header, but a proxy may not: the two could then
		// disagree where the next request on the connection begins (request smuggling;
		// RFC 9112, 6.1).
		h.Set("Connection", "close")
	}
	// One array holds all values; Header.Set would allocate one for each.
	values := [...]string{contentType, strconv.Itoa(len(text)), "no-store", "nosniff", x.requestID}
	for i, key := range [...]string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options", HeaderRequestID} {
		h[key] = values[i : i+1 : i+1]
	}
	if contentType == "" {
		h["Content-Type"] = nil // so that none is guessed
	}
	x.w.WriteHeader(x.code)
	if _, err := x.w.Write(text); err != nil {
		x.unsent = true
	}
}
