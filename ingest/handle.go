package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/ingest/lox24"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/ingest/voximplant"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// HeaderSecret is a request header that may carry a shared secret.
const HeaderSecret = "X-Tributary-Secret" //nolint:gosec // A header's name, no secret.

// HeaderLOX24Token is the header in which LOX24 sends the token of its webhook settings
// ([3P] Symfony's LOX24 bridge wants it since May 2026). It is a shared secret like one
// in another place.
const HeaderLOX24Token = "X-LOX24-Token" //nolint:gosec // A header's name, no secret.

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
		if err = x.enter(found.provider); err == nil {
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

// lox24 handles an event of LOX24.
func (x *exchange) lox24() error {
	secretID, err := x.sharedBody(false)
	if err != nil {
		return err
	}
	key, err := lox24.Key(x.body)
	if err != nil {
		return err
	}
	return x.take(schemas.RawLOX24, key, raw.AssuranceSharedSecret, secretID)
}

// unibell handles a status callback of Unibell.
func (x *exchange) unibell() error {
	secretID, err := x.sharedBody(true)
	if err != nil {
		return err
	}
	key, err := unibell.StatusKey(x.e.id, x.r.Header.Get("Content-Type"), x.body)
	if err != nil {
		return err
	}
	return x.take(schemas.RawUnibell, key, raw.AssuranceSharedSecret, secretID)
}

// sharedBody checks a shared secret, which needs no body, and reads the body.
func (x *exchange) sharedBody(form bool) (secretID string, err error) {
	secretID, ok := x.match(&x.e.shared)
	if !ok {
		return "", proof.Unproven("secret")
	}
	if err := x.admit(); err != nil {
		return "", err
	}
	if err := x.media(form); err != nil {
		return "", err
	}
	return secretID, x.read()
}

// uapay handles a signed token of UAPAY.
func (x *exchange) uapay() error {
	if err := x.media(false); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	key, secretID, err := x.e.verifier.Verify(x.body)
	if err != nil {
		return err
	}
	x.prove()
	if err := x.admit(); err != nil {
		return err
	}
	return x.take(schemas.RawUAPAY, key, raw.AssuranceSignedBody, secretID)
}

// take writes the request's only record and answers.
func (x *exchange) take(topic, key, assurance, secretID string) error {
	receipts, err := x.store(x.draft(topic, key, x.body, assurance, secretID, raw.KindWebhook))
	if err != nil {
		return err
	}
	x.e.counts.proofs[secretID].Inc()
	x.receipts(receipts)
	return nil
}

// voximplant accepts a batch of callbacks: it writes the proven items even if others in
// the batch are refused.
func (x *exchange) voximplant() error {
	if err := x.media(false); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	batch, err := voximplant.Split(x.body, x.e.voximplant)
	if err != nil {
		return err
	}
	var receipts []receipt
	if len(batch.Items) > 0 {
		x.prove()
		if err := x.admit(); err != nil {
			return err
		}
		if receipts, err = x.store(x.drafts(&batch)...); err != nil {
			return err
		}
	}
	if len(batch.Refused) == 0 {
		x.receipts(receipts)
		return nil
	}
	r := proof.Unproven("hash")
	r.Detail = "the hashes of the callbacks named in refused do not prove them"
	x.refuseBatch(r, batch.Refused, receipts)
	return nil
}

// drafts makes the drafts of the proven items.
func (x *exchange) drafts(batch *voximplant.Batch) []draft {
	drafts := make([]draft, len(batch.Items))
	for i := range batch.Items {
		item := &batch.Items[i]
		drafts[i] = x.draft(schemas.RawVoximplant, item.Key, item.Value, raw.AssuranceSignedID, item.SecretID, raw.KindWebhook)
		drafts[i].envelope.Item, drafts[i].envelope.Items = item.Index, batch.Len()
		x.e.counts.proofs[item.SecretID].Inc()
	}
	return drafts
}

// match compares the request's credential with the secrets. It takes the credential
// from the first of these places that is not empty: path, X-Tributary-Secret,
// X-Authorization, Authorization, and for LOX24 X-LOX24-Token. With a match the request
// is proven.
func (x *exchange) match(secrets *proof.Secrets) (id string, ok bool) {
	if id, ok = secrets.Match(x.credential()); ok {
		x.prove()
	}
	return id, ok
}

// credential returns the secret that the request carries, or "", which matches no
// secret.
func (x *exchange) credential() string {
	if x.path.secret != "" {
		return x.path.secret
	}
	h := x.r.Header
	if v := h.Get(HeaderSecret); v != "" {
		return v
	}
	if v, ok := scheme(h.Get("X-Authorization"), "AccessKey"); ok {
		return v
	}
	if _, password, ok := x.r.BasicAuth(); ok {
		return password
	}
	if v, ok := scheme(h.Get("Authorization"), "Bearer"); ok {
		return v
	}
	if x.e.provider == raw.ProviderLOX24 {
		return h.Get(HeaderLOX24Token)
	}
	return ""
}

// scheme removes the authorization scheme from a header; it returns false if the header
// has another scheme.
func scheme(header, name string) (string, bool) {
	if len(header) <= len(name) || !strings.EqualFold(header[:len(name)], name) || header[len(name)] != ' ' {
		return "", false
	}
	return strings.TrimLeft(header[len(name):], " "), true
}
