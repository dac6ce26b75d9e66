package console_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

func unmarshal(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// states are ways in which the pipeline is broken.
func states() []struct {
	name, fault, repair string
	// path is the page that says it; then is true once it does.
	path, then string
	// all: each page is looked at, not only the one.
	all bool
} {
	says := func(pattern string) string {
		return `[...document.querySelectorAll(".banner.bad, .banner.warn")].some((b) => ` + pattern + `.test(b.innerText))`
	}
	return []struct {
		name, fault, repair, path, then string
		all                             bool
	}{
		{
			name: "a stage is stopped", fault: "/stage/journey/stop", repair: "/stage/journey/start", path: "/flow", all: true,
			then: says("/Stage journey: /") + ` && /journey/.test(document.querySelector("#picture .node.bad").innerText) && document.querySelector(".arrow.stuck")`,
		},
		{
			name: "a stranger's transaction is open", fault: "/transaction/open", repair: "/transaction/abort", path: "/flow",
			then: says("/Stage uapay: .*nightly-import/") + ` && /uapay/.test(document.querySelector("#picture .node.bad").innerText)`,
		},
		{
			name: "a record is poisoned", fault: "/record/poison", path: "/letters",
			then: says("/dead letters? waits?/") + ` && /undecodable/.test(document.querySelector("#issues").innerText)`,
		},
		{
			name: "Kafka is away", fault: "/kafka/stop", repair: "/kafka/start", path: "/flow", all: true,
			then: says("/Kafka is away/") + ` && !document.querySelector("#picture .badge.good")`,
		},
	}
}

// TestBroken: each state is said in words, and on Flow the place where it is stuck is marked; the pages are
// as accessible as calm ones.
func TestBroken(t *testing.T) {
	axe := axeCore(t)
	for _, state := range states() {
		if testing.Short() && state.path != "/letters" && state.name != "Kafka is away" {
			continue
		}
		t.Run(state.name, func(t *testing.T) {
			shared.fault(t, state.fault)
			if state.repair != "" {
				defer shared.fault(t, state.repair)
			}
			shared.run(t, look(shared.origin, state.path, "light", 1280), until(state.then))
			shoot(t, state.name)
			for _, path := range paths() {
				if !state.all && path != state.path && path != "/readers" {
					continue
				}
				if testing.Short() && path != state.path {
					continue
				}
				for _, scheme := range []string{"light", "dark"} {
					shared.inspect(t, axe, path, scheme, 1280)
				}
			}
		})
	}
	// All is well again.
	shared.run(t, look(shared.origin, "/flow", "light", 1280), until(`document.querySelector(".banner.good, .banner.calm")`))
}

// TestKafkaComesBack: a page that was open says so while Kafka is away, and is right again without a click.
func TestKafkaComesBack(t *testing.T) {
	shared.run(t, look(shared.origin, "/readers", "light", 1280))
	shared.fault(t, "/kafka/stop")
	shared.run(t, until(`/Kafka is away/.test(document.querySelector("main").innerText)`))
	shared.fault(t, "/kafka/start")
	shared.run(t, until(`!/Kafka is away/.test(document.querySelector("main").innerText)`), chromedp.WaitVisible("#groups"))
}
