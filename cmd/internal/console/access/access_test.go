package access_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
)

const secret = "a-token-of-32-characters-at-least"

// served records the handler that the guard called: the page, with its person, or the login.
type served struct {
	person *access.Person
	login  bool
}

func serve(g *access.Guard, r *http.Request) (*httptest.ResponseRecorder, *served) {
	got := &served{}
	handler := g.Wrap(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got.person = access.From(r.Context()) }),
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			got.login = true
			w.WriteHeader(http.StatusUnauthorized)
		}),
	)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w, got
}

func request(method, host string, form url.Values, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "http://"+host+"/flow", strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// TestListen: nobody starts a console beyond loopback without saying who may come.
func TestListen(t *testing.T) {
	t.Parallel()
	open, tokens := access.Config{Anonymous: access.Viewer}, access.Config{Tokens: []access.Token{{Name: "a", Role: access.Viewer, Secret: secret}}}
	proxy := access.Config{Proxy: access.Proxy{UserHeader: "X-User"}}
	for address, loopback := range map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "127.9.9.9:1-9": true,
		":1": false, "0.0.0.0:1": false, "[::]:1": false, "10.0.0.1:1": false, "example.com:1": false, "127.0.0.1.example.com:1": false,
	} {
		if err := open.CheckListen(address); (err == nil) != loopback || !loopback && !errors.Is(err, access.ErrOpen) {
			t.Errorf("CheckListen(%s) without authentication = %v", address, err)
		}
		if err := errors.Join(tokens.CheckListen(address), proxy.CheckListen(address)); err != nil {
			t.Errorf("CheckListen(%s) with authentication = %v", address, err)
		}
	}
}

func TestWho(t *testing.T) {
	t.Parallel()
	tokens := access.Config{Tokens: []access.Token{{Name: "anna", Role: access.Support, Secret: secret}, {Name: "bob", Role: access.Viewer, Secret: secret + "2"}}}
	proxy := access.Config{Proxy: access.Proxy{UserHeader: "X-User", RoleHeader: "X-Groups", Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}
	for name, c := range map[string]struct {
		config access.Config
		r      *http.Request
		remote string
		who    string
		role   access.Role
		status int
	}{
		"local":                                {config: access.Config{Anonymous: access.Viewer}, r: request("GET", "127.0.0.1:8800", nil), who: "local", role: access.Viewer, status: 200},
		"local by name":                        {config: access.Config{Anonymous: access.Operator}, r: request("GET", "localhost:8800", nil), who: "local", role: access.Operator, status: 200},
		"a name that points at loopback":       {config: access.Config{Anonymous: access.Viewer}, r: request("GET", "evil.example:8800", nil), status: http.StatusMisdirectedRequest},
		"a token":                              {config: tokens, r: request("GET", "console.example", nil, "Authorization", "Bearer "+secret), who: "anna", role: access.Support, status: 200},
		"another token":                        {config: tokens, r: request("GET", "console.example", nil, "Authorization", "Bearer "+secret+"2"), who: "bob", role: access.Viewer, status: 200},
		"a wrong token":                        {config: tokens, r: request("GET", "console.example", nil, "Authorization", "Bearer "+secret+"3"), status: 401},
		"an empty token":                       {config: tokens, r: request("GET", "console.example", nil, "Authorization", "Bearer "), status: 401},
		"no token":                             {config: tokens, r: request("GET", "console.example", nil), status: 401},
		"a forged session":                     {config: tokens, r: request("GET", "console.example", nil, "Cookie", "tributary_session=616e6e61.9999999999.00"), status: 401},
		"a header without a proxy":             {config: tokens, r: request("GET", "console.example", nil, "X-User", "anna"), status: 401},
		"the proxy":                            {config: proxy, r: request("GET", "console.example", nil, "X-User", "anna", "X-Groups", "staff, tributary-operator"), remote: "192.0.2.7:1", who: "anna", role: access.Operator, status: 200},
		"the proxy, no role":                   {config: proxy, r: request("GET", "console.example", nil, "X-User", "anna", "X-Groups", "staff"), remote: "192.0.2.7:1", who: "anna", role: access.Viewer, status: 200},
		"the proxy, nobody":                    {config: proxy, r: request("GET", "console.example", nil), remote: "192.0.2.7:1", status: 401},
		"another address with its header":      {config: proxy, r: request("GET", "console.example", nil, "X-User", "anna"), remote: "198.51.100.7:1", status: 401},
		"loopback is no proxy by itself":       {config: proxy, r: request("GET", "127.0.0.1", nil, "X-User", "anna"), remote: "127.0.0.1:1", status: 401},
		"another site's form":                  {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", nil, "Sec-Fetch-Site", "cross-site"), status: 403},
		"a form of another origin":             {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", nil, "Origin", "http://evil.example"), status: 403},
		"a form without its token":             {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", nil), status: 403},
		"a form with the token of nothing":     {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", url.Values{access.FormToken: {""}}), status: 403},
		"a program with a token posts":         {config: tokens, r: request("POST", "console.example", nil, "Authorization", "Bearer "+secret), who: "anna", role: access.Support, status: 200},
		"a program with a wrong one":           {config: tokens, r: request("POST", "console.example", nil, "Authorization", "Bearer nobody"), status: 401},
		"an Authorization that proves nothing": {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", nil, "Authorization", "Bearer x"), status: 403},
		"no token, but the word that skips":    {config: access.Config{Anonymous: access.Operator}, r: request("POST", "127.0.0.1:8800", nil, "Sec-Fetch-Site", "same-origin"), status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.remote != "" {
				c.r.RemoteAddr = c.remote
			}
			w, got := serve(access.New(c.config), c.r)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d", w.Code, c.status)
			}
			if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("policy %q", csp)
			}
			if c.status != 200 {
				if got.person != nil {
					t.Errorf("served for %+v", got.person)
				}
				return
			}
			if got.person.Name != c.who || got.person.Role != c.role {
				t.Errorf("served for %+v, want %s as %v", got.person, c.who, c.role)
			}
		})
	}
}

// TestSession: a token begins a session of twelve hours, whose forms carry a token of their own.
func TestSession(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	g := access.New(access.Config{Tokens: []access.Token{{Name: "änna", Role: access.Operator, Secret: secret}}, Now: func() time.Time { return now }})
	w := httptest.NewRecorder()
	if g.Login(w, request("POST", "console.example", nil), "wrong") {
		t.Fatal("a wrong token begins a session")
	}
	if !g.Login(w, request("POST", "console.example", nil), secret) {
		t.Fatal("the token begins no session")
	}
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("cookie %+v", cookie)
	}
	header := cookie.Name + "=" + cookie.Value
	_, got := serve(g, request("GET", "console.example", nil, "Cookie", header))
	if got.person == nil || got.person.Name != "änna" || !got.person.Session {
		t.Fatalf("served for %+v", got.person)
	}
	token := got.person.CSRF
	if _, got := serve(g, request("POST", "console.example", url.Values{access.FormToken: {token}}, "Cookie", header)); got.person == nil {
		t.Error("a form with its token is refused")
	}
	if _, got := serve(g, request("POST", "console.example", url.Values{access.FormToken: {"0" + token[1:]}}, "Cookie", header)); got.person != nil && token[0] != '0' {
		t.Error("a form with another token is served")
	}
	now = now.Add(13 * time.Hour)
	if _, got := serve(g, request("GET", "console.example", nil, "Cookie", header)); !got.login {
		t.Error("a session goes on after twelve hours")
	}
}
