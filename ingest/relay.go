package ingest

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/relay"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// HeaderRecorded is "false" on an answer of the relay's provider that could not
// be recorded.
const HeaderRecorded = "Tributary-Recorded"

// relay handles a caller's request: it records the request, places the call, records
// the answer, and returns it. A call is placed only if its request was recorded; the
// caller gets the answer even if it could not be recorded.
func (x *exchange) relay() error {
	if x.e.relayURL == "" {
		return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_source", Detail: "there is no such source"}
	}
	callerID, ok := x.caller()
	if !ok {
		return proof.Unproven("secret")
	}
	budget := x.e.budgets[callerID]
	if err := x.bounded(budget.Admit(x.s.deps.Now()), "caller_rate", "the caller asks for more calls a second than it may"); err != nil {
		return err
	}
	if err := x.checkContentType(false); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	request, err := unibell.ReadRequest(x.body, &x.e.rules, newID)
	if err != nil {
		return x.fault(err)
	}
	if err := x.bounded(budget.Take(x.s.deps.Now()), "caller_daily", "the caller has placed its calls of the day"); err != nil {
		return err
	}
	x.s.metrics.dropped.WithLabelValues(x.e.id, callerID).Add(float64(request.Dropped))
	key := unibell.Key(x.e.id, []byte(request.Reference), nil, request.Body)
	d := x.newRecord(key, request.Body, callerID, raw.KindRelayRequest)
	if request.ReferenceMade {
		d.more = []raw.Header{{Key: raw.HeaderReferenceMade, Value: []byte("true")}}
	}
	if _, err = x.store(d); err != nil {
		budget.GiveBack()
		return err
	}
	x.e.counts.proofs[callerID].Inc()
	// From here on the call may have been placed, so the end of the caller's connection
	// must not stop the handling.
	answer := x.place(request.Body)
	x.keep(key, callerID, &answer)
	x.pass(&answer)
	return nil
}

// caller returns the id of the caller whose token the request carries; then the request
// is proven.
func (x *exchange) caller() (id string, ok bool) {
	request := proof.Request{Header: x.r.Header, Secret: x.path.secret}
	if id, ok = x.e.callers.Match(request.Credential()); ok {
		x.markProven()
	}
	return id, ok
}

// fault answers a request that ingest refuses in the provider's format. The HTTP status
// is an assumption: the provider documents none.
func (x *exchange) fault(err error) error {
	var fault *unibell.Fault
	if !errors.As(err, &fault) {
		return err
	}
	x.code, x.reason = http.StatusBadRequest, fault.Reason
	x.w.Header().Set(HeaderRecorded, "false")
	x.write("application/json", fault)
	return nil
}

// bounded refuses a request that is over a limit and has to wait.
func (x *exchange) bounded(wait time.Duration, reason, detail string) error {
	if wait <= 0 {
		return nil
	}
	x.w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return &proof.Refusal{Status: http.StatusTooManyRequests, Reason: reason, Detail: detail}
}

// place calls the provider.
func (x *exchange) place(body []byte) relay.Answer {
	ctx, span := x.s.tracing.call(x.r.Context(), x.e.relayURL)
	parent := x.s.tracing.context(ctx, x.r.Header)
	started := x.s.deps.Now()
	answer := x.s.calls.Place(ctx, &relay.Call{
		URL: x.e.relayURL, AccessKey: x.e.accessKey, Body: body, Traceparent: parent,
		Timeout: x.e.relayTimeout, MaxAnswer: x.s.cfg.MaxBodyBytes,
	})
	span.called(&answer)
	x.s.metrics.calls.WithLabelValues(x.e.id, answer.End).Observe(x.s.deps.Now().Sub(started).Seconds())
	return answer
}

// keep records the answer unchanged, and marks the answer if it could not be recorded.
func (x *exchange) keep(key, callerID string, a *relay.Answer) {
	x.received = x.s.deps.Now()
	d := x.newRecord(key, a.Body, callerID, raw.KindRelayAnswer)
	d.envelope.Status, d.envelope.ContentType = a.Status, short(a.ContentType)
	if a.Status == 0 {
		d.more = append(d.more, raw.Header{Key: raw.HeaderStatus, Value: []byte("0")})
	}
	if a.End != relay.EndAnswered && a.End != relay.EndNotJSON {
		d.more = append(d.more, raw.Header{Key: raw.HeaderError, Value: []byte(a.End)})
	}
	if _, err := x.store(d); err != nil {
		x.w.Header().Set(HeaderRecorded, "false")
		x.s.metrics.unrecorded.WithLabelValues(x.e.id).Inc()
		x.s.deps.Logger.ErrorContext(x.r.Context(), "a relayed call's answer is not recorded",
			slog.String("source", x.e.id), slog.String("request_id", x.requestID), slog.Int("status", a.Status))
	}
}

// pass returns the provider's answer to the caller, or an error if there is none.
func (x *exchange) pass(a *relay.Answer) {
	switch a.End {
	case relay.EndAnswered:
		x.code, x.reason = a.Status, "relayed"
		if x.code == http.StatusServiceUnavailable {
			// Our own 503 means that no call was placed. The provider's does not, so it
			// becomes a 502.
			x.code = http.StatusBadGateway
		}
		x.send(a.ContentType, a.Body)
	case relay.EndNotJSON:
		x.refuse(&proof.Refusal{
			Status: http.StatusBadGateway, Reason: "relay_not_json",
			Detail: "the provider's answer is not JSON (HTTP status " + strconv.Itoa(a.Status) + "); the call may have been placed",
		})
	case relay.EndTimeout:
		x.refuse(&proof.Refusal{
			Status: http.StatusGatewayTimeout, Reason: "relay_timeout",
			Detail: "the provider did not answer in time; the call may have been placed",
		})
	default:
		x.refuse(&proof.Refusal{
			Status: http.StatusBadGateway, Reason: "relay_" + a.End,
			Detail: "the provider could not be reached or gave no whole answer (" + a.End + "); the call may have been placed",
		})
	}
}
