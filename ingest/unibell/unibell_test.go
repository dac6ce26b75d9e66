package unibell_test

import (
	"bytes"
	"encoding/json"
	"errors"
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

// TestRules: what a caller may place, by what the source allows.
func TestRules(t *testing.T) {
	t.Parallel()
	body := func(source, dest, code string) string {
		return `{"reference":"r","sourceAddr":"` + source + `","destAddr":"` + dest + `","code":` + code + `}`
	}
	const mobile, service = "79261234567", "74951234567"
	for name, c := range map[string]struct {
		prefixes []string
		body     string
		reason   string
	}{
		"documented":            {nil, body(mobile, service, `"123456"`), ""},
		"a code as a number":    {nil, body("+"+mobile, service, `1234`), ""},
		"premium":               {nil, body(mobile, "78091234567", `"1234"`), "relay_premium"},
		"premium source":        {nil, body("78031234567", service, `"1234"`), "relay_premium"},
		"premium, allowed":      {[]string{"7809", "79"}, body(mobile, "78091234567", `"1234"`), "relay_premium"},
		"foreign":               {nil, body("491511234567", service, `"1234"`), "relay_prefix"},
		"satellite":             {nil, body(mobile, "881612345678", `"1234"`), "relay_prefix"},
		"foreign, allowed":      {[]string{"49", "7495"}, body("491511234567", service, `"1234"`), ""},
		"narrow, not within":    {[]string{"7926"}, body(mobile, service, `"1234"`), "relay_prefix"},
		"too long for Russia":   {nil, body(mobile+"8", service, `"1234"`), "relay_invalid"},
		"too short for anybody": {[]string{"49"}, body("4915", service, `"1234"`), "relay_invalid"},
		"code of text":          {nil, body(mobile, service, `"call me"`), "relay_code"},
		"code too short":        {nil, body(mobile, service, `"123"`), "relay_code"},
		"code too long":         {nil, body(mobile, service, `"123456789"`), "relay_code"},
		"code of 400 KB":        {nil, body(mobile, service, `"`+strings.Repeat("1", 400<<10)+`"`), "relay_code"},
		"code of other digits":  {nil, body(mobile, service, `"١٢٣٤"`), "relay_code"},
		"code with an exponent": {nil, body(mobile, service, `1e123`), "relay_code"},
		"reference too long":    {nil, strings.Replace(body(mobile, service, `"1234"`), `"r"`, `"`+strings.Repeat("r", 257)+`"`, 1), "relay_invalid"},
	} {
		rules := &unibell.Rules{Prefixes: c.prefixes, MinCode: 4, MaxCode: 8}
		if c.prefixes == nil {
			rules.Prefixes = []string{unibell.DefaultPrefix}
		}
		_, err := unibell.ReadRequest([]byte(c.body), rules, func() string { return "made" })
		fault, _ := errors.AsType[*unibell.Fault](err)
		switch {
		case c.reason == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.reason != "" && (fault == nil || fault.Reason != c.reason):
			t.Errorf("%s: %v, want reason %s", name, err, c.reason)
		}
	}
}

// TestOnlyDocumentedFields: the provider documents another request on the same path,
// which calls the number in it.
func TestOnlyDocumentedFields(t *testing.T) {
	t.Parallel()
	rules := &unibell.Rules{Prefixes: []string{unibell.DefaultPrefix}, MinCode: 4, MaxCode: 8}
	const body = `{"number":"+88161234567","reference":"a\"b","sourceAddr":"79261234567","timeout":1,"destAddr":"74951234567","code":1234,"Number":["+882"]}`
	request, err := unibell.ReadRequest([]byte(body), rules, nil)
	const want = `{"reference":"a\"b","sourceAddr":"79261234567","destAddr":"74951234567","code":"1234"}`
	if err != nil || string(request.Body) != want || request.Dropped != 3 {
		t.Errorf("%s, %d dropped, %v, want %s", request.Body, request.Dropped, err, want)
	}
}

// FuzzReadRequest: what is sent on is JSON and names the reference of the record,
// and is the caller's own bytes where that had one.
func FuzzReadRequest(f *testing.F) {
	rules := &unibell.Rules{Prefixes: []string{unibell.DefaultPrefix}, MinCode: 1, MaxCode: 8}
	const numbers = `"sourceAddr":"79001234567","destAddr":"79001234567","code":1`
	f.Add([]byte(`{"reference":"r",` + numbers + `}`))
	f.Add([]byte(`{` + numbers + `}`))
	f.Add([]byte(` {"x":{"reference":""}, "reference" : null , ` + numbers + `}`))
	f.Add([]byte(`{"reference":"",` + numbers + `}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		request, err := unibell.ReadRequest(body, rules, func() string { return "made" })
		if err != nil {
			return
		}
		if !request.ReferenceMade && request.Dropped == 0 && !bytes.Equal(request.Body, body) {
			t.Errorf("%q became %q", body, request.Body)
		}
		sent := make(map[string]any)
		decoder := json.NewDecoder(strings.NewReader(string(request.Body)))
		decoder.UseNumber()
		if err := decoder.Decode(&sent); err != nil {
			t.Fatalf("%q: %v", request.Body, err)
		}
		if request.Dropped > 0 && len(sent) != 4 {
			t.Errorf("%q: %d fields are sent", request.Body, len(sent))
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
