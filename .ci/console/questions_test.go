package console_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// shift is a person at night: it starts on Flow and counts clicks.
type shift struct {
	*rig

	t      *testing.T
	clicks int
}

func begin(t *testing.T) *shift {
	t.Helper()
	s := &shift{rig: shared, t: t}
	s.run(t, look(s.origin, "/flow", "light", 1280))
	return s
}

// click clicks and waits for what must be there then.
func (s *shift) click(selector, then string) *shift {
	s.t.Helper()
	s.clicks++
	if s.clicks > 3 {
		s.t.Errorf("%s is click %d", selector, s.clicks)
	}
	s.run(s.t, chromedp.Click(selector), chromedp.WaitReady("main h1"), until(then))
	return s
}

func (s *shift) text(selector string) string {
	s.t.Helper()
	var text string
	s.run(s.t, chromedp.Text(selector, &text))
	return text
}

func (s *shift) contains(selector string, words ...string) {
	s.t.Helper()
	text := s.text(selector)
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%s does not say %q: %s", selector, w, text)
		}
	}
}

// TestWhatFlows: without a click. TestBroken asks what is stuck.
func TestWhatFlows(t *testing.T) {
	s := begin(t)
	s.run(t, until(`/moves|is processed|come in/.test(document.querySelector(".banner").innerText)`))
	s.contains("#picture", "LOX24", "raw.lox24.v1", "journey", "enriched.")
}

// TestWhoVerifiedAndDidNotPay: Money lists them, and each is a case.
func TestWhoVerifiedAndDidNotPay(t *testing.T) {
	s := begin(t)
	s.click("nav a[href='/money']", `document.querySelector("#unpaid td a")`)
	s.contains(".banner", "verified and not paid in time")
	s.contains("#unpaid", "order-1-11")
	s.click("#unpaid a[href='/case?id=order-1-11']", `/Verified not paid/.test(document.querySelector(".banner").innerText)`)
	s.contains(".banner", "no money had come", "No payment with this correlation id")
}

// TestWhatItCost: the numbers of Money are those of `tributary insights`.
func TestWhatItCost(t *testing.T) {
	s := begin(t)
	s.click("nav a[href='/money']", `document.querySelector(".tile")`)
	s.contains(".banner", "the codes cost", "EUR")
	s.contains(".tiles", "Cost of a paid user")
	var page struct {
		Command string `json:"command"`
		Total   struct {
			Requested, Verified, Paid int64
			Cost                      map[string]int64 `json:"cost_minor"`
		} `json:"total"`
	}
	var report struct {
		Costs []struct {
			Country, Channel, Currency string
			Codes, Verified, Paid      int64
			CostMinor                  *int64 `json:"cost_minor"`
		} `json:"costs"`
	}
	for _, path := range []string{"/money", "/money?range=7d", "/money?range=7d&country=UA", "/money?range=30d&channel=SMS&source=lox24"} {
		equal, has := false, ""
		// Traffic goes on between the two reads, and the page reads long periods once a minute.
		for began := time.Now(); !equal && time.Since(began) < 3*time.Minute; {
			page.Total.Cost = nil
			s.twin(t, path, &page)
			command := exec.CommandContext(t.Context(), os.Getenv("TRIBUTARY"), append(strings.Fields(page.Command)[1:], "--json")...)
			command.Env = append(os.Environ(), s.environment...)
			command.Dir = t.TempDir()
			out, err := command.Output()
			if err != nil {
				t.Fatalf("%s: %v: %s", page.Command, err, out)
			}
			report.Costs = nil
			unmarshal(t, out, &report)
			var codes, verified, paid int64
			cost, seen := map[string]int64{}, map[[2]string]bool{}
			for _, c := range report.Costs {
				if route := [2]string{c.Country, c.Channel}; !seen[route] {
					seen[route] = true
					codes, verified, paid = codes+c.Codes, verified+c.Verified, paid+c.Paid
				}
				if c.CostMinor != nil && *c.CostMinor != 0 {
					cost[c.Currency] += *c.CostMinor
				}
			}
			equal = codes > 0 && codes == page.Total.Requested && verified == page.Total.Verified && paid == page.Total.Paid && len(cost) == len(page.Total.Cost)
			for currency, minor := range cost {
				equal = equal && page.Total.Cost[currency] == minor
			}
			has = fmt.Sprintf("the page has %+v, the command %d, %d, %d, %v", page.Total, codes, verified, paid, cost)
		}
		if !equal {
			t.Errorf("%s differs from %s: %s", path, page.Command, has)
		}
	}
}

