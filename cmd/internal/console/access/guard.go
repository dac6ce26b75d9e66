package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Token is a static token and the person who has it.
type Token struct {
	Name   string
	Role   Role
	Secret string
}

// Proxy is a reverse proxy that has authenticated the person.
type Proxy struct {
	// UserHeader and RoleHeader are the headers that it sets. Without RoleHeader everybody is
	// a viewer.
	UserHeader, RoleHeader string
	// Networks are the addresses of the proxy: the headers of others are ignored.
	Networks []netip.Prefix
}

// Config is who may come.
type Config struct {
	Tokens []Token
	Proxy  Proxy
	// LogIn is set if people can log in elsewhere, and Begin begins their sessions.
	LogIn bool
	// Secure is set if browsers reach the console by https.
	Secure bool
	// Anonymous is the role of requests from loopback while nobody can prove who they are.
	Anonymous Role
	// Now is the clock of sessions; nil means time.Now.
	Now func() time.Time
}

// Authenticates reports whether people have to prove who they are.
func (c *Config) Authenticates() bool {
	return len(c.Tokens) > 0 || c.Proxy.UserHeader != "" || c.LogIn
}

// ErrOpen is returned for a port beyond loopback without authentication.
var ErrOpen = errors.New("console.listen is beyond loopback, and nothing says who may come: set console.oidc, console.proxy or console.tokens, or listen on 127.0.0.1")

// CheckListen returns ErrOpen if an address is beyond loopback and nobody has to prove who they
// are.
func (c *Config) CheckListen(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if c.Authenticates() || loopback(host) {
		return nil
	}
	return ErrOpen
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// Guard judges requests. Make it with New.
type Guard struct {
	config   Config
	sessions sessions
	// key signs form tokens. It lives as long as the process.
	key    []byte
	origin *http.CrossOriginProtection
}

// New returns a guard.
func New(config Config) *Guard {
	if config.Now == nil {
		config.Now = time.Now
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	return &Guard{config: config, sessions: sessions{by: map[[sha256.Size]byte]session{}}, key: key, origin: http.NewCrossOriginProtection()}
}

const (
	// FormToken is the name of the form field with Person.CSRF.
	FormToken = "csrf"
	// maxForm limits the body of a form.
	maxForm = 64 << 10
)

// Headers sets the headers of every answer of the console.
func (*Guard) Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		next.ServeHTTP(w, r)
	})
}

// Wrap serves next with the person in the context. Requests without one are sent to login.
func (g *Guard) Wrap(next, login http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		if !g.config.Authenticates() && !loopback(hostOf(r)) {
			// Another site may have pointed a name of its own at this port.
			http.Error(w, "This console is served on loopback only: open it by 127.0.0.1 or localhost.", http.StatusMisdirectedRequest)
			return
		}
		if err := g.origin.Check(r); err != nil {
			http.Error(w, "This request came from another site.", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		person := g.person(r)
		if person.Role == None {
			login.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodPost && !person.bearer && !same(r.PostFormValue(FormToken), person.CSRF) {
			http.Error(w, "The form is out of date: open the page again.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r.WithContext(With(r.Context(), person)))
	})
}

func hostOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return r.Host
}

// secure sets the headers of every answer.
func secure(h http.Header) {
	for name, value := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
		"Cache-Control":                "no-store",
	} {
		h.Set(name, value)
	}
}

// person returns who asks; without a role if nothing proves it.
func (g *Guard) person(r *http.Request) *Person {
	switch {
	case g.config.Proxy.UserHeader != "" && g.fromProxy(r):
		if name := r.Header.Get(g.config.Proxy.UserHeader); name != "" {
			return g.named(name, g.proxyRole(r))
		}
	case !g.config.Authenticates():
		return g.named("local", g.config.Anonymous)
	}
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if t := g.find(secret); t != nil {
			p := g.named(t.Name, t.Role)
			p.bearer = true
			return p
		}
		return &Person{}
	}
	if c, err := r.Cookie(cookie); err == nil {
		if x := g.sessions.find(c.Value, g.config.Now()); x != nil {
			p := g.named(x.name, x.role)
			p.Session = true
			return p
		}
	}
	return &Person{}
}

func (g *Guard) fromProxy(r *http.Request) bool {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, network := range g.config.Proxy.Networks {
		if network.Contains(address.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// proxyRole is the highest role that the header names; groups may be separated by commas.
func (g *Guard) proxyRole(r *http.Request) Role {
	best := Viewer
	if g.config.Proxy.RoleHeader == "" {
		return best
	}
	for name := range strings.SplitSeq(r.Header.Get(g.config.Proxy.RoleHeader), ",") {
		best = max(best, RoleOfGroup(strings.TrimSpace(name)))
	}
	return best
}

func (g *Guard) named(name string, role Role) *Person {
	return &Person{Name: name, Role: role, CSRF: g.sign("form", name)}
}

// find returns the token with a secret. Every token is compared, in constant time.
func (g *Guard) find(secret string) *Token {
	var found *Token
	for i := range g.config.Tokens {
		if same(secret, g.config.Tokens[i].Secret) {
			found = &g.config.Tokens[i]
		}
	}
	return found
}

// same compares secrets of any length in constant time.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return b != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (g *Guard) sign(parts ...string) string {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(mac.Sum(nil))
}
