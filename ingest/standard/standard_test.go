package standard_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	judge "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/standard"
)

// The signatures were made by openssl:
//
//	openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
//	openssl pkeyutl -sign -inkey … -rawin | base64
const (
	secret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	id        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	body      = `{"test": 2432232314}`
	at        = 1614265330
	signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	public    = "whpk_Y5cc/pjx1luFwUY78PkiVxGcIXsWKqIcsSD9b3mMuUE="
	signed25  = "v1a,jxC4RSBdOs51MvW2XNCY0D79KV7GejZDQ8Ckdtpwe7vRLbscar7xcdvtRGcp16prPa8Ngh/D4sUBsNvdrd/rDw=="
)

// verify runs a request through a verifier with the secrets and returns the only record.
func verify(t *testing.T, secrets []string, now time.Time, header map[string]string, body string) (proof.Record, error) {
	t.Helper()
	source := proof.Source{ID: "shop", Correlation: []string{"/data/order", "/data/id"}}
	for i, text := range secrets {
		source.Secrets = append(source.Secrets, proof.Secret{ID: fmt.Sprint("s", i), Text: text})
	}
	v, err := standard.New(source)
	if err != nil {
		t.Fatal(err)
	}
	r := &proof.Request{Header: http.Header{}, Now: now}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if _, err := v.Head(r); err != nil {
		return proof.Record{}, err
	}
	if err := v.Body(r, []byte(body)); err != nil {
		return proof.Record{}, err
	}
	return r.Records[0], nil
}

func headers(replaced ...string) map[string]string {
	h := map[string]string{standard.HeaderID: id, standard.HeaderTimestamp: strconv.Itoa(at), standard.HeaderSignature: signature}
	for i := 0; i < len(replaced); i += 2 {
		h[replaced[i]] = replaced[i+1]
	}
	return h
}

