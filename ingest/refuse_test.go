package ingest_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/ingest/voximplant"
)

// refusal is a request that must not become a record.
type refusal struct {
	method, path, body string
	headers            []string
	code               int
	reason             string
}

func uapayRefusals(t *testing.T) map[string]refusal {
	t.Helper()
	claims := testdata(t, "uapay_sample_claims.json")
	good := sign(t, jwt.SigningMethodHS256, []byte(payKey), claims)
	parts := strings.Split(good, ".")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	none := sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims)
	send := func(body string, code int, reason string) refusal {
		return refusal{path: "/v1/uapay/pay", body: body, code: code, reason: reason}
	}
	return map[string]refusal{
		"the seed's own token":       send(testdata(t, "uapay_token.json"), 401, "token_signature"),
		"alg none":                   send(tokenBody(none), 401, "token_algorithm"),
		"alg none, signature kept":   send(tokenBody(none+parts[2]), 401, "token_algorithm"),
		"RS256":                      send(tokenBody(sign(t, jwt.SigningMethodRS256, rsaKey, claims)), 401, "token_algorithm"),
		"HS384 with right secret":    send(tokenBody(sign(t, jwt.SigningMethodHS384, []byte(payKey), claims)), 401, "token_algorithm"),
		"two parts":                  send(tokenBody(parts[0]+"."+parts[1]), 401, "token_malformed"),
		"four parts":                 send(tokenBody(good+"."+parts[2]), 401, "token_malformed"),
		"wrong secret":               send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte("wrong"), claims)), 401, "token_signature"),
		"empty secret":               send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte{}, claims)), 401, "token_signature"),
		"secret of another source":   send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKeyOther), claims)), 401, "token_signature"),
		"signature cut":              send(tokenBody(good[:len(good)-2]), 401, "token_malformed"),
		"base64 cut":                 send(tokenBody(good[:len(good)-1-len(parts[2])-2]+"."+parts[2]), 401, "token_malformed"),
		"claims changed":             send(tokenBody(parts[0]+"."+strings.TrimRight(jwtEncode(`{"paymentId":"x"}`), "=")+"."+parts[2]), 401, "token_signature"),
		"claims an array":            send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKey), `[1]`)), 400, "claims_not_object"),
		"claims null":                send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKey), `null`)), 400, "claims_not_object"),
		"claims an array, unsigned":  send(tokenBody(sign(t, jwt.SigningMethodHS256, []byte("wrong"), `[1]`)), 401, "token_signature"),
		"token an array":             send(`{"token":["`+good+`"]}`, 400, "token_not_string"),
		"two tokens":                 send(`{"token":"`+good+`","token":"`+good+`"}`, 400, "token_repeated"),
		"two tokens, one escaped":    send(`{"token":"`+good+`","\u0074oken":"`+good+`"}`, 400, "token_repeated"),
		"no token":                   send(`{"Token":"`+good+`"}`, 400, "token_missing"),
		"uapay not an object":        send(`"`+good+`"`, 400, "not_json_object"),
		"uapay trailing text":        send(tokenBody(good)+"x", 400, "not_json"),
		"uapay on a source of lox24": {path: "/v1/uapay/lox", body: tokenBody(good), code: 404, reason: "unknown_source"},
	}
}

func voximplantRefusals() map[string]refusal {
	send := func(body string, code int, reason string) refusal {
		return refusal{path: "/v1/voximplant/vox", body: body, code: code, reason: reason}
	}
	good := callback("1", "2", "")
	return map[string]refusal{
		"batch empty":         send(batch(), 400, "batch_empty"),
		"batch of 1001":       send(callbacks(voximplant.MaxBatch+1), 413, "batch_too_large"),
		"no callbacks":        send(`{}`, 400, "callbacks_missing"),
		"callbacks no array":  send(`{"callbacks":`+good+`}`, 400, "callbacks_missing"),
		"callbacks twice":     send(`{"callbacks":[`+good+`],"callbacks":[]}`, 400, "callbacks_missing"),
		"item no object":      send(batch(`"x"`), 401, "hash"),
		"item without hash":   send(batch(`{"callback_id":2,"account_id":1}`), 401, "hash"),
		"item with two ids":   send(batch(strings.Replace(good, "{", `{"account_id":1,`, 1)), 401, "hash"),
		"ids moved":           send(batch(strings.NewReplacer(`"callback_id":2`, `"callback_id":3`).Replace(good)), 401, "hash"),
		"id not a number":     send(batch(callback(`"1x"`, "2", "")), 401, "hash"),
		"id with a fraction":  send(batch(callback("1.0", "2", "")), 401, "hash"),
		"voximplant not json": send(`{"callbacks":[`, 400, "not_json"),
	}
}

