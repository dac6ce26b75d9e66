package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondInterrupt: the first Ctrl-C stops in order and waits for a request under way, a
// second one ends the process at once.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	out := &waiter{until: "deadletter list", found: make(chan struct{})}
	started := &waiter{until: "msg=started", found: make(chan struct{})}
	log := &waiter{until: "msg=stopping", found: make(chan struct{})}
	program := exec.CommandContext(t.Context(), "tributary", "dev", "--embedded", "-X", "ingest.listen=127.0.0.1:0", "-X", "ops.listen=")
	program.Dir, program.Stdout, program.Stderr = t.TempDir(), out, io.MultiWriter(started, log)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	await := func(event string, found <-chan struct{}) {
		t.Helper()
		select {
		case <-found:
		case err := <-ended:
			t.Fatalf("ended before %s: %v\n%s\n%s", event, err, out, log)
		}
	}
	await("webhooks were printed", out.found)
	await("it ran", started.found)
	beginRequest(t, out.String())
	if err := program.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	await("the first signal was handled", log.found)
	began := time.Now()
	if err := program.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := <-ended; !errors.As(err, &exit) {
		t.Fatalf("ended with %v, want the signal\n%s", err, log)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v after %s, want the second signal to end it", exit, time.Since(began))
	}
}

// beginRequest sends the header of the first printed webhook and waits until its handler reads the
// body, which never comes.
func beginRequest(t *testing.T, printed string) {
	t.Helper()
	w := curl.FindStringSubmatch(printed)
	if w == nil {
		t.Fatalf("no webhook:\n%s", printed)
	}
	at, err := url.Parse(w[2])
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n", at.Path, at.Host, w[3])
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(answer, "100 Continue") {
		t.Fatalf("answer %q, %v; want that the body is awaited", answer, err)
	}
}
