package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// StandardSecret is the secret of the demo's sender of Standard Webhooks.
const StandardSecret = "whsec_dHJpYnV0YXJ5LWRlbW8tc2hpcHBpbmctc2VjcmV0" //nolint:gosec // it is no credential

// parcelBody is the body of a sender that signs as Standard Webhooks specifies.
type parcelBody struct {
	Type      string         `json:"type"`
	Timestamp string         `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// parcel adds an event about the parcel of a paid order; order may be empty.
func (t *instance) parcel(at time.Duration, kind, order string) {
	data := map[string]any{"parcel": t.uuid(), "weight": 0.1 * float64(1+t.rng.IntN(50))}
	if order != "" {
		data["order"] = order
	}
	body := mustJSON(parcelBody{Type: kind, Timestamp: t.time(at).UTC().Format(isoMillis), Data: data})
	account, id := t.accounts.First(raw.ProviderStandard), "msg_"+strings.ReplaceAll(t.uuid(), "-", "")
	t.add(&webhook{
		provider: raw.ProviderStandard, source: account.Source, path: "/v1/standard/" + account.Source, items: 1, at: at,
		render: func(int, time.Time) []byte { return body },
		sign: func(body []byte, now time.Time) map[string]string {
			return StandardHeaders(id, account.Secret, body, now)
		},
		forge: (*instance).forgeStandard,
	})
}

// StandardHeaders signs a body as Standard Webhooks specifies.
func StandardHeaders(id, secret string, body []byte, now time.Time) map[string]string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")) // without a key nothing is proven
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return map[string]string{
		"webhook-id": id, "webhook-timestamp": at, "webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}

// forgeStandard signs the body in a way that must be refused.
func (t *instance) forgeStandard(w *webhook) (how string) {
	account, id := t.accounts.First(raw.ProviderStandard), "msg_forged_"+t.digits(12)
	how = []string{"wrong secret", "old timestamp", "other body", "no signature"}[t.rng.IntN(4)]
	w.sign = func(body []byte, now time.Time) map[string]string {
		secret := account.Secret
		switch how {
		case "wrong secret":
			secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("not the secret of the sender"))
		case "old timestamp":
			now = now.AddDate(0, 0, -2)
		case "other body":
			body = []byte(`{"type":"order.refunded"}`)
		}
		headers := StandardHeaders(id, secret, body, now)
		if how == "no signature" {
			delete(headers, "webhook-signature")
		}
		return headers
	}
	return how
}

func standardScenarios() []scenario {
	return []scenario{
		{"verified, paid, then shipped", 6, func(t *instance) {
			t.verified()
			t.paid(2 * time.Minute)
			t.parcel(6*time.Minute, "order.packed", t.order)
			t.parcel(9*time.Minute, "order.shipped", t.order)
			t.parcel(10*time.Minute, "order.shipped", t.order)
		}},
		{"shipped without an order id", 1, func(t *instance) { t.parcel(time.Second, "parcel.returned", "") }},
		{"shipped for an order nobody else knows", 1, func(t *instance) { t.parcel(time.Second, "order.packed", t.order) }},
	}
}
