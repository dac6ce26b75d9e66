package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// plantedID counts the answers to webhooks whose id is planted.
const plantedID = "standard webhook-id"

// plantedPointers are the payload fields of the source of Standard Webhooks. None begins like
// another, so that each is found on its own.
func plantedPointers() []string {
	return []string{"/type", "/shop", "/data/parcel", "/data/weight", "/data/note", "/data/address/street", "/data/items/0"}
}

// standardTemplate is a webhook with a value at every pointer of the source, and with fields
// that nothing points at.
func standardTemplate(accounts simulator.Accounts, at time.Time) template {
	const data = `{"order":"x","customer":"x","parcel":"x","weight":0.5,"note":"x","address":{"street":"x","city":"x"},"items":["x"],"unknown":"x"}`
	body := fmt.Sprintf(`{"type":"parcel.sent","timestamp":%q,"shop":"x","unknown":"x","data":%s}`, at.UTC().Format(time.RFC3339), data)
	return template{"standard", "/v1/standard/" + accounts.First(raw.ProviderStandard).Source, http.Header{"Content-Type": {"application/json"}}, []byte(body)}
}

// untyped says whether a number is one by the sender's choice only: digits in its place may
// be anything.
func untyped(provider, path string) bool {
	return provider == "standard" && strings.HasPrefix(path, "/data/")
}

// signed is a template with the proof of a body that is sent under an id.
func (p *planter) signed(tmpl *template, id string, body []byte) *template {
	proven := *tmpl
	proven.header = tmpl.header.Clone()
	for name, value := range simulator.StandardHeaders(id, p.accounts.First(raw.ProviderStandard).Secret, body, time.Now()) {
		proven.header.Set(name, value)
	}
	return &proven
}

// plantID sends a Standard Webhook under a planted id, twice: its repeat is a duplicate that
// names it. An id with a space or a letter beyond ASCII is refused, which is an answer, too.
func (p *planter) plantID(tmpl *template, secret string) {
	body, _ := parsed(tmpl.body).(map[string]any)
	p.identify(tmpl.provider, body)
	text := marshal(p.t, body)
	proven := p.signed(tmpl, secret, text)
	proven.provider = plantedID
	for range 2 {
		p.send(proven, text, secret)
	}
}
