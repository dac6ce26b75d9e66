// Package console_test looks at the console of a demo in a real browser: every page, calm and broken, in both
// themes, from a phone to a wall, and the questions of a night shift.
package console_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// rig is a demo and a browser, shared by all tests of a run: each leaves the demo repaired.
type rig struct {
	// origin is the console, faults where the demo is broken and repaired.
	origin, faults string
	// examples are commands that send webhooks of one order.
	examples []string
	// environment lets the program's commands find the demo.
	environment []string
	browser     context.Context //nolint:containedctx // the browser's handle
	seen        seen
}

var shared *rig

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	shared = &rig{}
	program := os.Getenv("TRIBUTARY")
	if program == "" {
		return 0, errors.New("TRIBUTARY names no program: use make console-test")
	}
	// SCALE is how often the demo plays each scenario: 30 make more than 1,000 entities.
	demo := exec.CommandContext(ctx, program, "demo", "--stay", "--scale", cmp.Or(os.Getenv("SCALE"), "1"))
	demo.Cancel = func() error { return demo.Process.Signal(os.Interrupt) }
	out, err := demo.StdoutPipe()
	if err == nil {
		err = demo.Start()
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = demo.Wait() }()
	defer cancel()
	if err := shared.read(out); err != nil {
		return 0, err
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		return 0, errors.New("there is no chromium: apt-get install chromium")
	}
	profile, err := os.MkdirTemp("", "console-test-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(profile) }()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(profile))
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	defer end()
	browser, end := chromedp.NewContext(allocator)
	defer end()
	shared.browser = browser
	shared.seen.listen(browser)
	if err := chromedp.Run(browser, network.Enable(), log.Enable()); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// read reads the addresses that the demo prints.
func (r *rig) read(out io.Reader) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if address, ok := strings.CutPrefix(line, "Look at it: "); ok {
			r.origin = strings.TrimSuffix(address, "/")
		}
		if command, ok := strings.CutPrefix(line, "curl -X POST "); ok {
			r.faults, _, _ = strings.Cut(command, "/stage/")
			if strings.Contains(command, "/stage/") {
				continue
			}
			address, _, _ := strings.Cut(command, " ")
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			r.faults = u.Scheme + "://" + u.Host
		}
		if strings.HasPrefix(line, "curl -sS ") {
			r.examples = append(r.examples, line)
		}
		if rest, ok := strings.CutPrefix(line, "export "); ok {
			r.environment = strings.Fields(rest)
			// Ended by the end of the demo; without a reader it would stop at a full pipe.
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return nil
		}
	}
	return fmt.Errorf("the demo ended: %w", errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}

// fault breaks or repairs the demo.
func (r *rig) fault(t *testing.T, path string) {
	t.Helper()
	r.post(t, r.faults+path, "")
}

func (r *rig) post(t *testing.T, address, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("%s = %d: %s", address, answer.StatusCode, text)
	}
}

// twin reads the JSON twin of a page.
func (r *rig) twin(t *testing.T, path string, into any) {
	t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.origin+path+separator+"format=json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatalf("%s has no JSON twin: %v", path, err)
	}
}

// run runs actions in the browser.
func (r *rig) run(tb testing.TB, actions ...chromedp.Action) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(r.browser, 90*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var text string
		_ = chromedp.Run(r.browser, chromedp.Evaluate("location.pathname + ': ' + document.body.innerText.slice(0, 1500)", &text))
		tb.Fatalf("%v\n%s", err, text)
	}
}

// look opens a page in a theme and at a width, and waits for its numbers.
func look(origin, path, scheme string, width int64) chromedp.Tasks {
	return chromedp.Tasks{
		emulation.SetDeviceMetricsOverride(width, max(900, width*9/16), 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Navigate(origin + path), chromedp.WaitVisible("main h1"),
		until("!document.querySelector('.loading')"),
	}
}

// until waits until an expression is true.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		const patience, pause = time.Minute, 100 * time.Millisecond
		for began := time.Now(); ; {
			is := false
			// While a page is left its context ends: it is asked again.
			err := chromedp.Evaluate("!!("+expression+")", &is).Do(ctx)
			switch {
			case is:
				return nil
			case ctx.Err() != nil:
				return ctx.Err()
			case time.Since(began) > patience:
				return fmt.Errorf("never true: %s: %w", expression, err)
			}
			if err := chromedp.Sleep(pause).Do(ctx); err != nil {
				return err
			}
		}
	})
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

func (s *seen) take() (requests, errs []string, bytes float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests, errs, bytes = s.requests, s.errors, s.bytes
	s.requests, s.errors, s.bytes = nil, nil, 0
	return requests, errs, bytes
}
