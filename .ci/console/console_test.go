// Package console_test looks at the console of a demo in a real browser: every page, both themes, a phone
// and a screen.
package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// demo starts the demo that TRIBUTARY names, and returns the address of its console.
func demo(t *testing.T) string {
	t.Helper()
	program := os.Getenv("TRIBUTARY")
	if program == "" {
		t.Fatal("TRIBUTARY names no program: use make console-test")
	}
	cmd := exec.CommandContext(t.Context(), program, "demo", "--stay", "--traffic")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "Look at it: "); ok {
			// Ended by the end of the demo; without a reader it would stop at a full pipe.
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return strings.TrimSuffix(address, "/")
		}
	}
	t.Fatalf("the demo ended: %v", lines.Err())
	return ""
}

// browser starts Chromium; Debian's package has it.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	return ctx
}

// seen is what a page asked for and complained about.
type seen struct {
	mu       sync.Mutex
	requests []string
	errors   []string
	bytes    float64
}

func (s *seen) listen(ctx context.Context) {
	chromedp.ListenTarget(ctx, func(event any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			s.requests = append(s.requests, e.Request.URL)
		case *network.EventLoadingFinished:
			s.bytes += e.EncodedDataLength
		case *runtime.EventExceptionThrown:
			s.errors = append(s.errors, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError {
				s.errors = append(s.errors, e.Entry.Text)
			}
		}
	})
}

func (s *seen) take() (requests, errors []string, bytes float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests, errors, bytes = s.requests, s.errors, s.bytes
	s.requests, s.errors, s.bytes = nil, nil, 0
	return requests, errors, bytes
}

// TestPages: on each page, in both themes and at two widths: no request leaves the origin, no error is
// logged, nothing is wider than the screen, axe-core finds nothing serious, and the page is light and
// painted soon.
func TestPages(t *testing.T) {
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatalf("AXE names no axe.min.js: use make console-test: %v", err)
	}
	origin, ctx := demo(t), browser(t)
	host, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	s.listen(ctx)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/flow", "/flow?wall=1", "/case", "/case?id=order-1-6", "/money", "/letters", "/letters/issue?provider=uapay&stage=uapay&cause=stale", "/readers", "/account", "/contract", "/contract/topic?name=enriched.journeys.v1", "/help"} {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{320, 1280} {
				name := fmt.Sprintf("%s %s %d", path, scheme, width)
				var wide float64
				var paint float64
				var found []string
				err := chromedp.Run(ctx,
					emulation.SetDeviceMetricsOverride(width, 900, 1, false),
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
					chromedp.Navigate(origin+path), chromedp.WaitVisible("main h1"),
					chromedp.Poll("!document.querySelector('.loading')", nil, chromedp.WithPollingTimeout(20*time.Second)),
					chromedp.Evaluate("document.documentElement.scrollWidth - window.innerWidth", &wide),
					chromedp.Evaluate("(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime", &paint),
					chromedp.Evaluate(string(axe)+"; 0", nil),
					chromedp.Evaluate("axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes[0].html.slice(0, 200) + ' ' + v.nodes[0].failureSummary))",
						&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
				)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				requests, errors, bytes := s.take()
				for _, request := range requests {
					if u, err := url.Parse(request); err != nil || u.Host != host.Host {
						t.Errorf("%s asks for %s", name, request)
					}
				}
				if len(errors) > 0 {
					t.Errorf("%s logs %q", name, errors)
				}
				if wide > 0 {
					t.Errorf("%s is %v pixels wider than the screen", name, wide)
				}
				const most, soon = 200_000, 1000
				if bytes > most || paint > soon {
					t.Errorf("%s weighs %v bytes, first paint after %v ms", name, bytes, paint)
				}
				if text, _ := json.Marshal(found); len(found) > 0 {
					t.Errorf("%s: axe finds %s", name, text)
				}
				t.Logf("%s: %v bytes, first paint after %.0f ms", name, bytes, paint)
			}
		}
	}
}
