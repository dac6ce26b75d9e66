package unibell_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/ingest/unibell"
)

func TestStatusKey(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	for name, c := range map[string]struct{ contentType, body, want string }{
		"reference":      {"application/json", `{"status":"X","requestId":"q","reference":"r"}`, "unibell:s:r"},
		"request id":     {"", `{"requestId":17}`, "unibell:s:request:17"},
		"neither":        {"", `{"status":"X"}`, "unibell:sha256:"},
		"not scalars":    {"", `{"reference":{},"requestId":[]}`, "unibell:sha256:"},
		"long reference": {"", `{"reference":"` + strings.Repeat("r", 300) + `"}`, "unibell:sha256:"},
		"form":           {form, "reference=r%2B1&requestId=q", "unibell:s:r+1"},
		"form, id only":  {form, "requestId=q&reference=", "unibell:s:request:q"},
		"form of none":   {form, "status=X", "unibell:sha256:"},
		"first counts":   {form, "reference=r1&reference=r2", "unibell:s:r1"},
		"escaped name":   {form, "re%66erence=r", "unibell:s:r"},
		"wrong escape":   {form, "reference=%zz", "unibell:sha256:"},
		"form in name":   {form, `{"reference":"r"}`, "unibell:sha256:"},
		"cut letter":     {"", "{\"reference\":\"r\",\"x\":\"\xd0\"}", "unibell:s:r"},
		"cut reference":  {"", "{\"reference\":\"\xd0\"}", "unibell:sha256:"},
		"a raw tab":      {"", "{\"reference\":\"r\",\"x\":\"a\tb\"}", "unibell:s:r"},
		"a mark":         {"", "\ufeff{\"reference\":\"r\"}", "unibell:s:r"},
		"not JSON":       {"", `{"x":1 "reference":"r"}`, "unibell:sha256:"},
	} {
		got, err := unibell.StatusKey("s", c.contentType, []byte(c.body))
		if err != nil || !strings.HasPrefix(got, c.want) || !strings.HasSuffix(c.want, ":") && got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "&&"} {
		if key, err := unibell.StatusKey("s", form, []byte(bad)); err == nil {
			t.Errorf("form %q has key %s", bad, key)
		}
	}
}

// FuzzReadRequest: what is sent on is JSON and names the reference of the record,
// and is the caller's own bytes where that had one.
func FuzzReadRequest(f *testing.F) {
	const numbers = `"sourceAddr":"79001234567","destAddr":"79001234567","code":1`
	f.Add([]byte(`{"reference":"r",` + numbers + `}`))
	f.Add([]byte(`{` + numbers + `}`))
	f.Add([]byte(` {"x":{"reference":""}, "reference" : null , ` + numbers + `}`))
	f.Add([]byte(`{"reference":"",` + numbers + `}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		request, err := unibell.ReadRequest(body, func() string { return "made" })
		if err != nil {
			return
		}
		if !request.ReferenceMade && !bytes.Equal(request.Body, body) {
			t.Errorf("%q became %q", body, request.Body)
		}
		sent := make(map[string]any)
		decoder := json.NewDecoder(strings.NewReader(string(request.Body)))
		decoder.UseNumber()
		if err := decoder.Decode(&sent); err != nil {
			t.Fatalf("%q: %v", request.Body, err)
		}
		var reference string
		switch v := sent["reference"].(type) {
		case string:
			reference = v
		case json.Number:
			reference = v.String()
		}
		if reference != request.Reference || reference == "" {
			t.Errorf("%q: reference %q, want %q", request.Body, reference, request.Reference)
		}
	})
}
