package access

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

// The session cookie, and how long a session lasts that a token began.
const (
	cookie   = "tributary_session"
	duration = 12 * time.Hour
	// maxSessions limits the memory of sessions; beyond it the one that ends first is dropped.
	maxSessions = 10_000
)

// session is a person who has logged in.
type session struct {
	name  string
	role  Role
	until time.Time
	// idToken is the identity provider's, empty for the session of a token.
	idToken string
}

// sessions are those of this process, by the hash of the cookie: a restart ends them.
type sessions struct {
	mu sync.Mutex
	by map[[sha256.Size]byte]session
}

func (s *sessions) begin(x session, now time.Time) (value string) {
	value = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	var first [sha256.Size]byte
	ends := time.Time{}
	for key, old := range s.by {
		if !now.Before(old.until) {
			delete(s.by, key)
			continue
		}
		if ends.IsZero() || old.until.Before(ends) {
			first, ends = key, old.until
		}
	}
	if len(s.by) >= maxSessions {
		delete(s.by, first)
	}
	s.by[sha256.Sum256([]byte(value))] = x
	return value
}

func (s *sessions) find(value string, now time.Time) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.by[sha256.Sum256([]byte(value))]
	if !ok || !now.Before(x.until) {
		return nil
	}
	return &x
}

func (s *sessions) end(value string) (idToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(value))
	idToken = s.by[key].idToken
	delete(s.by, key)
	return idToken
}

// Login begins a session if the secret is one of the tokens.
func (g *Guard) Login(w http.ResponseWriter, r *http.Request, secret string) bool {
	t := g.find(secret)
	if t == nil {
		return false
	}
	g.Begin(w, r, &Proven{Name: t.Name, Role: t.Role, Until: g.config.Now().Add(duration)})
	return true
}

// Proven is a person who has proven a name, and how long the session lasts.
type Proven struct {
	Name  string
	Role  Role
	Until time.Time
	// IDToken is the identity provider's; empty if there is none.
	IDToken string
}

// Begin begins a session of a person who has proven a name.
func (g *Guard) Begin(w http.ResponseWriter, r *http.Request, p *Proven) {
	now := g.config.Now()
	value := g.sessions.begin(session{p.Name, p.Role, p.Until, p.IDToken}, now)
	g.SetCookie(w, r, &http.Cookie{Name: cookie, Value: value, Path: "/", MaxAge: int(p.Until.Sub(now).Seconds()), SameSite: http.SameSiteStrictMode}) //nolint:gosec // SetCookie sets the rest
}

// Logout ends a session, and returns the ID token that it began with.
func (g *Guard) Logout(w http.ResponseWriter, r *http.Request) (idToken string) {
	if c, err := r.Cookie(cookie); err == nil {
		idToken = g.sessions.end(c.Value)
	}
	g.SetCookie(w, r, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, SameSite: http.SameSiteStrictMode}) //nolint:gosec // SetCookie sets the rest
	return idToken
}

// SetCookie sets a cookie that no script can read, and that is sent by https only where browsers
// reach the console by https: a session over plain HTTP on loopback must work, too.
func (g *Guard) SetCookie(w http.ResponseWriter, r *http.Request, c *http.Cookie) { //nolint:gosec // each caller names SameSite
	c.HttpOnly = true
	c.Secure = g.config.Secure || r.TLS != nil || g.fromProxy(r) && r.Header.Get("X-Forwarded-Proto") == "https"
	http.SetCookie(w, c)
}
