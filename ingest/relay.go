package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// HeaderRecorded is "false" on an answer of the relay's provider that could not
// be recorded.
const HeaderRecorded = "Tributary-Recorded"

// The ends of a relayed call; all but the first two are values of raw.HeaderError.
const (
	callAnswered = "answered"
	callNotJSON  = "not_json" // an answer, whole, but none of the provider's
	callTimeout  = "timeout"
	callRefused  = "refused"
	callDNS      = "dns"
	callOther    = "other"
)

// errAnswerTooLarge is a provider's answer that would not fit its record.
var errAnswerTooLarge = errors.New("the provider's answer is larger than a body may be")

// newCaller returns the client of the relays: it follows nothing, for a redirect
// would carry the access key elsewhere.
func newCaller() *http.Client {
	const perHost = 64
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: perHost, IdleConnTimeout: time.Minute,
			ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
		},
	}
}

// call is the provider's side of a relayed request.
type call struct {
	status      int // 0 where no answer began
	contentType string
	body        []byte // what came, also of an answer that was cut
	end         string
}

// relay takes a caller's request: record it, place the call, record the answer,
// return it. No call is placed that is not recorded; no answer is lost to the
// caller because it could not be.
func (x *exchange) relay() error {
	if x.e.relayURL == "" {
		return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_source", Detail: "there is no such source"}
	}
	callerID, ok := x.match(&x.e.callers)
	if !ok {
		return proof.Unproven("secret")
	}
	if err := x.admit(); err != nil {
		return err
	}
	if err := x.media(false); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	request, err := unibell.ReadRequest(x.body, newID)
	if err != nil {
		return x.fault(err)
	}
	key := unibell.Key(x.e.id, []byte(request.Reference), nil, request.Body)
	d := x.draft(schemas.RawUnibell, key, request.Body, raw.AssuranceSharedSecret, callerID, raw.KindRelayRequest)
	if request.ReferenceMade {
		d.more = []raw.Header{{Key: raw.HeaderReferenceMade, Value: []byte("true")}}
	}
	if _, err = x.store(d); err != nil {
		return err
	}
	x.e.counts.proofs[callerID].Inc()
	// From here on the call may have happened: the caller's end changes nothing.
	answer := x.place(request.Body)
	x.keep(key, callerID, &answer)
	x.pass(&answer)
	return nil
}

// fault answers a request that need not reach the provider in the provider's own
// words. The HTTP status is an assumption: the provider documents none.
func (x *exchange) fault(err error) error {
	var fault *unibell.Fault
	if !errors.As(err, &fault) {
		return err
	}
	x.code, x.reason = http.StatusBadRequest, "relay_invalid"
	x.w.Header().Set(HeaderRecorded, "false")
	x.write("application/json", fault)
	return nil
}

// place calls the provider.
func (x *exchange) place(body []byte) call {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.r.Context()), x.e.relayTimeout)
	defer cancel()
	ctx, span := x.s.tracing.call(ctx, x.e.relayURL)
	started := x.s.deps.Now()
	c, err := x.post(ctx, body)
	switch {
	case err != nil:
		c.end = callEnd(err)
	case !isJSON(c.body):
		c.end = callNotJSON
	default:
		c.end = callAnswered
	}
	span.called(&c)
	x.s.metrics.calls.WithLabelValues(x.e.id, c.end).Observe(x.s.deps.Now().Sub(started).Seconds())
	return c
}

func (x *exchange) post(ctx context.Context, body []byte) (call, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, x.e.relayURL, bytes.NewReader(body))
	if err != nil {
		return call{}, err
	}
	// A call is not idempotent: without GetBody the transport repeats none.
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-Authorization", "AccessKey "+x.e.accessKey)
	if parent, state := x.s.tracing.context(ctx, x.r.Header); parent != "" {
		request.Header.Set("Traceparent", parent)
		request.Header.Set("Tracestate", state)
	}
	response, err := x.s.calls.Do(request)
	if err != nil {
		return call{}, err
	}
	defer func() { _ = response.Body.Close() }()
	c := call{status: response.StatusCode, contentType: response.Header.Get("Content-Type")}
	limit := x.s.cfg.MaxBodyBytes
	c.body, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err == nil && int64(len(c.body)) > limit {
		c.body, err = nil, errAnswerTooLarge
	}
	return c, err
}

// isJSON says whether an answer can be the provider's: all of its documented
// answers are JSON. A page of HTML is that of something in between.
func isJSON(text []byte) bool {
	s := jsonscan.New(text)
	s.Skip()
	return s.End() == nil
}

// keep records the answer as it came, and says on the answer if it could not.
func (x *exchange) keep(key, callerID string, c *call) {
	x.received = x.s.deps.Now()
	d := x.draft(schemas.RawUnibell, key, c.body, raw.AssuranceSharedSecret, callerID, raw.KindRelayAnswer)
	d.envelope.Status, d.envelope.ContentType = c.status, short(c.contentType)
	if c.status == 0 {
		d.more = append(d.more, raw.Header{Key: raw.HeaderStatus, Value: []byte("0")})
	}
	if c.end != callAnswered && c.end != callNotJSON {
		d.more = append(d.more, raw.Header{Key: raw.HeaderError, Value: []byte(c.end)})
	}
	if _, err := x.store(d); err != nil {
		x.w.Header().Set(HeaderRecorded, "false")
		x.s.metrics.unrecorded.WithLabelValues(x.e.id).Inc()
		x.s.deps.Logger.ErrorContext(x.r.Context(), "a relayed call's answer is not recorded",
			slog.String("source", x.e.id), slog.String("request_id", x.requestID), slog.Int("status", c.status))
	}
}

// pass returns the provider's answer, or says that there is none.
func (x *exchange) pass(c *call) {
	switch c.end {
	case callAnswered:
		x.code, x.reason = c.status, "relayed"
		if x.code == http.StatusServiceUnavailable {
			// A 503 of ours says that no call was placed; the provider's says no such thing.
			x.code = http.StatusBadGateway
		}
		x.send(c.contentType, c.body)
	case callNotJSON:
		x.refuse(&proof.Refusal{
			Status: http.StatusBadGateway, Reason: "relay_not_json",
			Detail: "the provider's answer is not JSON (HTTP status " + strconv.Itoa(c.status) + "); the call may have been placed",
		})
	case callTimeout:
		x.refuse(&proof.Refusal{
			Status: http.StatusGatewayTimeout, Reason: "relay_timeout",
			Detail: "the provider did not answer in time; the call may have been placed",
		})
	default:
		x.refuse(&proof.Refusal{
			Status: http.StatusBadGateway, Reason: "relay_" + c.end,
			Detail: "the provider could not be reached or gave no whole answer (" + c.end + "); the call may have been placed",
		})
	}
}

// callEnd sorts a failed call into one word.
func callEnd(err error) string {
	var (
		timeout net.Error
		lookup  *net.DNSError
	)
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return callTimeout
	case errors.As(err, &lookup):
		return callDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return callRefused
	}
	return callOther
}
