package uapay_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/uapay"
)

func body(tb testing.TB, key string, claims jwt.MapClaims) []byte {
	tb.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(key))
	if err != nil {
		tb.Fatal(err)
	}
	return []byte(`{"token":"` + token + `"}`)
}

// TestVerify names the secret that signed, whichever it is, and no other.
func TestVerify(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "old", Key: []byte("one")}, {ID: "new", Key: []byte("two")}})
	for key, want := range map[string]string{"one": "old", "two": "new"} {
		got, id, err := v.Verify(body(t, key, jwt.MapClaims{"paymentId": "p"}))
		if err != nil || got != "uapay:p" || id != want {
			t.Errorf("%s: %s %s %v", key, got, id, err)
		}
	}
	var refusal *proof.Refusal
	if _, _, err := v.Verify(body(t, "three", jwt.MapClaims{})); !errors.As(err, &refusal) || refusal.Status != 401 {
		t.Error(err)
	}
	if _, _, err := uapay.NewVerifier(nil).Verify(body(t, "", jwt.MapClaims{})); !errors.As(err, &refusal) || refusal.Status != 401 {
		t.Errorf("without secrets: %v", err)
	}
}

// TestTimeClaims: retries come a day later, and UAPAY signs no expiry; claims of
// that name are data.
func TestTimeClaims(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	for name, claims := range map[string]jwt.MapClaims{
		"old":      {"paymentId": "p", "iat": 1},
		"future":   {"paymentId": "p", "iat": 99999999999, "nbf": 99999999999},
		"expired":  {"paymentId": "p", "exp": 1},
		"text iat": {"paymentId": "p", "iat": "yesterday"},
	} {
		if key, _, err := v.Verify(body(t, "k", claims)); err != nil || key != "uapay:p" {
			t.Errorf("%s: %s %v", name, key, err)
		}
	}
}

// TestHashedKey: an authentic token without a usable id is taken all the same.
func TestHashedKey(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	var deep any = "x"
	for range 100 {
		deep = []any{deep}
	}
	for name, claims := range map[string]jwt.MapClaims{"no id": {}, "null": {"paymentId": nil}, "deep": {"paymentId": "p", "x": deep}} {
		if key, _, err := v.Verify(body(t, "k", claims)); err != nil || !strings.HasPrefix(key, "uapay:sha256:") {
			t.Errorf("%s: %s %v", name, key, err)
		}
	}
}

// FuzzVerify: nothing passes that was not signed.
func FuzzVerify(f *testing.F) {
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("a key that no fuzzer finds")}})
	f.Add(body(f, "other", jwt.MapClaims{"paymentId": "p"}))
	f.Add([]byte(`{"token":"eyJhbGciOiJub25lIn0.e30."}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, _, err := v.Verify(body); err == nil {
			t.Errorf("%q passed", body)
		}
	})
}
