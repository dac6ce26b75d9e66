package simulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// forge makes a forged copy of an authentic webhook, which ingest must refuse, and
// returns the kind of forgery. The authentic one is sent as well.
func (t *instance) forge(of *webhook) (forged *webhook, how string) {
	w := *of
	if w.forge != nil {
		return &w, w.forge(t, &w)
	}
	switch w.provider {
	case raw.ProviderUAPAY:
		return &w, t.forgeUAPAY(&w)
	case raw.ProviderVoximplant:
		return t.forgeVoximplant()
	case raw.ProviderLOX24:
		if t.rng.IntN(2) == 0 {
			w.path = w.path[:strings.LastIndexByte(w.path, '/')]
			return &w, "no secret"
		}
		w.path += "-wrong"
	default:
		w.headerValue += "-wrong"
	}
	return &w, "wrong secret"
}

// forgeUAPAY signs the claims in a way that must be refused.
func (t *instance) forgeUAPAY(w *webhook) (how string) {
	claims := mustJSON(map[string]any{"paymentId": t.uuid(), "status": "FINISHED", "paymentStatus": "FINISHED", "amount": 1, "iat": t.start.Unix()})
	secret := t.accounts.Of(w.source).Secret
	var token string
	switch t.rng.IntN(4) {
	case 0:
		how, token = "alg none", Sign(claims, secret, jwt.SigningMethodNone)
	case 1:
		how, token = "alg HS384", Sign(claims, secret, jwt.SigningMethodHS384) //nolint:gosec // a kind of forgery
	case 2:
		how, token = "wrong secret", Sign(claims, secret+"-wrong", jwt.SigningMethodHS256)
	default:
		token = Sign(claims, secret, jwt.SigningMethodHS256)
		how, token = "signature cut", token[:len(token)-len("cut.")]
	}
	body := Envelope(token)
	w.render = func(int, time.Time) []byte { return body }
	return how
}

// forgeVoximplant makes a batch of three with one forged item; the other two are
// authentic and must be stored.
func (t *instance) forgeVoximplant() (forged *webhook, how string) {
	a := t.account()
	var callbacks [][]byte
	for range 3 {
		callbacks = append(callbacks, a.callback("min_balance", `{"is_min_credit":false,"is_repeated":false}`, "9.87"))
	}
	id := strconv.FormatInt(a.sequence, 10)
	vox := t.accounts.First(raw.ProviderVoximplant)
	good := VoximplantHash(vox.Salt, strconv.FormatInt(a.id, 10), vox.APIKey, id)
	bad := VoximplantHash(vox.Salt+"-wrong", strconv.FormatInt(a.id, 10), vox.APIKey, id)
	callbacks[2] = []byte(strings.Replace(string(callbacks[2]), good, bad, 1))
	a.batch(0, 1, callbacks...)
	forged = t.webhooks[len(t.webhooks)-1]
	t.webhooks = t.webhooks[:len(t.webhooks)-1]
	return forged, "one item of a batch"
}