// TestFindAPhone: Case finds a customer by phone; the number is in no address.
func TestFindAPhone(t *testing.T) {
	sent := regexp.MustCompile(`^curl -sS '([^']+)' .* -d '(.*)'$`)
	phone := ""
	for _, example := range shared.examples {
		if parts := sent.FindStringSubmatch(example); parts != nil && strings.Contains(parts[1], "/lox24/") {
			shared.post(t, parts[1], parts[2])
			phone = regexp.MustCompile(`"phone":"(\+\d+)"`).FindStringSubmatch(parts[2])[1]
		}
	}
	s := begin(t)
	var address string
	s.click("nav a[href='/case']", `document.querySelector("#by-phone form")`)
	for began := time.Now(); time.Since(began) < time.Minute; {
		s.run(t, chromedp.SetValue("#by-phone input[name=phone]", phone), chromedp.SetValue("#by-phone input[name=purpose]", "the customer calls"))
		s.clicks = 1
		s.click("#by-phone button", `document.querySelector("#timeline") || document.querySelector(".banner")`)
		var found bool
		s.run(t, chromedp.Evaluate(`!!document.querySelector("#timeline")`, &found), chromedp.Location(&address))
		if found {
			break
		}
		// It is on its way through the stages still.
		s.run(t, chromedp.Navigate(s.origin+"/case"), chromedp.WaitVisible("#by-phone form"))
	}
	s.contains("#timeline", "received")
	if strings.Contains(address, phone[1:]) {
		t.Errorf("the number is in the address %s", address)
	}
}

// TestWhoReadsLate: Readers says who, how far behind, and when it will have caught up.
func TestWhoReadsLate(t *testing.T) {
	shared.fault(t, "/reader/start")
	defer shared.fault(t, "/reader/stop")
	s := begin(t)
	s.click("nav a[href='/readers']", `/reports-nightly/.test(document.querySelector("#groups").innerText)`)
	s.run(t, until(`[...document.querySelectorAll("#groups tbody tr")].some((r) => /reports-nightly/.test(r.innerText) && /catching up/.test(r.innerText))`))
	s.contains("#groups", "reports-job")
	s.run(t, until(`/reports-nightly is .* behind and will have caught up in/.test(document.querySelector(".banner").innerText)`))
}

// TestWhyIsItADeadLetter: Dead letters says why, a dry run what would happen, and a replay does it.
func TestWhyIsItADeadLetter(t *testing.T) {
	shared.fault(t, "/record/poison")
	s := begin(t)
	s.click("nav a[href='/letters']", `document.querySelector("#issues form input[value=undecodable]")`)
	s.contains("#issues", "undecodable", "lox24")
	s.click("#issues form:has(input[value=undecodable]) button", `document.querySelector("#plan")`)
	s.contains(".banner", "would be replayed", "Nothing was sent")
	s.contains("#example", "undecodable:")
	s.run(t, chromedp.SetValue("#plan input[name=purpose]", "the new release reads it"))
	s.click("#plan button.danger", `/replayed/.test([...document.querySelectorAll(".banner")].map((b) => b.innerText).join())`)
	s.run(t, until(`/\d+ dead letters? w(as|ere) replayed/.test(document.body.innerText)`))
}
