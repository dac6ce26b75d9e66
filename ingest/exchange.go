package ingest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// exchange is one request and its answer.
type exchange struct {
	s         *Service
	w         http.ResponseWriter
	r         *http.Request
	e         *entrance // nil for an unknown source
	route     string
	requestID string
	received  time.Time
	body      []byte
	reserved  int64
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

// enter finds the source and checks what needs no body.
func (x *exchange) enter(provider string) error {
	if x.r.Method != http.MethodPost {
		return &proof.Refusal{Status: http.StatusMethodNotAllowed, Reason: "method", Detail: "use POST"}
	}
	e := (*x.s.entrances.Load())[x.r.PathValue("source")]
	if e == nil || e.provider != provider {
		return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_source", Detail: "there is no such source"}
	}
	x.e = e
	if len(e.allowed) > 0 && !within(e.allowed, clientAddr(x.r, x.s.proxies)) {
		return proof.Unproven("network")
	}
	return nil
}

// media wants the announced content to be JSON, or, where form is true, a form.
// No content type passes: the body shows what it is.
func (x *exchange) media(form bool) error {
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

// read takes the body, within the limits. The room it reserves is given back by
// done.
func (x *exchange) read() error {
	limit := x.s.cfg.MaxBodyBytes
	tooLarge := &proof.Refusal{
		Status: http.StatusRequestEntityTooLarge, Reason: "body_too_large",
		Detail: "the body is over " + strconv.FormatInt(limit, 10) + " bytes",
	}
	length := x.r.ContentLength
	if length > limit {
		return tooLarge
	}
	room := length
	if length < 0 {
		room = limit
	}
	if !x.s.bodies.TryAcquire(room) {
		return unavailable("bodies_in_flight")
	}
	x.reserved = room
	x.s.metrics.inFlight.Add(float64(room))
	var err error
	if x.body, err = readAll(x.w, x.r.Body, length, limit); err != nil {
		var over *http.MaxBytesError
		switch {
		case errors.As(err, &over):
			return tooLarge
		case errors.Is(err, os.ErrDeadlineExceeded):
			return &proof.Refusal{Status: http.StatusRequestTimeout, Reason: "body_slow", Detail: "the body did not come in time"}
		}
		return proof.Envelope("body_cut", "the body did not come whole")
	}
	x.received = x.s.deps.Now()
	return nil
}

// readAll reads into one slice of the announced length; it is the record's value,
// so that it is neither pooled nor copied. Of a body without a length no more than
// the limit is read.
func readAll(w http.ResponseWriter, r io.ReadCloser, length, limit int64) ([]byte, error) {
	if length < 0 {
		return io.ReadAll(http.MaxBytesReader(w, r, limit))
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return body, err
}

// admit takes one from the source's rate. It comes after the proof, so that a
// stranger cannot use up the provider's share.
func (x *exchange) admit() error {
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

// draft is a raw record before it has its headers.
type draft struct {
	topic    string // without the prefix
	key      string
	value    []byte
	envelope raw.Envelope
	more     []raw.Header // beyond the envelope's
}

// draft makes a raw record of the request's source.
func (x *exchange) draft(topic, key string, value []byte, assurance, secretID, kind string) draft {
	return draft{topic: topic, key: key, value: value, envelope: raw.Envelope{
		Source: x.e.id, Provider: x.e.provider, Assurance: assurance, SecretID: secretID, RequestID: x.requestID,
		ReceivedAt: x.received, Kind: kind, Items: 1, ContentType: short(x.r.Header.Get("Content-Type")),
	}}
}

// record makes the client's record of a draft.
func (d *draft) record(topic string, r *kgo.Record) {
	all := append(d.envelope.Append(make([]raw.Header, 0, 16)), d.more...)
	*r = kgo.Record{Topic: topic, Key: []byte(d.key), Value: d.value, Timestamp: d.envelope.ReceivedAt, Headers: make([]kgo.RecordHeader, len(all))}
	for i, h := range all {
		r.Headers[i] = kgo.RecordHeader(h)
	}
}

// store writes the drafts, which go to one topic, and counts them.
func (x *exchange) store(drafts ...draft) ([]receipt, error) {
	ctx, topic := x.r.Context(), x.s.deps.Names.Topic(drafts[0].topic)
	ctx, span := x.s.tracing.send(ctx, topic, len(drafts))
	parent, state := x.s.tracing.context(ctx, x.r.Header)
	records := make([]kgo.Record, len(drafts))
	for i := range drafts {
		d := &drafts[i]
		d.envelope.Traceparent, d.envelope.Tracestate = parent, state
		d.record(topic, &records[i])
	}
	receipts, err := x.s.producer.Load().Write(ctx, records)
	span.sent(receipts, err)
	if err == nil {
		x.e.counts.records.Add(float64(len(records)))
	}
	return receipts, err
}

// short cuts a header that will be a record's.
func short(v string) string {
	const limit = 256
	if len(v) > limit {
		return v[:limit]
	}
	return v
}

// done counts and logs the exchange: the route, never the path, for LOX24's holds
// its secret.
func (x *exchange) done(ctx context.Context, started time.Time) {
	if x.reserved > 0 {
		x.s.bodies.Release(x.reserved)
		x.s.metrics.inFlight.Sub(float64(x.reserved))
	}
	var source, provider string
	if x.e != nil {
		source, provider = x.e.id, x.e.provider
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
		slog.String("route", x.route), slog.String("source", source), slog.Int("code", x.code), slog.String("reason", x.reason),
		slog.Int("bytes", len(x.body)), slog.Duration("took", x.s.deps.Now().Sub(started)), slog.String("request_id", x.requestID),
		slog.Bool("unsent", x.unsent))
}

// clientAddr returns the sender's address: the connection's, or, behind trusted
// proxies, the last forwarded one that is not itself such a proxy.
func clientAddr(r *http.Request, proxies []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	addr = addr.Unmap()
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && within(proxies, addr); i-- {
		next, parseErr := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if parseErr != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}
