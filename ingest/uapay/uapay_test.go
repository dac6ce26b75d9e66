package uapay_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

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
	for name, claims := range map[string]jwt.MapClaims{"no id": {}, "null": {"paymentId": nil}} {
		if key, _, err := v.Verify(body(t, "k", claims)); err != nil || !strings.HasPrefix(key, "uapay:sha256:") {
			t.Errorf("%s: %s %v", name, key, err)
		}
	}
}

// TestAuthenticBodies: what is not JSON in a signed token, or beside it, keeps it out of
// no topic; it is keyed by its payment where that can be read.
func TestAuthenticBodies(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	const header = `{"alg":"HS256"}`
	good := `{"token":"` + signed(t, "k", header, `{"paymentId":"p"}`) + `"`
	claims := func(text string) string { return `{"token":"` + signed(t, "k", header, text) + `"}` }
	for name, c := range map[string]struct{ body, want string }{
		"Latin-1 in a claim":      {claims("{\"paymentId\":\"p\",\"x\":\"M\xfcller\"}"), "uapay:p"},
		"a raw tab in a claim":    {claims("{\"paymentId\":\"p\",\"x\":\"a\tb\"}"), "uapay:p"},
		"a mark before claims":    {claims("\ufeff{\"paymentId\":\"p\"}"), "uapay:p"},
		"deep claims":             {claims(`{"paymentId":"p","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`), "uapay:p"},
		"a cut id":                {claims("{\"paymentId\":\"\xd0\"}"), "uapay:sha256:"},
		"a claim without a key":   {claims(`{"paymentId":"p",1}`), "uapay:sha256:"},
		"Latin-1 beside a token":  {good + ",\"x\":\"\xfc\"}", "uapay:p"},
		"a mark before the token": {"\ufeff" + good + "}", "uapay:p"},
	} {
		if key, _, err := v.Verify([]byte(c.body)); err != nil || !strings.HasPrefix(key, c.want) {
			t.Errorf("%s: %s %v, want %s", name, key, err, c.want)
		}
	}
}

// TestHeader: one algorithm, named once, and no extension that must be understood.
func TestHeader(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	for header, want := range map[string]string{
		`{"alg":"HS256","typ":"JWT"}`:           "",
		"\n{\"kid\":\"1\",\"alg\":\"HS256\"}\n": "",
		`{"alg":"HS256","b64":true,"x":[{}]}`:   "",
		`{"alg":"\u0048S256"}`:                  "",
		`{"alg":"hs256"}`:                       "token_algorithm",
		`{"ALG":"HS256"}`:                       "token_algorithm",
		`{"alg":["HS256"]}`:                     "token_algorithm",
		`{"alg":"none","alg":"HS256"}`:          "token_algorithm",
		`{"alg":"HS256","alg":"none"}`:          "token_algorithm",
		`{"alg":"HS256","crit":["b64"]}`:        "token_algorithm",
		`{"alg":"HS512"}`:                       "token_algorithm",
		`{}`:                                    "token_algorithm",
		`["HS256"]`:                             "token_algorithm",
		`{"alg":"HS256"`:                        "token_algorithm",
		``:                                      "token_algorithm",
	} {
		token := signed(t, "k", header, `{"paymentId":"p"}`)
		_, _, err := v.Verify([]byte(`{"token":"` + token + `"}`))
		if got := reason(err); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

// TestClaims: what is signed is taken if it is an object, whatever is in it.
func TestClaims(t *testing.T) {
	t.Parallel()
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	for claims, want := range map[string]string{
		`{}`: "", " {\"paymentId\":1}\n": "", "{\"x\":\"\xff\"}": "", `{"paymentId":"a","paymentId":"b"}`: "",
		``: "claims_not_object", `[]`: "claims_not_object", `null`: "claims_not_object", `"x"`: "claims_not_object", `{"x":`: "claims_not_object",
		`{} {}`: "claims_not_object",
	} {
		_, _, err := v.Verify([]byte(`{"token":"` + signed(t, "k", `{"alg":"HS256"}`, claims) + `"}`))
		if got := reason(err); got != want {
			t.Errorf("%q: %q, want %q", claims, got, want)
		}
	}
}

// TestAgainstLibrary: what a JWT library refuses is never taken, however a good
// token was changed.
func TestAgainstLibrary(t *testing.T) {
	t.Parallel()
	key := []byte("k")
	v := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: key}})
	library := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	good := signed(t, "k", `{"alg":"HS256","typ":"JWT"}`, `{"paymentId":"p"}`)
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		token := []byte(good)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "change") {
			case 0:
				token[at] = rapid.SampledFrom([]byte("AQgw_-.=\n ")).Draw(t, "byte")
			case 1:
				token = slices.Delete(token, at, at+1)
			default:
				token = slices.Insert(token, at, rapid.SampledFrom([]byte("AQgw_-.=\n ")).Draw(t, "byte"))
			}
		}
		quoted, err := json.Marshal(string(token))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = v.Verify(slices.Concat([]byte(`{"token":`), quoted, []byte(`}`)))
		_, refused := library.Parse(string(token), func(*jwt.Token) (any, error) { return key, nil })
		if err == nil && refused != nil {
			t.Fatalf("%q was taken; the library: %v", token, refused)
		}
		if err == nil {
			taken++
			if string(token) != good {
				t.Fatalf("%q was taken", token)
			}
		}
	})
	if taken == 0 {
		t.Error("nothing was taken: the test tried nothing")
	}
}

// signed makes a token of any header and claims.
func signed(tb testing.TB, key, header, claims string) string {
	tb.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	signature, err := jwt.SigningMethodHS256.Sign(text, []byte(key))
	if err != nil {
		tb.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func reason(err error) string {
	if refusal, ok := errors.AsType[*proof.Refusal](err); ok {
		return refusal.Reason
	}
	return ""
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