func loxRefusals() map[string]refusal {
	const path = "/v1/lox24/lox/" + loxSecret
	send := func(body string, code int, reason string, headers ...string) refusal {
		return refusal{path: path, body: body, code: code, reason: reason, headers: headers}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(`{"data":{"id":"v"}}`))
	_ = z.Close()
	return map[string]refusal{
		"no secret":            {path: "/v1/lox24/lox", body: `{}`, code: 401, reason: "secret"},
		"wrong secret":         {path: "/v1/lox24/lox/wrong", body: `{}`, code: 401, reason: "secret"},
		"secret and newline":   {path: path + "%0A", body: `{}`, code: 401, reason: "secret"},
		"lox24 not json":       send(`{"data":`, 400, "not_json"),
		"lox24 not an object":  send(`[{"data":{"id":"v"}}]`, 400, "not_json_object"),
		"lox24 empty":          send(``, 400, "not_json_object"),
		"lox24 two values":     send(`{"data":{"id":"v"}}{}`, 400, "not_json"),
		"gzip not announced":   send(zipped.String(), 400, "not_json_object"),
		"gzip announced":       send(zipped.String(), 415, "content_encoding", "Content-Encoding: gzip"),
		"content type":         send(`{}`, 415, "content_type", "Content-Type: text/plain"),
		"form for lox24":       send(`a=b`, 415, "content_type", "Content-Type: application/x-www-form-urlencoded"),
		"unknown source":       {path: "/v1/lox24/nobody/" + loxSecret, body: `{}`, code: 404, reason: "unknown_source"},
		"unknown route":        {path: "/v2/lox24", body: `{}`, code: 404, reason: "unknown_route"},
		"no route":             {path: "/", body: `{}`, code: 404, reason: "unknown_route"},
		"a path that goes up":  {path: "/v1/x/../lox24/lox/" + loxSecret, body: `{}`, code: 404, reason: "unknown_route"},
		"and escaped":          {path: "/v1/x/%2e%2e/lox24/lox/" + loxSecret, body: `{}`, code: 404, reason: "unknown_route"},
		"more than a route":    {path: path + "/x/y", body: `{}`, code: 404, reason: "unknown_route"},
		"wrong method":         {method: http.MethodGet, path: path, code: 405, reason: "method"},
		"put":                  {method: http.MethodPut, path: path, body: `{}`, code: 405, reason: "method"},
		"unibell no secret":    {path: "/v1/unibell/uni", body: `{}`, code: 401, reason: "secret"},
		"unibell not json":     {path: "/v1/unibell/uni/" + uniSecret, body: `x`, code: 400, reason: "not_json_object"},
		"relay no token":       {path: "/v1/unibell/uni/calls/flash", body: `{}`, code: 401, reason: "secret"},
		"relay status secret":  {path: "/v1/unibell/uni/calls/flash", body: `{}`, code: 401, reason: "secret", headers: []string{"Authorization: Bearer " + uniSecret}},
		"caller's on status":   {path: "/v1/unibell/uni/" + callerToken, body: `{}`, code: 401, reason: "secret"},
		"lox24 over the limit": send(`{"x":"`+strings.Repeat("a", 512<<10)+`"}`, 413, "body_too_large"),
	}
}

// TestRefused holds each negative case to its answer and its metric, and the
// topics to stay empty.
func TestRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, cases := range []map[string]refusal{uapayRefusals(t), voximplantRefusals(), loxRefusals()} {
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			c := cases[name]
			if c.method == "" {
				c.method = http.MethodPost
			}
			labels := map[string]string{"code": strconv.Itoa(c.code), "reason": c.reason}
			before := r.counter("tributary_ingest_requests_total", labels)
			a := r.send(c.method, c.path, strings.NewReader(c.body), c.headers...)
			if a.code != c.code || a.header.Get("Content-Type") != "application/problem+json" || a.parsed.Status != c.code {
				t.Errorf("%s: answer %d, want %d: %.200s", name, a.code, c.code, a.body)
			}
			if after := r.counter("tributary_ingest_requests_total", labels); after != before+1 {
				t.Errorf("%s: the metric of %v went from %v to %v", name, labels, before, after)
			}
			if c.code == http.StatusMethodNotAllowed && a.header.Get("Allow") != http.MethodPost {
				t.Errorf("%s: Allow is %q", name, a.header.Get("Allow"))
			}
		}
	}
	if n := r.counter("tributary_ingest_records_total", nil); n != 0 {
		t.Errorf("%v records were written", n)
	}
	for _, hidden := range []string{loxSecret, uniSecret, callerToken, payKey, "eyJ"} {
		if strings.Contains(r.logs.String(), hidden) {
			t.Errorf("the log holds %.5s…", hidden)
		}
	}
}

// TestUnprovenLookAlike compares the answers of a wrong and of a missing secret.
func TestUnprovenLookAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	missing, wrong := r.post("/v1/lox24/lox", `{}`), r.post("/v1/lox24/lox/wrong", `{}`)
	for _, a := range []*answer{&missing, &wrong} {
		a.body = strings.ReplaceAll(a.body, a.header.Get(ingest.HeaderRequestID), "")
	}
	if missing.body != wrong.body || missing.code != wrong.code {
		t.Errorf("%d %s\n%d %s", missing.code, missing.body, wrong.code, wrong.body)
	}
}

// TestBodyLimit sends the limit and a byte more, with and without a length.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	limit := int(ingest.DefaultConfig().MaxBodyBytes)
	const frame = `{"data":{"id":"v"},"x":""}`
	body := func(n int) string {
		return frame[:len(frame)-2] + strings.Repeat("é", (n-len(frame))/2) + frame[len(frame)-2:]
	}
	if len(body(limit)) != limit {
		t.Fatalf("the body has %d bytes", len(body(limit)))
	}
	path := "/v1/lox24/lox/" + loxSecret
	chunked := func(text string) io.Reader { return struct{ io.Reader }{strings.NewReader(text)} }
	for name, c := range map[string]struct {
		body io.Reader
		code int
	}{
		"limit":               {strings.NewReader(body(limit)), 200},
		"limit chunked":       {chunked(body(limit)), 200},
		"limit plus 1":        {strings.NewReader(body(limit) + " "), 413},
		"limit plus 1 chunks": {chunked(body(limit) + " "), 413},
	} {
		if a := r.send(http.MethodPost, path, c.body); a.code != c.code {
			t.Errorf("%s: %d, want %d", name, a.code, c.code)
		}
	}
	r.counted(http.StatusRequestEntityTooLarge, "body_too_large", 2)
	r.counted(http.StatusOK, "accepted", 2)
	for _, record := range r.records("raw.lox24.v1", 2) {
		if string(record.Value) != body(limit) {
			t.Error("the body at the limit was changed")
		}
	}
}
