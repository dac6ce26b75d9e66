package simulator

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// Example is a webhook for people to send by hand.
type Example struct {
	// Title describes the event.
	Title string
	// Path is below ingest's address.
	Path string
	// Headers are those with the proof, "Name: value".
	Headers []string
	// ContentType is the content type of the body.
	ContentType string
	Body        []byte
	// Call is set if the example places a call through the relay.
	Call bool
}

// Curl returns the example as a shell command.
func (e *Example) Curl(url string) string {
	var b strings.Builder
	b.WriteString("curl -sS " + quote(url+e.Path) + " -H " + quote("Content-Type: "+e.ContentType))
	for _, header := range e.Headers {
		b.WriteString(" -H " + quote(header))
	}
	b.WriteString(" -d " + quote(string(e.Body)))
	return b.String()
}

// quote makes a word for the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Examples are webhooks of all providers about one order, with valid proofs.
func Examples(accounts Accounts, now time.Time, order string) []Example {
	// The latest event is some seconds old.
	const since = 2 * time.Minute
	t := &instance{rng: rand.New(rand.NewPCG(uint64(now.UnixNano()), 0)), accounts: accounts, start: now.Add(-since), order: order} //nolint:gosec // examples
	t.verified()
	t.invoice(time.Minute, t.amount()).says(time.Minute, "FINISHED", "FINISHED")
	a := t.account()
	a.batch(0, 0, a.callback("min_balance", `{"is_min_credit":false,"is_repeated":false}`, "9.87"))
	t.call(accounts.First(raw.ProviderUnibell), order, t.phone()).says(time.Second, "DELIVERED")
	titles := []string{
		"LOX24: the code is sent by SMS", "LOX24: the SMS arrived", "LOX24: the person is verified",
		"UAPAY: the payment is finished", "Voximplant: the minimum balance is reached",
		"Unibell: place a call through the relay", "Unibell: the call's status",
	}
	out := make([]Example, len(t.webhooks))
	for i, w := range t.webhooks {
		out[i] = Example{Title: titles[i], Path: w.path, ContentType: "application/json", Body: w.render(1, now), Call: w.relay}
		for name, value := range w.proof(out[i].Body, now) {
			out[i].Headers = append(out[i].Headers, name+": "+value)
		}
		slices.Sort(out[i].Headers)
	}
	return out
}