// TestSignatures: what a sender may send, and every way to forge it.
func TestSignatures(t *testing.T) {
	t.Parallel()
	other := "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret of 24 byt"))
	both := []string{other, secret, public}
	for name, c := range map[string]struct {
		secrets []string
		header  map[string]string
		body    string
		now     int64
		want    string // the secret's id, or the reason of the refusal
	}{
		"HMAC":                     {header: headers(), want: "s1"},
		"ed25519":                  {header: headers(standard.HeaderSignature, signed25), want: "s2"},
		"several signatures":       {header: headers(standard.HeaderSignature, "v1,AAAA v2,x "+signature+" v1a,AAAA"), want: "s1"},
		"a rotated secret":         {secrets: []string{secret, other}, header: headers(), want: "s0"},
		"without the prefix":       {secrets: []string{strings.TrimPrefix(secret, "whsec_")}, header: headers(), want: "s0"},
		"at the tolerance":         {header: headers(), now: at + 300, want: "s1"},
		"early at the tolerance":   {header: headers(), now: at - 300, want: "s1"},
		"too old":                  {header: headers(), now: at + 301, want: "webhook_time"},
		"too new":                  {header: headers(), now: at - 301, want: "webhook_time"},
		"a later time":             {header: headers(standard.HeaderTimestamp, strconv.Itoa(at+1)), want: "webhook_signature"},
		"another id":               {header: headers(standard.HeaderID, id+"x"), want: "webhook_signature"},
		"another body":             {header: headers(), body: `{"test": 2432232315}`, want: "webhook_signature"},
		"a space in the body":      {header: headers(), body: body + " ", want: "webhook_signature"},
		"another secret":           {secrets: []string{other}, header: headers(), want: "webhook_signature"},
		"no secret":                {secrets: []string{}, header: headers(), want: "webhook_signature"},
		"no signature":             {header: headers(standard.HeaderSignature, ""), want: "webhook_signature"},
		"no version":               {header: headers(standard.HeaderSignature, strings.TrimPrefix(signature, "v1,")), want: "webhook_signature"},
		"HMAC as ed25519":          {header: headers(standard.HeaderSignature, strings.Replace(signature, "v1,", "v1a,", 1)), want: "webhook_signature"},
		"ed25519 as HMAC":          {header: headers(standard.HeaderSignature, strings.Replace(signed25, "v1a,", "v1,", 1)), want: "webhook_signature"},
		"an unknown version":       {header: headers(standard.HeaderSignature, strings.Replace(signature, "v1,", "v9,", 1)), want: "webhook_signature"},
		"a cut signature":          {header: headers(standard.HeaderSignature, signature[:len(signature)-4]), want: "webhook_signature"},
		"too many signatures":      {header: headers(standard.HeaderSignature, strings.Repeat("v1,AAAA ", 16)+signature), want: "webhook_signature"},
		"the public key as secret": {secrets: []string{"whsec_" + strings.TrimPrefix(public, "whpk_")}, header: headers(standard.HeaderSignature, signed25), want: "webhook_signature"},
		"no id":                    {header: headers(standard.HeaderID, ""), want: "webhook_id"},
		"an id with a space":       {header: headers(standard.HeaderID, "a b"), want: "webhook_id"},
		"a long id":                {header: headers(standard.HeaderID, strings.Repeat("a", 129)), want: "webhook_id"},
		"no time":                  {header: headers(standard.HeaderTimestamp, ""), want: "webhook_timestamp"},
		"a time with a sign":       {header: headers(standard.HeaderTimestamp, "+1614265330"), want: "webhook_timestamp"},
		"a time in milliseconds":   {header: headers(standard.HeaderTimestamp, "1614265330000"), want: "webhook_timestamp"},
		"a dot moved into the id":  {header: headers(standard.HeaderID, id+".1614265330"), want: "webhook_signature"},
	} {
		if c.secrets == nil {
			c.secrets = both
		}
		if c.body == "" {
			c.body = body
		}
		if c.now == 0 {
			c.now = at
		}
		record, err := verify(t, c.secrets, time.Unix(c.now, 0), c.header, c.body)
		got := record.SecretID
		if refusal, ok := errors.AsType[*proof.Refusal](err); ok {
			got = refusal.Reason
			if refusal.Status != http.StatusUnauthorized {
				t.Errorf("%s: status %d", name, refusal.Status)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// TestTheReferenceLibraryAgrees: what the specification's own library signs is taken, and
// it takes nothing that is refused here.
func TestTheReferenceLibraryAgrees(t *testing.T) {
	t.Parallel()
	hook, err := judge.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i := range 200 {
		body := fmt.Sprintf(`{"type":"order.packed","n":%d,"text":%q}`, i, strings.Repeat("ü", i))
		text, err := hook.Sign(fmt.Sprint("msg_", i), now, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		h := headers(standard.HeaderID, fmt.Sprint("msg_", i), standard.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10), standard.HeaderSignature, text)
		if i%2 == 1 { // change one byte
			h[standard.HeaderSignature] = text[:5] + string('A'+rune(i%26)) + text[6:]
		}
		sent := http.Header{}
		for name, value := range h {
			sent.Set(name, value)
		}
		_, ours := verify(t, []string{secret}, now, h, body)
		if theirs := hook.Verify([]byte(body), sent); (ours == nil) != (theirs == nil) {
			t.Errorf("%d: %v here, %v in the library", i, ours, theirs)
		}
	}
}

// TestKey: the first pointer with an id, else the webhook-id.
func TestKey(t *testing.T) {
	t.Parallel()
	hook, err := judge.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`{"data":{"order":"o-17","id":"i"}}`:                    "standard:shop:o-17",
		`{"data":{"order":17}}`:                                 "standard:shop:17",
		`{"data":{"order":" o-17 "}}`:                           "standard:shop:o-17",
		`{"data":{"order":null,"id":"i"}}`:                      "standard:shop:i",
		`{"data":{"order":"","id":"i"}}`:                        "standard:shop:i",
		`{"data":{"order":"message:x"}}`:                        "standard:shop:message:" + id,
		`{"data":{}}`:                                           "standard:shop:message:" + id,
		`{"data":{"order":"` + strings.Repeat("x", 300) + `"}}`: "standard:sha256:",
		`{"data":{"order":"o-17"}`:                              "standard:shop:message:" + id,
	} {
		text, err := hook.Sign(id, time.Unix(at, 0), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		record, err := verify(t, []string{secret}, time.Unix(at, 0), headers(standard.HeaderSignature, text), body)
		if err != nil || !strings.HasPrefix(record.Key, want) || !strings.HasSuffix(want, ":") && record.Key != want {
			t.Errorf("%.40s: %s, %v; want %s", body, record.Key, err, want)
		}
		if len(record.Headers) != 2 || string(record.Headers[0].Value) != id {
			t.Errorf("%.40s: headers %v", body, record.Headers)
		}
	}
}

// TestSecretsThatAreNone are refused at the start.
func TestSecretsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "whsec_", "whsec_!", "whsec_c2hvcnQ=", "whpk_", "whpk_AAAA", "plain text"} {
		if _, err := standard.New(proof.Source{Secrets: []proof.Secret{{ID: "s", Text: text}}}); err == nil {
			t.Errorf("New() with the secret %q = nil", text)
		}
	}
}
