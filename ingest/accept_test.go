package ingest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func jwtEncode(text string) string { return base64.URLEncoding.EncodeToString([]byte(text)) }

// TestAccepted sends what providers send, and finds it byte for byte in the raw
// topic, with its key and the envelope.
func TestAccepted(t *testing.T) {
	t.Parallel()
	sample := sign(t, jwt.SigningMethodHS256, []byte(payKey), testdata(t, "uapay_sample_claims.json"))
	p2p := sign(t, jwt.SigningMethodHS256, []byte(payKey), testdata(t, "uapay_p2p_claims.json"))
	const json1 = "application/json"
	lox := func(id string) raw.Envelope {
		return raw.Envelope{Source: "lox", Provider: "lox24", Assurance: "shared-secret", SecretID: id, Kind: "webhook", Items: 1, ContentType: json1}
	}
	pay := raw.Envelope{Source: "pay", Provider: "uapay", Assurance: "signed-body", SecretID: "k1", Kind: "webhook", Items: 1, ContentType: json1}
	uni := raw.Envelope{Source: "uni", Provider: "unibell", Assurance: "shared-secret", SecretID: "s1", Kind: "webhook", Items: 1, ContentType: json1}
	form := uni
	form.ContentType = "application/x-www-form-urlencoded"
	traced := lox("old")
	traced.Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	const verification = "lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890"
	tests := map[string]struct {
		path, body, topic, key string
		headers                []string
		want                   raw.Envelope
	}{
		"lox24 success, secret in path": {
			"/v1/lox24/lox/" + loxSecret, testdata(t, "lox24_success.json"), schemas.RawLOX24, verification, nil, lox("old"),
		},
		"lox24 channel failed, the new secret, Basic": {
			"/v1/lox24/lox", testdata(t, "lox24_channel_failed.json"), schemas.RawLOX24, verification,
			[]string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("any:"+loxSecretTwo))},
			lox("new"),
		},
		"lox24 header and trace": {
			"/v1/lox24/lox", `{"data":{"id":"v"}}`, schemas.RawLOX24, "lox24:v",
			[]string{"X-Tributary-Secret: " + loxSecret, "Traceparent: " + traced.Traceparent},
			traced,
		},
		"lox24 without its key field": {
			"/v1/lox24/lox/" + loxSecret, `{}`, schemas.RawLOX24,
			"lox24:sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", nil, lox("old"),
		},
		"uapay sample claims": {
			"/v1/uapay/pay", tokenBody(sample), schemas.RawUAPAY, "uapay:61b9a5d5-d429-48fa-b01c-2f8dc75f2023", nil, pay,
		},
		"uapay p2p, iat older than postbackTime": {
			"/v1/uapay/pay", tokenBody(p2p), schemas.RawUAPAY, "uapay:" + paymentID(t, "uapay_p2p_claims.json"), nil, pay,
		},
		"unibell status json":       {"/v1/unibell/uni/" + uniSecret, `{"requestId":"q","reference":"r","status":"X"}`, schemas.RawUnibell, "unibell:uni:r", nil, uni},
		"unibell status request id": {"/v1/unibell/uni/" + uniSecret, `{"requestId":"q","reference":""}`, schemas.RawUnibell, "unibell:uni:request:q", nil, uni},
		"unibell status form": {
			"/v1/unibell/uni/" + uniSecret, "reference=r2&status=DELIVERED", schemas.RawUnibell, "unibell:uni:r2",
			[]string{"Content-Type: application/x-www-form-urlencoded"},
			form,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			a := r.post(test.path, test.body, test.headers...)
			if a.code != http.StatusOK || len(a.parsed.Records) != 1 || a.parsed.Records[0].Topic != "test."+test.topic {
				t.Fatalf("answer %d %s", a.code, a.body)
			}
			record := r.records(test.topic, 1)[0]
			if string(record.Value) != test.body || string(record.Key) != test.key {
				t.Errorf("key %q, body equal: %v", record.Key, string(record.Value) == test.body)
			}
			got := envelope(t, record)
			if got.RequestID == "" || got.RequestID != a.header.Get(ingest.HeaderRequestID) {
				t.Errorf("request id %q, answered %q", got.RequestID, a.header.Get(ingest.HeaderRequestID))
			}
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(raw.Envelope{}, "RequestID", "ReceivedAt")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(r.logs.String(), loxSecret) {
				t.Error("the secret of the path is in the log")
			}
		})
	}
}

func paymentID(t *testing.T, name string) string {
	t.Helper()
	var claims struct {
		ID string `json:"paymentId"` //nolint:tagliatelle // The provider's name.
	}
	if err := json.Unmarshal([]byte(testdata(t, name)), &claims); err != nil {
		t.Fatal(err)
	}
	return claims.ID
}

