package ingest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// exchange is one request and its answer.
type exchange struct {
	s         *Service
	w         http.ResponseWriter
	r         *http.Request
	e         *endpoint // nil for an unknown source
	route     string
	requestID string
	received  time.Time
	path      pathValues
	addr      netip.Addr // invalid where it cannot be read
	body      []byte
	proof     proof.Request
	room      intake.Body
	whole     bool // the body is read to its end
	proven    bool
	code      int
	reason    string
	unsent    bool
	span      requestSpan
}

// newID returns 128 random bits as hex.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // It never fails: the runtime ends the program first.
	return hex.EncodeToString(b[:])
}

// findEndpoint finds the source and checks the method and the sender's network, which need no
// body.
func (x *exchange) findEndpoint(provider string) error {
	if x.r.Method != http.MethodPost {
		return &proof.Refusal{Status: http.StatusMethodNotAllowed, Reason: "method", Detail: "use POST"}
	}
	e := (*x.s.endpoints.Load())[x.path.source]
	if e == nil || e.row.ID != provider {
		return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_source", Detail: "there is no such source"}
	}
	x.e = e
	if len(e.allowed) > 0 && !intake.Within(e.allowed, x.addr) {
		return proof.Unproven("network")
	}
	return nil
}

// checkContentType checks that the announced content type is JSON, or, where form is true, a form,
// without a content encoding. A request without a content type passes: the parser finds
// the format in the body.
func (x *exchange) checkContentType(form bool) error {
	h := x.r.Header
	if encoding := h.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		x.w.Header().Set("Accept-Encoding", "identity")
		return &proof.Refusal{Status: http.StatusUnsupportedMediaType, Reason: "content_encoding", Detail: "send the body without Content-Encoding"}
	}
	announced := h.Get("Content-Type")
	if announced == "" || announced == "application/json" { // as nearly all have it
		return nil
	}
	media, _, err := mime.ParseMediaType(announced)
	switch {
	case err == nil && (media == "application/json" || strings.HasSuffix(media, "+json")):
		return nil
	case err == nil && form && media == "application/x-www-form-urlencoded":
		return nil
	}
	return &proof.Refusal{Status: http.StatusUnsupportedMediaType, Reason: "content_type", Detail: "send application/json"}
}

// markProven marks the sender as authenticated, once per request: from here on neither its
// body nor its connection is evicted for others.
func (x *exchange) markProven() {
	x.proven = true
	x.room.Prove()
	intake.ConnOf(x.r.Context()).Begin()
}

// read reads the body, within the limits. done releases its room in the budget.
func (x *exchange) read() error {
	var err error
	x.body, err = x.room.Read(x.s.bodies, x.w, x.r, x.e.id, x.addr)
	switch {
	case err == nil:
		x.whole = true
		x.received = x.s.deps.Now()
		return nil
	case errors.Is(err, intake.ErrTooLarge):
		return &proof.Refusal{
			Status: http.StatusRequestEntityTooLarge, Reason: "body_too_large",
			Detail: "the body is over " + strconv.FormatInt(x.s.cfg.MaxBodyBytes, 10) + " bytes",
		}
	case errors.Is(err, intake.ErrNoRoom):
		return unavailable("bodies_in_flight")
	case errors.Is(err, intake.ErrSlow):
		return &proof.Refusal{Status: http.StatusRequestTimeout, Reason: "body_slow", Detail: "the body did not come in time"}
	}
	return proof.Envelope("body_cut", "the body did not come whole")
}

// limitRate applies the source's rate limit. It comes after the proof, so that an
// unauthenticated sender cannot use up the provider's rate.
func (x *exchange) limitRate() error {
	if x.e.limiter == nil {
		return nil
	}
	now := x.s.deps.Now()
	r := x.e.limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	x.w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return &proof.Refusal{Status: http.StatusTooManyRequests, Reason: "rate", Detail: "the source sends more than its configured rate"}
}

// pendingRecord is a raw record without its headers.
type pendingRecord struct {
	key      string
	value    []byte
	envelope raw.Envelope
	more     []raw.Header // beyond the envelope's
}

// newRecord makes a raw record of the request's source.
func (x *exchange) newRecord(key string, value []byte, secretID, kind string) pendingRecord {
	return pendingRecord{key: key, value: value, envelope: raw.Envelope{
		Source: x.e.id, Provider: x.e.row.ID, Settings: x.e.settings, Assurance: x.e.row.Assurance, SecretID: secretID, RequestID: x.requestID,
		ReceivedAt: x.received, Kind: kind, Items: 1, ContentType: short(x.r.Header.Get("Content-Type")),
	}}
}

// record makes the client's record of a pending one.
func (d *pendingRecord) record(topic string, r *kgo.Record) {
	const ordinary = 12 // of a request that is no batch; a request with a traceparent has 11
	headers := raw.Append(make([]kgo.RecordHeader, 0, ordinary+len(d.more)), &d.envelope)
	for _, h := range d.more {
		headers = append(headers, kgo.RecordHeader(h))
	}
	*r = kgo.Record{Topic: topic, Key: []byte(d.key), Value: d.value, Timestamp: d.envelope.ReceivedAt, Headers: headers}
}

// store writes records to the provider's raw topic, and counts them.
func (x *exchange) store(pending ...pendingRecord) ([]receipt, error) {
	ctx, topic := x.r.Context(), x.s.deps.Names.Topic(x.e.row.Raw)
	ctx, span := x.s.tracing.send(ctx, topic, len(pending))
	parent := x.s.tracing.context(ctx, x.r.Header)
	records := make([]kgo.Record, len(pending))
	for i := range pending {
		d := &pending[i]
		d.envelope.Traceparent = parent
		d.record(topic, &records[i])
	}
	receipts, err := x.s.producer.Load().Write(ctx, records)
	span.sent(receipts, err)
	if err == nil {
		x.e.counts.records.Add(float64(len(records)))
	}
	return receipts, err
}

// short limits the length of a request header that is copied into a record.
func short(v string) string {
	const limit = 256
	if len(v) > limit {
		return v[:limit]
	}
	return v
}

// done counts and logs the request. It logs the route, never the path, because LOX24's
// path contains its secret.
func (x *exchange) done(ctx context.Context, started time.Time) {
	x.room.Release()
	if x.proven {
		intake.ConnOf(ctx).End()
	}
	var source, provider string
	if x.e != nil {
		source, provider = x.e.id, x.e.row.ID
	}
	if x.reason == reasonAccepted && x.code == http.StatusOK {
		x.e.counts.accepted.Inc()
	} else {
		x.s.metrics.requests.WithLabelValues(source, provider, strconv.Itoa(x.code), x.reason).Inc()
	}
	x.span.answered(source, provider, x.code, x.reason, len(x.body))
	if !x.s.cfg.AccessLog {
		return
	}
	x.s.deps.Logger.LogAttrs(ctx, slog.LevelInfo, "request answered",
		slog.String("route", x.route), slog.String("source", source), slog.String("address", address(x.addr)),
		slog.Int("code", x.code), slog.String("reason", x.reason), slog.Int("bytes", len(x.body)),
		slog.Duration("took", x.s.deps.Now().Sub(started)), slog.String("request_id", x.requestID), slog.Bool("unsent", x.unsent))
}

// address formats a sender's address for the access log.
func address(addr netip.Addr) string {
	if !addr.IsValid() {
		return "unknown"
	}
	return addr.String()
}
