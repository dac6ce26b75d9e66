package console_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPauseAStage: from Flow an operator pauses a stage in three clicks, after a dry run and a reason; Flow
// says calmly who has paused it and why; a resume lets it go on.
func TestPauseAStage(t *testing.T) {
	axe := axeCore(t)
	paused := `[...document.querySelectorAll("#picture .node")].some((n) => /journey/.test(n.innerText) && /paused by .* since .*: a wrong release/.test(n.innerText))`
	s := begin(t)
	s.click("#picture a[href='/pause?stage=journey']", `document.querySelector("#pause form")`)
	s.contains(".banner", "Stage journey runs")
	s.run(t, chromedp.SetValue("#pause select[name=for]", "1h"))
	s.click("#pause button.primary", `document.querySelector("#plan form")`)
	s.contains("#plan", "reads nothing more, for 1h")
	s.run(t, chromedp.SetValue("#plan input[name=purpose]", "a wrong release"))
	s.click("#plan button.danger", paused)
	s.run(t, until(`/Stage journey is paused by/.test(document.querySelector("main").innerText) && !document.querySelector("#picture .node.bad")`))
	for _, path := range []string{"/flow", "/pause?stage=journey"} {
		for _, scheme := range []string{"light", "dark"} {
			shared.inspect(t, axe, path, scheme, 1280)
		}
	}

	s = begin(t)
	s.click("#picture a[href='/pause?stage=journey']", `document.querySelector("#pause input[name=resume]")`)
	s.contains(".banner", "Stage journey is paused by")
	s.click("#pause button.primary", `document.querySelector("#plan form")`)
	s.run(t, chromedp.SetValue("#plan input[name=purpose]", "the next release"))
	s.click("#plan button.primary", `document.querySelector("#picture")`)
	s.run(t, until(`!`+paused))
}
