package ingest_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/ingest/lox24"
	"github.com/tributary-hq/tributary/ingest/uapay"
	"github.com/tributary-hq/tributary/ingest/unibell"
	"github.com/tributary-hq/tributary/ingest/voximplant"
)

// shapes are bodies that cost more than their bytes in a reader that gathers what it
// reads.
func shapes(tb testing.TB) map[string]string {
	tb.Helper()
	const size = 512 << 10
	fill := func(begin, part, end string) string {
		n := (size - len(begin) - len(part) - len(end)) / len(part)
		return begin + strings.Repeat(part, n) + strings.TrimSuffix(part, ",") + end
	}
	token := sign(tb, jwt.SigningMethodHS256, []byte("wrong"), fill(`{"paymentId":"p","x":"`, "x", `"}`)[:3*size/4-1000]+`"}`)
	out := map[string]string{
		"zeros":            fill(`{"callbacks":[`, `0,`, `]}`),
		"empty objects":    fill(`{"callbacks":[`, `{},`, `]}`),
		"almost callbacks": fill(`{"callbacks":[`, `{"account_id":1,"callback_id":2,"hash":"0123456789abcdef0123456789abcdef"},`, `]}`),
		"many arrays":      fill(`{`, `"callbacks":[0],`, `}`),
		"deep arrays":      `{"x":` + strings.Repeat("[", size/2) + strings.Repeat("]", size/2) + `}`,
		"deep objects":     `{"x":` + strings.Repeat(`{"":`, size/5) + "0" + strings.Repeat("}", size/5) + `}`,
		"wide":             fill(`{`, `"a":0,`, `}`),
		"wide, escaped":    fill(`{`, `"\u0061":"\u0061",`, `}`),
		"a long escape":    fill(`{"token":"`, `\u0061`, `"}`),
		"a long key":       fill(`{"`, `\u0061`, `":0}`),
		"a long mix":       fill(`{"token":"`, `aaaaaaaaaaaaaaaa\n`, `"}`),
		"a form":           fill(``, `a=b&`, ``),
		"a wide form":      fill(``, `%61=%62&`, ``),
		"a forged token":   tokenBody(token),
		"many parts":       fill(`{"token":"`, `.`, `"}`),
	}
	for _, key := range []string{"token", "data", "reference", "requestId", "account_id", "callback_id", "hash", "destAddr"} {
		out["repeated "+key] = fill(`{`, `"`+key+`":"\u0061\u0062",`, `}`)
		out["repeated in "+key] = fill(`{"`+key+`":{`, `"id":"\u0061",`, `}}`)
		out["repeated in items "+key] = fill(`{"callbacks":[{`, `"`+key+`":"\u0061",`, `}]}`)
	}
	return out
}

// allocated returns how many bytes f allocates. Nothing else runs meanwhile, for the
// test is not parallel.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestCost: whatever its shape, what a body costs is a small multiple of its size: what
// proves it and finds its key at most three times, all of a refused request eight times,
// copies that were given up included.
func TestCost(t *testing.T) { //nolint:paralleltest // It measures what the process allocates.
	const fixed = 64 << 10
	verifier := uapay.NewVerifier([]uapay.Secret{{ID: "k", Key: []byte("k")}})
	salts := []voximplant.Secret{{ID: "old", Salt: "s", APIKey: "k"}, {ID: "new", Salt: "t", APIKey: "k"}}
	readers := map[string]func(string){
		"lox24":          func(body string) { _, _ = lox24.Key([]byte(body)) },
		"uapay":          func(body string) { _, _, _ = verifier.Verify([]byte(body)) },
		"voximplant":     func(body string) { _, _ = voximplant.Split([]byte(body), salts) },
		"unibell status": func(body string) { _, _ = unibell.StatusKey("s", "", []byte(body)) },
		"unibell form":   func(body string) { _, _ = unibell.StatusKey("s", "application/x-www-form-urlencoded", []byte(body)) },
		"unibell relay": func(body string) {
			rules := unibell.Rules{Prefixes: []string{unibell.DefaultPrefix}, MinCode: 4, MaxCode: 8}
			_, _ = unibell.ReadRequest([]byte(body), &rules, func() string { return "r" })
		},
	}
	r := newRig(t, func(c *ingest.Config) { c.AccessLog = false })
	worst := map[string]float64{}
	defer func() { t.Logf("at most, as multiples of the body: %v", worst) }()
	for shape, body := range shapes(t) {
		size := uint64(len(body))
		for name, read := range readers {
			n := allocated(func() { read(body) })
			worst[name] = max(worst[name], float64(n)/float64(size))
			if n > 4*size+fixed { // one of the four is the conversion here
				t.Errorf("%s reads %s with %d bytes, %.1f times its size", name, shape, n, float64(n)/float64(size))
			}
		}
		for _, path := range []string{payPath, "/v1/voximplant/vox", "/v1/lox24/lox/wrong", "/v1/unibell/uni/wrong", flash} {
			w := httptest.NewRecorder()
			request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			n := allocated(func() { r.service.Handler().ServeHTTP(w, request) })
			worst[path] = max(worst[path], float64(n)/float64(size))
			if n > 8*size+fixed {
				t.Errorf("%s: %s costs %d bytes, %.1f times its size", path, shape, n, float64(n)/float64(size))
			}
			if w.Code < 400 || w.Code >= 500 {
				t.Errorf("%s: %s is answered %d", path, shape, w.Code)
			}
		}
	}
}
