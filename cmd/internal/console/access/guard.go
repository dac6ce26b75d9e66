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
	"strconv"
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
	// Anonymous is the role of requests from loopback while neither tokens nor a proxy are
	// configured.
	Anonymous Role
	// Now is the clock of sessions; nil means time.Now.
	Now func() time.Time
}

// Authenticates reports whether people have to prove who they are.
func (c *Config) Authenticates() bool { return len(c.Tokens) > 0 || c.Proxy.UserHeader != "" }

// ErrOpen is returned for a port beyond loopback without authentication.
var ErrOpen = errors.New("console.listen is beyond loopback, and nothing says who may come: set console.tokens or console.proxy, or listen on 127.0.0.1")

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
	config Config
	// key signs sessions and form tokens. It lives as long as the process: a restart ends
	// every session.
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
	return &Guard{config: config, key: key, origin: http.NewCrossOriginProtection()}
}

// The session cookie and its duration.
const (
	cookie   = "tributary_session"
	duration = 12 * time.Hour
	// FormToken is the name of the form field with Person.CSRF.
	FormToken = "csrf"
	// maxForm limits the body of a form.
	maxForm = 64 << 10
)

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
		if t := g.session(c.Value); t != nil {
			p := g.named(t.Name, t.Role)
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
		if role, err := ParseRole(strings.TrimPrefix(strings.TrimSpace(name), "tributary-")); err == nil {
			best = max(best, role)
		}
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

// session returns the token of a session cookie: name.expiry.signature, the name in hexadecimal.
func (g *Guard) session(value string) *Token {
	parts := strings.Split(value, ".")
	if len(parts) != 3 || !same(parts[2], g.sign("session", parts[0], parts[1])) {
		return nil
	}
	expiry, err := strconv.ParseInt(parts[1], 10, 64)
	name, err2 := hex.DecodeString(parts[0])
	if err != nil || err2 != nil || g.config.Now().Unix() >= expiry {
		return nil
	}
	for i := range g.config.Tokens {
		if g.config.Tokens[i].Name == string(name) {
			return &g.config.Tokens[i]
		}
	}
	return nil
}

// Login begins a session if the secret is one of the tokens.
func (g *Guard) Login(w http.ResponseWriter, r *http.Request, secret string) bool {
	t := g.find(secret)
	if t == nil {
		return false
	}
	name, expiry := hex.EncodeToString([]byte(t.Name)), strconv.FormatInt(g.config.Now().Add(duration).Unix(), 10)
	g.set(w, r, name+"."+expiry+"."+g.sign("session", name, expiry), int(duration.Seconds()))
	return true
}

// Logout ends a session.
func (g *Guard) Logout(w http.ResponseWriter, r *http.Request) { g.set(w, r, "", -1) }

func (g *Guard) set(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is
		Name: cookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		// A session over plain HTTP on loopback must work, too.
		Secure: r.TLS != nil || g.fromProxy(r) && r.Header.Get("X-Forwarded-Proto") == "https",
	})
}
