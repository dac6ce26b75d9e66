package ingest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// TestUncleanPaths: a doubled slash or "/./" is the path without it, counted and logged
// like any other request, and is no redirect that repeats the secret.
func TestUncleanPaths(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	paths := []string{
		"//v1/lox24/lox/" + loxSecret, "/v1//lox24/lox/" + loxSecret, "/v1/lox24/./lox/" + loxSecret,
		"/v1/lox24/lox/" + loxSecret + "/", "///v1/lox24//lox//" + loxSecret + "//", "/v1/lox24/%2e/lox/" + loxSecret,
	}
	for _, path := range paths {
		w := r.wire() // a client would clean the path
		w.say(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(small), small))
		if code, _ := w.code(); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	r.counted(http.StatusOK, "accepted", float64(len(paths)))
	if n := strings.Count(r.logs.String(), "route=/v1/lox24/{source}/{secret}"); n != len(paths) {
		t.Errorf("%d of %d are in the access log", n, len(paths))
	}
	r.records(schemas.RawLOX24, len(paths))
}

// TestUpwardPath: ".." is refused by ourselves, without a Location.
func TestUpwardPath(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	w := r.wire()
	w.say("POST /v1/x/../lox24/lox/" + loxSecret + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	if code, _ := w.code(); code != http.StatusNotFound {
		t.Errorf("%d", code)
	}
	r.counted(http.StatusNotFound, "unknown_route", 1)
}

// TestTwoFramings: a request that has a length and chunks is its connection's last.
func TestTwoFramings(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	w := r.wire()
	w.say(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(small) + "0\r\n\r\n" + head + "Content-Length: 2\r\n\r\n{}")
	if code, _ := w.code(); code != http.StatusOK {
		t.Errorf("%d", code)
	}
	w.closed()
	r.counted(http.StatusOK, "accepted", 1)
}

// TestLOX24Token: LOX24's own header carries the secret, behind all others.
func TestLOX24Token(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for name, c := range map[string]struct {
		path    string
		headers []string
		code    int
	}{
		"right":              {"/v1/lox24/lox", []string{"X-LOX24-Token: " + loxSecretTwo}, 200},
		"wrong":              {"/v1/lox24/lox", []string{"X-LOX24-Token: wrong"}, 401},
		"beside the path's":  {loxPath, []string{"X-LOX24-Token: of another account"}, 200},
		"beside a header":    {"/v1/lox24/lox", []string{"X-Tributary-Secret: wrong", "X-LOX24-Token: " + loxSecret}, 401},
		"beside Basic":       {"/v1/lox24/lox", []string{"Authorization: Bearer " + loxSecret, "X-LOX24-Token: wrong"}, 200},
		"another provider's": {"/v1/unibell/uni", []string{"X-LOX24-Token: " + uniSecret}, 401},
	} {
		if a := r.post(c.path, small, c.headers...); a.code != c.code {
			t.Errorf("%s: %d, want %d", name, a.code, c.code)
		}
	}
}

// TestAddressLogged: the access log has the address that was judged.
func TestAddressLogged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies   []string
		forwarded string
		want      string
	}{
		"the connection's":   {nil, "203.0.113.7", "127.0.0.1"},
		"with a port":        {[]string{"127.0.0.1"}, "203.0.113.7:51234", "203.0.113.7"},
		"with brackets":      {[]string{"127.0.0.1"}, "[2001:db8::1]:443", "2001:db8::1"},
		"brackets, no port":  {[]string{"127.0.0.1"}, "[2001:db8::1]", "2001:db8::1"},
		"through two":        {[]string{"127.0.0.1", "10.0.0.0/8"}, "203.0.113.7:1, 10.0.0.1:443", "203.0.113.7"},
		"mapped":             {[]string{"127.0.0.1"}, "[::ffff:203.0.113.7]:443", "203.0.113.7"},
		"what is no address": {[]string{"127.0.0.1"}, "203.0.113.7, hidden", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) { cfg.TrustedProxies = c.proxies })
			r.post(loxPath, small, "X-Forwarded-For: "+c.forwarded)
			if log := r.logs.String(); !strings.Contains(log, " address="+c.want+" ") {
				t.Errorf("%s is not in the log: %s", c.want, log)
			}
		})
	}
}