// TestVoximplantTypes sends a callback of every type, nested and flat, with ids
// as numbers and as strings, beyond 2^53.
func TestVoximplantTypes(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	var items []string
	for i, name := range strings.Fields(testdata(t, "voximplant_types.txt")) {
		items = append(items, callback("4567", strconv.Itoa(9007199254740993+i), `,"type":"`+name+`","`+name+`":{}`))
	}
	items = append(items,
		callback(`"9007199254740993"`, `"9007199254740995"`, `,"type":"sms_inbound","sms_inbound":{"sms_inbound":{"source_number":"1"}}`),
		callback("9007199254740993", "9007199254740994", ` , "type":"sms_inbound","sms_inbound":{"source_number":"1"}`),
		callback("1", "2", `,"type":"transcription_complete","transcription_complete":{"transcription_complete":{"record_url":"u"}}`),
		callback("1", "3", `,"type":"transcription_complete","transcription_complete":{"record_url":"u"}`),
		callback("1", "4", `,"type":"of_next_year"`))
	a := r.post("/v1/voximplant/vox", batch(items...))
	if a.code != http.StatusOK || len(a.parsed.Records) != len(items) {
		t.Fatalf("answer %d %s", a.code, a.body)
	}
	got := make([]string, len(items))
	for _, record := range r.records(schemas.RawVoximplant, len(items)) {
		e := envelope(t, record)
		got[e.Item] = string(record.Value)
		if e.Items != len(items) || e.Assurance != raw.AssuranceSignedID || e.SecretID != "v1" {
			t.Errorf("item %d: %+v", e.Item, e)
		}
		if e.Item >= len(items)-5 && e.Item < len(items)-3 && string(record.Key) != "voximplant:9007199254740993" {
			t.Errorf("item %d has key %s", e.Item, record.Key)
		}
	}
	if diff := cmp.Diff(items, got); diff != "" {
		t.Error(diff)
	}
}

// TestVoximplantBare sends single callbacks without the array around them, of
// every type, nested and flat.
func TestVoximplantBare(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	bodies := []string{
		callback("4567", "1", `,"type":"sms_inbound","sms_inbound":{"sms_inbound":{"source_number":"1"}}`),
		callback("4567", "2", `,"type":"sms_inbound","sms_inbound":{"source_number":"1"}`),
		" " + callback(`"9007199254740993"`, `"9007199254740995"`, "") + "\n",
	}
	for i, name := range strings.Fields(testdata(t, "voximplant_types.txt")) {
		bodies = append(bodies, callback("4567", strconv.Itoa(10+i), `,"type":"`+name+`","`+name+`":{}`))
	}
	for _, body := range bodies {
		if a := r.post("/v1/voximplant/vox", body); a.code != http.StatusOK || len(a.parsed.Records) != 1 {
			t.Fatalf("%s: answer %d %s", body, a.code, a.body)
		}
	}
	var got []string
	for _, record := range r.records(schemas.RawVoximplant, len(bodies)) {
		got = append(got, string(record.Value))
		if e := envelope(t, record); e.Items != 1 || e.Assurance != raw.AssuranceSignedID || !strings.HasPrefix(string(record.Key), "voximplant:") {
			t.Errorf("%s: %+v", record.Key, e)
		}
	}
	slices.Sort(bodies)
	slices.Sort(got)
	if diff := cmp.Diff(bodies, got); diff != "" {
		t.Error(diff)
	}
	a := r.post("/v1/voximplant/vox", strings.Replace(bodies[1], `"account_id":`, `"account_id":1`, 1))
	if a.code != http.StatusUnauthorized || !slices.Equal(a.parsed.Refused, []int{0}) {
		t.Errorf("forged: %d %s", a.code, a.body)
	}
}

// TestVoximplantForged keeps the good ones of a batch and names the bad.
func TestVoximplantForged(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	good, bad := callback("1", "1", ""), strings.Replace(callback("1", "2", ""), `"account_id":1`, `"account_id":3`, 1)
	a := r.post("/v1/voximplant/vox", batch(good, bad, callback("1", "3", "")))
	if a.code != http.StatusUnauthorized || !slices.Equal(a.parsed.Refused, []int{1}) || len(a.parsed.Records) != 2 {
		t.Fatalf("answer %d %s", a.code, a.body)
	}
	for _, record := range r.records(schemas.RawVoximplant, 2) {
		if e := envelope(t, record); e.Item == 1 || e.Items != 3 {
			t.Errorf("item %d of %d was kept", e.Item, e.Items)
		}
	}
	r.counted(http.StatusUnauthorized, "hash", 1)
	if a = r.post("/v1/voximplant/vox", callbacks(1000)); a.code != http.StatusOK || len(a.parsed.Records) != 1000 {
		t.Errorf("a batch of 1000: %d", a.code)
	}
}
