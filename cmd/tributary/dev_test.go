package main

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

// waiter is an output that reports once that it holds a text.
type waiter struct {
	mu    sync.Mutex
	text  bytes.Buffer
	until string
	found chan struct{}
}

func (w *waiter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := strings.Contains(w.text.String(), w.until)
	_, _ = w.text.Write(p)
	if !before && strings.Contains(w.text.String(), w.until) {
		close(w.found)
	}
	return len(p), nil
}

func (w *waiter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// curl is a webhook as it is printed.
var curl = regexp.MustCompile(`(?m)^# (.*)\ncurl -sS '([^']*)' -H 'Content-Type: ([^']*)'(?: -H '([^:]*): ([^']*)')? -d '([^']*)'$`)

// TestDev runs everything in one process in an empty folder, and sends the printed webhooks: each is
// accepted, and the printed commands find the case.
func TestDev(t *testing.T) {
	t.Chdir(t.TempDir())
	out := &waiter{until: "deadletter list", found: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		args := []string{"dev", "--embedded", "-X", "ingest.listen=127.0.0.1:0", "-X", "ops.listen="}
		ended <- cli.Run(ctx, newRoot, args, out, out)
	}()
	select {
	case <-out.found:
	case code := <-ended:
		t.Fatalf("ended with %d:\n%s", code, out)
	}
	webhooks := curl.FindAllStringSubmatch(out.String(), -1)
	if len(webhooks) < 7 {
		t.Errorf("%d webhooks to send, want those of four providers:\n%s", len(webhooks), out)
	}
	for _, w := range webhooks {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w[2], strings.NewReader(w[6]))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", w[3])
		if w[4] != "" {
			req.Header.Set(w[4], w[5])
		}
		answer, err := (&http.Client{Timeout: time.Minute}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: answer %d", w[1], answer.StatusCode)
		}
	}
	flags := regexp.MustCompile(`audit( -X ingest.listen=127.0.0.1:0 -X ops.listen= -b .*)\n`).FindStringSubmatch(out.String())
	if flags == nil {
		t.Fatalf("no command names the embedded broker:\n%s", out)
	}
	var trace bytes.Buffer
	if code := cli.Run(ctx, newRoot, append([]string{"trace", "order-17"}, strings.Fields(flags[1])...), &trace, &trace); code != cli.ExitOK {
		t.Errorf("trace order-17: exit code %d\n%s", code, trace.String())
	}
	stop()
	if code := <-ended; code != cli.ExitOK {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
