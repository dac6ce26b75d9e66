package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// exchange handles one request, from finding its source to the answer.
func (s *Service) exchange(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	started := s.deps.Now()
	x := &exchange{s: s, w: w, r: r, route: noPattern, requestID: newID(), received: started, addr: intake.Address(r, s.proxies)}
	found, values, missing := s.router.find(r.URL.EscapedPath())
	if found != nil {
		x.route, x.path = found.pattern, values
	}
	x.r, x.span = s.tracing.request(ctx, r, x.route)
	defer func() { x.done(ctx, started) }()
	defer x.recover(ctx)
	err := s.unopened()
	switch {
	case err != nil:
	case missing != nil:
		err = missing
	default:
		if err = x.findEndpoint(found.provider); err == nil {
			err = found.handle(x)
		}
	}
	if err == nil {
		return
	}
	var refusal *proof.Refusal
	if !errors.As(err, &refusal) {
		refusal = &proof.Refusal{Status: http.StatusInternalServerError, Reason: "internal"}
	}
	x.refuse(refusal)
}

// recover answers a panic of a handler with 500, counts and logs it; net/http would
// only cut the connection. The log has the type of the panic's value but not its text,
// because the text may contain a payload value or a secret.
func (x *exchange) recover(ctx context.Context) {
	fault := recover()
	if fault == nil {
		return
	}
	x.s.deps.Logger.ErrorContext(ctx, "a handler panicked", slog.String("route", x.route), slog.String("request_id", x.requestID),
		slog.String("type", fmt.Sprintf("%T", fault)), slog.String("stack", string(debug.Stack())))
	x.refuse(&proof.Refusal{Status: http.StatusInternalServerError, Reason: "internal"})
}

// unopened refuses requests that arrive before Start.
func (s *Service) unopened() error {
	if s.producer.Load() == nil {
		return unavailable("starting")
	}
	return nil
}

// webhook handles a request of a provider: the source's authenticator checks it, and the
// proven records are written, even if other items of a batch are refused.
func (x *exchange) webhook() error {
	auth := x.e.authenticator
	x.proof.Header, x.proof.Secret, x.proof.Now = x.r.Header, x.path.secret, x.s.deps.Now()
	secretID, err := auth.Head(&x.proof)
	if err != nil {
		return err
	}
	if x.proof.SecretID = secretID; secretID != "" {
		x.markProven()
		if err := x.limitRate(); err != nil {
			return err
		}
	}
	if err := x.checkContentType(x.e.code.Forms); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	if err := auth.Body(&x.proof, x.body); err != nil {
		return err
	}
	receipts, err := x.accept(secretID == "")
	if err != nil {
		return err
	}
	if len(x.proof.Refused) == 0 {
		x.receipts(receipts)
		return nil
	}
	x.refuseBatch(x.proof.Refusal, x.proof.Refused, receipts)
	return nil
}

// accept writes the proven records. proves is set if only the records prove the sender, so
// that its rate is limited here.
func (x *exchange) accept(proves bool) ([]receipt, error) {
	records := x.proof.Records
	if len(records) == 0 {
		return nil, nil
	}
	if proves {
		x.markProven()
		if err := x.limitRate(); err != nil {
			return nil, err
		}
	}
	var one [1]pendingRecord
	pending := one[:0]
	for i := range records {
		r := &records[i]
		d := x.newRecord(r.Key, r.Value, r.SecretID, raw.KindWebhook)
		d.envelope.Item, d.envelope.Items, d.more = r.Index, x.proof.Items(), r.Headers
		pending = append(pending, d)
	}
	receipts, err := x.store(pending...)
	if err != nil {
		return nil, err
	}
	for i := range records {
		x.e.counts.proofs[records[i].SecretID].Inc()
	}
	return receipts, nil
}
