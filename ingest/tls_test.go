package ingest_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// TestTLS speaks HTTP/2 and HTTP/1.1 over TLS 1.2 and newer, and nothing else.
func TestTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
	})
	transport := r.secure(a)
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, r.url+loxPath, strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || response.Proto != proto {
			t.Errorf("%d over %s, want %s", response.StatusCode, response.Proto, proto)
		}
		// What HTTP/2 put into the settings stays out of the second way to connect.
		transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs}}
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", r.service.Addr(), old); err == nil {
		_ = conn.Close()
		t.Error("TLS 1.1 was spoken")
	}
	plain := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := plain.Post("http://"+r.service.Addr()+loxPath, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP: %d", response.StatusCode)
	}
	if r.gauge("tributary_ingest_certificate_expiry_timestamp_seconds") < float64(time.Now().Unix()) {
		t.Error("the certificate's end is not in the metrics")
	}
}

// TestHTTP2 holds the limits and refusals over HTTP/2 too, many requests on one
// connection.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
	})
	r.secure(a).DisableKeepAlives = false
	t.Cleanup(r.client.CloseIdleConnections)
	limit := int(ingest.DefaultConfig().MaxBodyBytes)
	body := `{"data":{"id":"v"},"x":"` + strings.Repeat("x", limit-26) + `"}`
	stream := func(text string) io.Reader { return struct{ io.Reader }{strings.NewReader(text)} }
	var senders sync.WaitGroup
	for name, c := range map[string]struct {
		method, path string
		body         io.Reader
		code         int
		reason       string
	}{
		"limit":                {http.MethodPost, loxPath, strings.NewReader(body), 200, "accepted"},
		"limit, no length":     {http.MethodPost, loxPath, stream(body), 200, "accepted"},
		"too large":            {http.MethodPost, loxPath, strings.NewReader(body + " "), 413, "body_too_large"},
		"too large, no length": {http.MethodPost, loxPath, stream(body + " "), 413, "body_too_large"},
		"wrong method":         {http.MethodGet, loxPath, http.NoBody, 405, "method"},
		"wrong secret":         {http.MethodPost, "/v1/lox24/lox/wrong", strings.NewReader("{}"), 401, "secret"},
	} {
		senders.Go(func() {
			if got := r.send(c.method, c.path, c.body); got.code != c.code {
				t.Errorf("%s: %d, want %d", name, got.code, c.code)
			}
		})
	}
	senders.Wait()
	r.counted(http.StatusOK, "accepted", 2)
	r.counted(http.StatusRequestEntityTooLarge, "body_too_large", 2)
	for _, record := range r.records(schemas.RawLOX24, 2) {
		if string(record.Value) != body {
			t.Error("the body at the limit was changed")
		}
	}
}

// TestHTTP2Drain: a request under way on a shared connection ends well.
func TestHTTP2Drain(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
	})
	r.secure(a).DisableKeepAlives = false
	t.Cleanup(r.client.CloseIdleConnections)
	body, more := io.Pipe()
	answered := make(chan answer, 1)
	go func() { answered <- r.send(http.MethodPost, loxPath, body) }()
	_, _ = io.WriteString(more, `{"data":`)
	for r.gauge("tributary_ingest_in_flight_bytes") == 0 { // until the handler reads it
		runtime.Gosched()
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.service.Stop(context.Background()) }()
	for !r.service.Health().Draining {
		runtime.Gosched()
	}
	_, _ = io.WriteString(more, `{"id":"v"}}`)
	_ = more.Close()
	if got := <-answered; got.code != http.StatusOK {
		t.Errorf("%d %s", got.code, got.body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestMutualTLS takes no connection without a certificate of the authority.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) { c.TLS = a.files("one") })
	good, err := tls.X509KeyPair(a.issue("a sender"))
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := tls.X509KeyPair(newAuthority(t).issue("a sender"))
	if err != nil {
		t.Fatal(err)
	}
	r.secure(a, good)
	if got := r.post(loxPath, `{}`); got.code != http.StatusOK {
		t.Errorf("with a certificate: %d", got.code)
	}
	for name, certificates := range map[string][]tls.Certificate{"none": nil, "another authority's": {stranger}} {
		r.secure(a, certificates...)
		if response, err := r.client.Post(r.url+loxPath, "application/json", strings.NewReader("{}")); err == nil {
			_ = response.Body.Close()
			t.Errorf("%s: answered %d", name, response.StatusCode)
		}
	}
}

// TestCertificateChanges: new connections get the newest certificate that can be
// used, after a SIGHUP or once a look at the files is due.
func TestCertificateChanges(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	var files ingest.TLS
	var offset atomic.Int64
	r := newRigWith(t, func(c *ingest.Config) {
		files = a.files("one")
		files.ClientCAFile = ""
		c.TLS = files
	}, func(d *ingest.Deps) { d.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) } })
	expect := func(want string) {
		t.Helper()
		if got := r.served(a); got != want {
			t.Errorf("served %q, want %q", got, want)
		}
	}
	expect("one")
	a.write(&files, "two")
	if err := r.service.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect("two")
	a.write(&files, "three")
	offset.Add(int64(time.Minute))
	expect("three")
	cert, key := a.issue("four")
	write(t, files.CertFile, cert) // its key is still to come
	offset.Add(int64(time.Minute))
	expect("three")
	if err := r.service.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "unchanged") {
		t.Errorf("a certificate without its key: %v", err)
	}
	write(t, files.KeyFile, key)
	offset.Add(int64(time.Minute))
	expect("four")
	if n := strings.Count(r.logs.String(), "the changed certificate is not used"); n != 1 {
		t.Errorf("the fault was logged %d times", n)
	}
	for what, ok := range map[string]float64{"certificate": 1, "sources": 0} {
		if got := r.labelled("tributary_ingest_last_reload_successful", what); got != ok {
			t.Errorf("the last reload of %s is told as %v, want %v", what, got, ok)
		}
		if n := r.counter("tributary_ingest_reloads_total", map[string]string{"what": what, "result": "failed"}); n != 1 {
			t.Errorf("%v failed reloads of %s, want one", n, what)
		}
	}
}

// TestCertificateMissing stops the start.
func TestCertificateMissing(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	for name, change := range map[string]func(*ingest.TLS){
		"no file":    func(c *ingest.TLS) { c.CertFile += "x" },
		"no key":     func(c *ingest.TLS) { c.KeyFile = c.CertFile },
		"no ca":      func(c *ingest.TLS) { c.ClientCAFile += "x" },
		"ca is none": func(c *ingest.TLS) { c.ClientCAFile = c.KeyFile },
	} {
		cfg := ingest.DefaultConfig()
		cfg.Listen, cfg.TLS = "127.0.0.1:0", a.files("one")
		change(&cfg.TLS)
		s, err := ingest.New(cfg, ingest.Deps{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "tls") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
