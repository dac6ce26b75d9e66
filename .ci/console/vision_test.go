package console_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shapeless lists the parts of a page that show a state by their colour alone: a badge, a banner, a tile or a
// node of the picture whose text begins with none of the signs of states.
const shapeless = `[...document.querySelectorAll(".badge, .banner, .tile.warn, .tile.bad, .node.warn, .node.bad")].filter((e) => e.checkVisibility() &&
  !/[●○▲■]/.test(e.innerText)).map((e) => e.className + ": " + e.innerText.slice(0, 80))`

// TestColourBlind: no state is told by colour alone, and each page of a broken pipeline is kept as people see
// it who cannot tell red from green.
func TestColourBlind(t *testing.T) {
	shared.fault(t, "/stage/journey/stop")
	defer shared.fault(t, "/stage/journey/start")
	shared.run(t, look(shared.origin, "/flow", "light", 1280), until(`document.querySelector("#picture .node.bad")`))
	defer shared.run(t, emulation.SetEmulatedVisionDeficiency(emulation.SetEmulatedVisionDeficiencyTypeNone))
	for _, vision := range []emulation.SetEmulatedVisionDeficiencyType{emulation.SetEmulatedVisionDeficiencyTypeDeuteranopia, emulation.SetEmulatedVisionDeficiencyTypeProtanopia, emulation.SetEmulatedVisionDeficiencyTypeAchromatopsia} {
		for _, path := range []string{"/flow", "/readers", "/account", "/letters", "/money", "/case?id=order-1-6"} {
			var found []string
			shared.run(t, emulation.SetEmulatedVisionDeficiency(vision), look(shared.origin, path, "light", 1280), chromedp.Evaluate(shapeless, &found))
			if len(found) > 0 {
				t.Errorf("%s: by colour alone: %q", path, found)
			}
			shoot(t, string(vision)+" "+path)
		}
	}
}

// TestArrows: Flow has an arrow from each stage to each topic that it writes, those of a stopped stage end at a
// bar, and a phone has none.
func TestArrows(t *testing.T) {
	shared.fault(t, "/stage/journey/stop")
	defer shared.fault(t, "/stage/journey/start")
	shared.run(t, look(shared.origin, "/flow", "light", 1280),
		until(`document.querySelectorAll(".edges .head").length === [...document.querySelectorAll("[data-to]")].reduce((n, e) => n + e.dataset.to.split(" ").length, 0)`),
		until(`document.querySelectorAll(".edges .head.stuck").length === document.querySelector("[data-node='stage:journey']").dataset.to.split(" ").length`),
		look(shared.origin, "/flow", "light", 320), until(`document.querySelectorAll(".edges path").length === 0`))
}
