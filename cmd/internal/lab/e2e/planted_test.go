package e2e_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// planted are personal data in writings that people and shops use, all of them in the
// countries that plantedSettings names.
func planted() []string {
	return []string{
		"+447700900123", "00447700900123", "+49/1511/2345678", "tel:+4915112345678", "(+380) 50 123-45-67", "380501234567", "+44\u00a07700\u00a0900123",
		"07700 900123", "0501234567", "015112345678", "anna.planted@example.com", "Анна Планова", "4111111111111111", "4111-1111-1111-1111",
		"the code is 987654", `{"phone":"+447700900123"}`,
	}
}

// forms are the writings of a value that a topic could hold it in.
func forms(t *testing.T, secret string) [][]byte {
	t.Helper()
	quoted := marshal(t, secret)
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`), strconv.QuoteToASCII(secret)[1:]}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, secret)
	var out [][]byte
	if n, err := strconv.ParseUint(digits, 10, 63); err == nil && n > 1<<32 {
		all = append(all, digits)
		out = append(out, binary.AppendVarint(nil, int64(n)), binary.BigEndian.AppendUint64(nil, n))
	}
	for _, text := range all {
		out = append(out, []byte(text), []byte(hex.EncodeToString([]byte(text))), []byte(strings.ToUpper(hex.EncodeToString([]byte(text)))))
		for shift := range 3 { // base64 within a longer text: the letters that no neighbour changes
			if len(text) <= shift+3 {
				continue
			}
			whole := text[shift : shift+(len(text)-shift)/3*3]
			out = append(out, []byte(base64.StdEncoding.EncodeToString([]byte(whole))), []byte(base64.URLEncoding.EncodeToString([]byte(whole))))
		}
	}
	return out
}

// template is a webhook of the simulator's, in whose fields something is planted.
type template struct {
	provider, path string
	header         http.Header
	body           []byte
}

// templates are one webhook of each kind: of each event, claim set, type of callback and
// form of a status.
func templates(accounts simulator.Accounts) []template {
	start := time.Now().Add(-time.Hour)
	plan := simulator.NewPlan(simulator.Options{Seed: 1, Start: start, Accounts: accounts, Scenarios: len(simulator.Scenarios()), InTurn: true, Spacing: time.Second})
	kinds := map[string]bool{}
	var out []template
	add := func(provider, path, kind string, header http.Header, body []byte) {
		if !kinds[provider+kind] {
			kinds[provider+kind] = true
			out = append(out, template{provider, path, header, body})
		}
	}
	for send, more := plan.Next(); more; send, more = plan.Next() {
		body := send.Body(start, 0)
		switch send.Provider() {
		case "lox24":
			name, _, _ := strings.Cut(string(body[bytes.Index(body, []byte(`"name":`))+7:]), ",")
			add("lox24", send.Path(), name, send.Header(body, start), body)
		case "uapay":
			claims, _ := base64.RawURLEncoding.DecodeString(strings.Split(string(body), ".")[1])
			// Money moves only in a payment that is held or paid.
			kind := fmt.Sprint(bytes.Contains(claims, []byte("operationId")), bytes.Contains(claims, []byte("FINISHED")))
			add("uapay", send.Path(), kind, send.Header(body, start), claims)
		case "unibell":
			add("unibell", send.Path(), fmt.Sprint(send.Path(), body[0]), send.Header(body, start), body)
		case "standard":
			add("standard", send.Path(), strconv.FormatBool(bytes.Contains(body, []byte(`"order":`))), send.Header(body, start), body)
		default:
			var batch struct{ Callbacks []json.RawMessage }
			_ = json.Unmarshal(body, &batch)
			for _, callback := range batch.Callbacks {
				var base struct{ Type string }
				_ = json.Unmarshal(callback, &base)
				add("voximplant", send.Path(), base.Type, send.Header(body, start), callback)
			}
		}
	}
	lox := "/v1/lox24/" + accounts.First(raw.ProviderLOX24).Source + "/" + accounts.First(raw.ProviderLOX24).Secret
	now := start.Unix()
	for name, data := range map[string]string{
		"sms.delivery": `"key_id":1,"dlr_code":1,"status_code":100,"callback_data":"x"`,
		"sms.incoming": `"to":"x","from":"x","text":"x","received_at":%[2]d,"msg_uuid":"x"`,
		"phone.new":    `"score":"x","sub":{"deep":"x"}`,
	} {
		body := fmt.Sprintf(`{"id":"x","api_version":"2022-05-25","name":"%[1]s","created_at":%[2]d,"attempt_total":4,"attempt_number":1,"notification_task_id":"x","data":{"id":"x",`+data+`}}`, name, now)
		body, _, _ = strings.Cut(body, "%!(EXTRA")
		add("lox24", lox, name, http.Header{"Content-Type": {"application/json"}}, []byte(body))
	}
	return append(out, standardTemplate(accounts, start))
}

// fields calls each with the setter of every leaf of a JSON value; number says that the
// field is a number or a time by the provider's types: digits there are what they say.
func fields(v any, path string, each func(path string, number bool, set func(any))) {
	leaf := func(inner any, path string, set func(any)) {
		switch inner.(type) {
		case map[string]any, []any:
			fields(inner, path, each)
		default:
			each(path, isNumber(inner), set)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			leaf(inner, path+"/"+key, func(to any) { v[key] = to })
		}
		each(path+"/(new)", false, func(to any) { v[fmt.Sprint(to)] = to })
	case []any:
		for i, inner := range v {
			leaf(inner, path+"/0", func(to any) { v[i] = to })
		}
	}
}

func isNumber(value any) bool {
	text, isText := value.(string)
	if !isText {
		return true // null may be a number that is not known yet
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Contains(text, ".") || len(text) > 10 && text[4] == '-' && text[7] == '-' || len(text) == len(time.DateOnly) && text[4] == '-'
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parsed(body []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	_ = decoder.Decode(&v)
	return v
}

// planter sends webhooks with planted values.
type planter struct {
	t        *testing.T
	url      string
	accounts simulator.Accounts
	n        int
	sending  sync.WaitGroup
	room     chan struct{}
	mu       sync.Mutex
	answers  map[string]int
}

// plant sends a template once for each of its fields, with a value in it.
func (p *planter) plant(tmpl *template, secret string) {
	if form, err := url.ParseQuery(string(tmpl.body)); tmpl.body[0] != '{' && err == nil {
		for key := range form {
			changed, _ := url.ParseQuery(string(tmpl.body))
			changed.Set(key, secret)
			p.send(tmpl, []byte(changed.Encode()), secret)
		}
		return
	}
	var paths []string
	fields(parsed(tmpl.body), "", func(path string, number bool, _ func(any)) {
		number = number && !untyped(tmpl.provider, path)
		if _, err := strconv.ParseInt(secret, 10, 64); !number || err != nil {
			paths = append(paths, path)
		}
	})
	var callbacks []any
	for i := range paths {
		for _, value := range values(secret) {
			body, _ := parsed(tmpl.body).(map[string]any)
			p.identify(tmpl.provider, body)
			seen := map[string]bool{}
			fields(body, "", func(path string, _ bool, set func(any)) {
				if path == paths[i] && !seen[path] && !proof(tmpl.provider, path) {
					seen[path] = true
					set(value)
				}
			})
			switch text := marshal(p.t, body); tmpl.provider {
			case "voximplant":
				callbacks = append(callbacks, body)
			case "uapay":
				p.send(tmpl, simulator.Envelope(simulator.Sign(text, p.accounts.First(raw.ProviderUAPAY).Secret, signing)), secret)
			case "standard":
				p.send(p.signed(tmpl, fmt.Sprintf("msg-%d", p.n), text), text, secret)
			default:
				p.send(tmpl, text, secret)
			}
		}
	}
	if len(callbacks) > 0 {
		body := marshal(p.t, map[string]any{"callbacks": callbacks})
		p.send(tmpl, body, secret)
	}
	if tmpl.provider == "standard" {
		p.plantID(tmpl, secret)
	}
}

// values are a planted value as text, and as a number where it is digits.
func values(secret string) []any {
	if n := strings.TrimLeft(secret, "0"); n == secret && strings.Trim(secret, "0123456789") == "" {
		return []any{secret, json.Number(secret)}
	}
	return []any{secret}
}

// proof says whether a field is one without which the webhook is not authentic.
func proof(provider, path string) bool {
	return provider == "voximplant" && (path == "/callback_id" || path == "/account_id" || path == "/hash")
}

// identify makes a webhook one of its own.
func (p *planter) identify(provider string, body map[string]any) {
	p.n++
	id := fmt.Sprintf("planted-%d", p.n)
	switch provider {
	case "lox24":
		body["id"] = id
		if data, ok := body["data"].(map[string]any); ok {
			data["id"] = id + "-code"
			if payload, ok := data["payload"].(string); ok && !strings.HasPrefix(payload, "{") {
				data["payload"] = id
			}
		}
	case "uapay":
		body["paymentId"] = id
		for _, field := range []string{"externalId", "operationExternalId"} {
			if _, ok := body[field].(string); ok {
				body[field] = id
			}
		}
	case "unibell":
		if _, ok := body["reference"]; ok {
			body["reference"] = id
		}
	case "standard":
		if data, ok := body["data"].(map[string]any); ok {
			for _, field := range []string{"order", "customer"} {
				if _, ok := data[field]; ok {
					data[field] = id + "-" + field
				}
			}
		}
	default:
		vox := p.accounts.First(raw.ProviderVoximplant)
		account := fmt.Sprint(body["account_id"])
		body["callback_id"], body["hash"] = p.n, simulator.VoximplantHash(vox.Salt, account, vox.APIKey, strconv.Itoa(p.n))
	}
}

// send sends a body, with the value in headers that a request may have.
func (p *planter) send(tmpl *template, body []byte, secret string) {
	p.room <- struct{}{}
	p.sending.Go(func() {
		defer func() { <-p.room }()
		req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+tmpl.path, bytes.NewReader(body))
		if err != nil {
			p.t.Error(err)
			return
		}
		req.Header = tmpl.header.Clone()
		req.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		for _, name := range []string{"Tracestate", "Baggage", "X-Request-Id", "User-Agent", "Referer", "X-Planted"} {
			req.Header.Set(name, "a="+secret)
		}
		client := &http.Client{Timeout: time.Minute}
		answer, err := client.Do(req)
		if err != nil {
			p.t.Error(err)
			return
		}
		_ = answer.Body.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.answers[tmpl.provider+" "+answer.Status]++
	})
}
