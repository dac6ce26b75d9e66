package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/tributary-hq/tributary/ingest/lox24"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/ingest/voximplant"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// HeaderSecret is a request header that may carry a shared secret.
const HeaderSecret = "X-Tributary-Secret" //nolint:gosec // A header's name, no secret.

// routes are the entrances, one for each way in.
func (s *Service) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]struct {
		provider string
		handle   func(*exchange) error
	}{
		"/v1/lox24/{source}":               {raw.ProviderLOX24, (*exchange).lox24},
		"/v1/lox24/{source}/{secret}":      {raw.ProviderLOX24, (*exchange).lox24},
		"/v1/uapay/{source}":               {raw.ProviderUAPAY, (*exchange).uapay},
		"/v1/voximplant/{source}":          {raw.ProviderVoximplant, (*exchange).voximplant},
		"/v1/unibell/{source}":             {raw.ProviderUnibell, (*exchange).unibell},
		"/v1/unibell/{source}/{secret}":    {raw.ProviderUnibell, (*exchange).unibell},
		"/v1/unibell/{source}/calls/flash": {raw.ProviderUnibell, (*exchange).relay},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.exchange(r.Context(), w, r, pattern, h.provider, h.handle)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.exchange(r.Context(), w, r, "/", "", nil)
	})
	return mux
}

// exchange runs one request from the source to the answer.
func (s *Service) exchange(ctx context.Context, w http.ResponseWriter, r *http.Request, route, provider string, handle func(*exchange) error) {
	started := s.deps.Now()
	x := &exchange{s: s, w: w, r: r, route: route, requestID: newID(), received: started}
	x.r, x.span = s.tracing.request(ctx, r, route)
	defer func() { x.done(ctx, started) }()
	defer x.recover(ctx)
	err := s.unopened()
	switch {
	case err != nil:
	case handle == nil:
		err = &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_route", Detail: "there is nothing at this path"}
	default:
		if err = x.enter(provider); err == nil {
			err = handle(x)
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

// recover makes a fault of ours a 500 that is counted and logged, where net/http
// would cut the connection. Of the fault only its type is told, for its text may hold
// a value.
func (x *exchange) recover(ctx context.Context) {
	fault := recover()
	if fault == nil {
		return
	}
	x.s.deps.Logger.ErrorContext(ctx, "a handler panicked", slog.String("route", x.route), slog.String("request_id", x.requestID),
		slog.String("type", fmt.Sprintf("%T", fault)), slog.String("stack", string(debug.Stack())))
	x.refuse(&proof.Refusal{Status: http.StatusInternalServerError, Reason: "internal"})
}

// unopened refuses what comes before Start.
func (s *Service) unopened() error {
	if s.producer.Load() == nil {
		return unavailable("starting")
	}
	return nil
}

// lox24 takes an event.
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

// unibell takes a status callback.
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
	secretID, ok := match(&x.e.shared, x.r)
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

// uapay takes a signed token.
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
	if err := x.admit(); err != nil {
		return err
	}
	return x.take(schemas.RawUAPAY, key, raw.AssuranceSignedBody, secretID)
}

// take writes the one record of a request and answers.
func (x *exchange) take(topic, key, assurance, secretID string) error {
	receipts, err := x.store(x.draft(topic, key, x.body, assurance, secretID, raw.KindWebhook))
	if err != nil {
		return err
	}
	x.e.counts.proofs[secretID].Inc()
	x.receipts(receipts)
	return nil
}

// voximplant takes a batch: what is proven is kept, whatever else is in it.
func (x *exchange) voximplant() error {
	if err := x.media(false); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	items, err := voximplant.Split(x.body, x.e.voximplant)
	if err != nil {
		return err
	}
	drafts, refused := x.batch(items)
	var receipts []receipt
	if len(drafts) > 0 {
		if err := x.admit(); err != nil {
			return err
		}
		if receipts, err = x.store(drafts...); err != nil {
			return err
		}
	}
	if len(refused) == 0 {
		x.receipts(receipts)
		return nil
	}
	r := proof.Unproven("hash")
	r.Detail = "the hashes of the callbacks named in refused do not prove them"
	x.refuseBatch(r, refused, receipts)
	return nil
}

// batch makes the drafts of the proven items and names the others.
func (x *exchange) batch(items []voximplant.Item) (drafts []draft, refused []int) {
	drafts = make([]draft, 0, len(items))
	for i := range items {
		item := &items[i]
		if !item.Proven() {
			refused = append(refused, i)
			continue
		}
		d := x.draft(schemas.RawVoximplant, item.Key, item.Value, raw.AssuranceSignedID, item.SecretID, raw.KindWebhook)
		d.envelope.Item, d.envelope.Items = i, len(items)
		drafts = append(drafts, d)
		x.e.counts.proofs[item.SecretID].Inc()
	}
	return drafts, refused
}

// match tries what the request offers as a secret, in the order of its places:
// path, X-Tributary-Secret, X-Authorization, Authorization. The first place that
// holds something counts.
func match(secrets *proof.Secrets, r *http.Request) (id string, ok bool) {
	return secrets.Match(credential(r))
}

// credential returns what a request offers as a secret; "" fits none.
func credential(r *http.Request) string {
	if v := r.PathValue("secret"); v != "" {
		return v
	}
	if v := r.Header.Get(HeaderSecret); v != "" {
		return v
	}
	if v, ok := scheme(r.Header.Get("X-Authorization"), "AccessKey"); ok {
		return v
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	v, _ := scheme(r.Header.Get("Authorization"), "Bearer")
	return v
}

// scheme cuts an authorization scheme off.
func scheme(header, name string) (string, bool) {
	if len(header) <= len(name) || !strings.EqualFold(header[:len(name)], name) || header[len(name)] != ' ' {
		return "", false
	}
	return strings.TrimLeft(header[len(name):], " "), true
}
