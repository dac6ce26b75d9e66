package console_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// paths are pages of a running demo.
func paths() []string {
	return []string{
		"/flow", "/flow?wall=1", "/case", "/case?id=order-1-6", "/money", "/money?range=30d&country=UA", "/letters", "/letters/issue?provider=uapay&stage=uapay&cause=stale", "/readers", "/account", "/pause?stage=journey",
		"/contract", "/contract/topic?name=enriched.journeys.v1", "/help", "/nothing",
	}
}

// unexplained lists the numbers of a page that no explanation is about. A number in a table is explained
// by the button in the head of its column, any other by the button around it or by one that its part of the
// page names. Times have their own tooltip; ids, code and prose about settings are no numbers of the pipeline.
const unexplained = `(() => {
  const number = /(^|[\s(≥+])[−-]?\d[\d .,]*(?=[\s%/,.;:)]|$)/;
  const explains = (id) => {
    const tip = id && document.getElementById(id), button = id && document.querySelector("button.what[popovertarget='" + CSS.escape(id) + "']");
    return tip && tip.popover && tip.textContent.trim().length > 15 && button && button.tabIndex === 0;
  };
  const out = [];
  const walker = document.createTreeWalker(document.getElementById("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!number.test(node.data) || e.closest("nav,time,code,pre,h1,.top,.tip,option,input,.prose,.loading,form,.empty") || !e.checkVisibility()) continue;
    const cell = e.closest("td"), head = cell && cell.closest("table").tHead.rows[0].cells[cell.cellIndex].querySelector("button.what");
    const near = e.closest("button.what"), part = e.closest("[data-what]");
    const ids = [head, near].filter(Boolean).map((b) => b.getAttribute("popovertarget")).concat(part ? [part.dataset.what] : []);
    if (!ids.some(explains)) out.push(node.data.trim().slice(0, 80) + " in <" + e.tagName.toLowerCase() + " class='" + e.className + "'>");
  }
  return out;
})()`

// inspect opens a page and returns its faults: what axe-core calls serious, requests to others, errors, numbers
// without an explanation, parts wider than the screen.
func (r *rig) inspect(t *testing.T, axe, path, scheme string, width int64) {
	t.Helper()
	name := fmt.Sprintf("%s %s %d", path, scheme, width)
	host, err := url.Parse(r.origin)
	if err != nil {
		t.Fatal(err)
	}
	r.seen.take()
	var wide float64
	var found, numbers []string
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	r.run(t, look(r.origin, path, scheme, width),
		chromedp.Evaluate("document.documentElement.scrollWidth - window.innerWidth", &wide),
		chromedp.Evaluate(unexplained, &numbers),
		chromedp.Evaluate(axe+"; 0", nil),
		chromedp.Evaluate("axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes[0].html.slice(0, 200) + ' ' + v.nodes[0].failureSummary))",
			&found, await),
	)
	shoot(t, name)
	requests, errs, _ := r.seen.take()
	for _, request := range requests {
		// Chromium draws its own controls from data: it asks nobody for them.
		if strings.HasPrefix(request, "data:") {
			continue
		}
		if u, err := url.Parse(request); err != nil || u.Host != host.Host {
			t.Errorf("%s asks for %s", name, request)
		}
	}
	for _, text := range errs {
		if !strings.Contains(text, "404") || path != "/nothing" {
			t.Errorf("%s logs %q", name, text)
		}
	}
	if wide > 0 {
		t.Errorf("%s is %v pixels wider than the screen", name, wide)
	}
	if text, _ := json.MarshalIndent(numbers, "", " "); len(numbers) > 0 {
		t.Errorf("%s has numbers that nothing explains: %s", name, text)
	}
	if text, _ := json.Marshal(found); len(found) > 0 {
		t.Errorf("%s: axe finds %s", name, text)
	}
}

func axeCore(t *testing.T) string {
	t.Helper()
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatalf("AXE names no axe.min.js: use make console-test: %v", err)
	}
	return string(axe)
}

// TestPages: each page, calm, in both themes, from a phone to a wall screen.
func TestPages(t *testing.T) {
	axe := axeCore(t)
	themes, widths := []string{"light", "dark"}, []int64{320, 1280, 3840}
	if testing.Short() {
		themes, widths = themes[:1], widths[1:2]
	}
	for _, path := range paths() {
		for _, scheme := range themes {
			for _, width := range widths {
				shared.inspect(t, axe, path, scheme, width)
			}
		}
	}
}

// TestExplanations: an explanation opens by mouse, by keyboard and without a mouse over it, and closes.
func TestExplanations(t *testing.T) {
	var text string
	shared.run(t, look(shared.origin, "/readers", "light", 1280),
		chromedp.Click("th button[popovertarget=tip-groups-behind]"), until("document.querySelector('#tip-groups-behind:popover-open')"),
		chromedp.Text("#tip-groups-behind", &text), chromedp.KeyEvent("\u001b"), until("!document.querySelector('.tip:popover-open')"),
		chromedp.Focus("th button[popovertarget=tip-groups-unread]"), chromedp.KeyEvent("\r"), until("document.querySelector('#tip-groups-unread:popover-open')"),
		chromedp.KeyEvent("\u001b"),
		chromedp.Evaluate("document.querySelector('#groups tbody td.n').dispatchEvent(new PointerEvent('pointerover', {bubbles: true, pointerType: 'mouse'}))", nil),
		until("document.querySelector('#tip-groups-behind:popover-open')"),
	)
	if !strings.Contains(text, "oldest unread") || !strings.Contains(text, "tributary lag") {
		t.Errorf("the explanation is %q", text)
	}
}

// TestKeys: the keyboard reaches the search and every page.
func TestKeys(t *testing.T) {
	var focused bool
	shared.run(t, look(shared.origin, "/help", "light", 1280), chromedp.KeyEvent("/"),
		chromedp.Evaluate("document.activeElement.name === 'id'", &focused), chromedp.KeyEvent("\u001b"))
	if !focused {
		t.Error("/ does not focus the search")
	}
	for key, path := range map[string]string{"f": "/flow", "c": "/case", "m": "/money", "d": "/letters", "r": "/readers", "a": "/account", "k": "/contract"} {
		shared.run(t, chromedp.KeyEvent("g"), chromedp.KeyEvent(key), until("location.pathname === '"+path+"' && document.readyState === 'complete'"))
	}
	shared.run(t, chromedp.Navigate(shared.origin+"/flow"), chromedp.WaitVisible("#picture"), chromedp.KeyEvent("w"), until("document.body.classList.contains('wall')"))
}

// TestTables: every table can be copied as CSV and JSON, and times are in the viewer's zone with UTC at hand.
func TestTables(t *testing.T) {
	for _, path := range paths() {
		var missing, times []string
		shared.run(t, look(shared.origin, path, "light", 1280),
			chromedp.Evaluate(`[...document.querySelectorAll("main section:has(table), #timeline")].filter((s) => s.querySelectorAll("a[data-copy]").length < 2).map((s) => s.id)`, &missing),
			chromedp.Evaluate(`[...document.querySelectorAll("main time")].filter((t) => !/UTC$/.test(t.title) || !/\d\d:\d\d:\d\d$/.test(t.textContent)).map((t) => t.outerHTML)`, &times))
		if len(missing)+len(times) > 0 {
			t.Errorf("%s: tables that cannot be copied: %v; times without UTC: %v", path, missing, times)
		}
		if path != "/nothing" {
			var model any
			shared.twin(t, path, &model)
		}
	}
}
