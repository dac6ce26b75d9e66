package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp/idptest"
)

// browser is a person's browser at a console with an identity provider.
type browser struct {
	*http.Client

	url    string
	issuer *idptest.Issuer
	// ahead is how far the console's clock is ahead.
	ahead atomic.Int64
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	issuer := idptest.Start(time.Now)
	t.Cleanup(issuer.Close)
	b := &browser{issuer: issuer}
	var server *console.Server
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { server.Handler().ServeHTTP(w, r) }))
	server, err := console.New(console.Config{
		Listen: "0.0.0.0:0", Place: "a test", Version: "test",
		Access:   access.Config{Now: func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }, Tokens: []access.Token{{Name: "vera", Role: access.Viewer, Secret: viewer}}},
		Identity: idp.Config{Issuer: issuer.URL, ClientID: idptest.ClientID, Secret: idptest.Secret, URL: web.URL, RolesClaim: "groups", Client: issuer.Client()},
		Feed:     feed.Config{Kafka: []kgo.Opt{kgo.SeedBrokers("127.0.0.1:1")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		web.Close()
		issuer.Client().CloseIdleConnections()
		if err := server.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	b.url, b.Client = web.URL, web.Client()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if b.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) open(t *testing.T, path string) (status int, body string, header http.Header, cookies []*http.Cookie) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if faults := consoletest.Check(string(text)); strings.Contains(answer.Header.Get("Content-Type"), "html") && answer.StatusCode != http.StatusSeeOther && len(faults) > 0 {
		t.Errorf("%s: %v", path, faults)
	}
	return answer.StatusCode, string(text), answer.Header, answer.Cookies()
}

// TestOpenIDConnect: a person logs in at the identity provider, goes on where the login began, and
// logs out.
func TestOpenIDConnect(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	status, body, _, _ := b.open(t, "/help?a=1")
	if status != http.StatusUnauthorized || !strings.Contains(body, `href="/login/oidc?back=%2Fhelp%3Fa%3D1"`) {
		t.Fatalf("/help = %d: %s", status, body)
	}
	status, _, header, cookies := b.open(t, "/login/oidc?back=%2Fhelp")
	if status != http.StatusSeeOther || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("the login begins with %d, %v", status, cookies)
	}
	_, back := b.issuer.Authorize(header.Get("Location"))
	status, body, header, cookies = b.open(t, back.Path+"?"+back.RawQuery)
	if status != http.StatusOK || !strings.Contains(body, `content="0; url=/help"`) || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("the login ends with %d: %s", status, body)
	}
	for _, c := range cookies {
		if c.MaxAge > 0 && (!c.HttpOnly || c.SameSite != http.SameSiteStrictMode) {
			t.Errorf("the session's cookie is %v", c)
		}
	}
	status, body, _, _ = b.open(t, "/help")
	if status != http.StatusOK || !strings.Contains(body, "anna@example.org") || !strings.Contains(body, "operator") {
		t.Fatalf("after the login /help = %d: %s", status, body)
	}
	if status, body, _, _ := b.open(t, back.Path+"?"+back.RawQuery); status != http.StatusUnauthorized || !strings.Contains(body, "not begun in this browser") {
		t.Errorf("the answer used again: %d: %s", status, body)
	}
}

// login logs in, and returns the token of forms.
func (b *browser) login(t *testing.T) (form string) {
	t.Helper()
	_, _, header, _ := b.open(t, "/login/oidc")
	_, back := b.issuer.Authorize(header.Get("Location"))
	b.open(t, back.Path+"?"+back.RawQuery)
	status, body, _, _ := b.open(t, "/help")
	found := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(body)
	if status != http.StatusOK || found == nil {
		t.Fatalf("after the login /help = %d: %s", status, body)
	}
	return found[1]
}

// logout posts the form, and returns the page with its cookies.
func (b *browser) logout(t *testing.T, form string) (status int, body, location string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/logout", strings.NewReader(url.Values{"csrf": {form}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := b.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header.Get("Location")
}

// TestLogout: a logout ends the session here, even for a copy of its cookie, and leads to the identity
// provider's logout, with the ID token in no page.
func TestLogout(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	form := b.login(t)
	u, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	copied := b.Jar.Cookies(u)
	if status, body, _ := b.logout(t, "forged"); status != http.StatusForbidden {
		t.Errorf("a forged form = %d: %s", status, body)
	}
	status, body, _ := b.logout(t, form)
	next := regexp.MustCompile(`content="0; url=(/logout/oidc\?ticket=\w+)"`).FindStringSubmatch(body)
	if status != http.StatusOK || next == nil || strings.Contains(body, "eyJ") {
		t.Fatalf("the logout = %d: %s", status, body)
	}
	status, _, header, _ := b.open(t, next[1])
	end, err := url.Parse(header.Get("Location"))
	if err != nil || status != http.StatusSeeOther || !strings.HasPrefix(end.String(), b.issuer.URL+"/logout?") {
		t.Fatalf("%s = %d, %v", next[1], status, header)
	}
	q := end.Query()
	if q.Get("client_id") != idptest.ClientID || q.Get("post_logout_redirect_uri") != b.url+"/" || !strings.HasPrefix(q.Get("id_token_hint"), "eyJ") {
		t.Errorf("the logout leads to %v", end)
	}
	if _, _, header, _ := b.open(t, next[1]); header.Get("Location") != "/" {
		t.Errorf("the ticket used again leads to %s", header.Get("Location"))
	}
	b.Jar.SetCookies(u, copied)
	if status, _, _, _ := b.open(t, "/help"); status != http.StatusUnauthorized {
		t.Errorf("a copy of the cookie after the logout = %d", status)
	}
}

// TestLogoutElsewhere: without an end_session_endpoint the session
// ends here, and the page says that the other one goes on.
func TestLogoutElsewhere(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.issuer.WithoutLogout()
	status, body, _ := b.logout(t, b.login(t))
	if status != http.StatusOK || !strings.Contains(body, "goes on: log out there, too") || strings.Contains(body, "http-equiv") {
		t.Errorf("the logout = %d: %s", status, body)
	}
	if status, _, _, _ := b.open(t, "/help"); status != http.StatusUnauthorized {
		t.Errorf("after the logout /help = %d", status)
	}
}

// TestSessionExpires: a session ends by itself, and so does that of a token.
func TestSessionExpires(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.login(t)
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{8*time.Hour - time.Minute, http.StatusOK}, {8*time.Hour + time.Minute, http.StatusUnauthorized}} {
		b.ahead.Store(int64(c.after))
		if status, _, _, _ := b.open(t, "/help"); status != c.want {
			t.Errorf("after %v /help = %d, want %d", c.after, status, c.want)
		}
	}
	b.ahead.Store(0)
	answer, err := b.PostForm(b.url+"/login", url.Values{"token": {viewer}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, http.StatusOK}, {12*time.Hour + time.Minute, http.StatusUnauthorized}} {
		b.ahead.Store(int64(c.after))
		if status, _, _, _ := b.open(t, "/help"); status != c.want {
			t.Errorf("%v after a login with a token /help = %d, want %d", c.after, status, c.want)
		}
	}
}

// TestRefusedLogins: the page says why, and nobody is logged in.
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	_, _, header, _ := b.open(t, "/login/oidc")
	b.issuer.Change(func(c jwt.MapClaims) { c["groups"] = []string{"staff"} })
	_, back := b.issuer.Authorize(header.Get("Location"))
	if status, body, _, _ := b.open(t, back.Path+"?"+back.RawQuery); status != http.StatusUnauthorized || !strings.Contains(body, "has no role here") {
		t.Errorf("without a group: %d: %s", status, body)
	}
	b.issuer.Change(func(c jwt.MapClaims) { c["aud"] = "another" })
	_, _, header, _ = b.open(t, "/login/oidc")
	_, back = b.issuer.Authorize(header.Get("Location"))
	if status, body, _, _ := b.open(t, back.Path+"?"+back.RawQuery); status != http.StatusUnauthorized || !strings.Contains(body, "log has the details") || strings.Contains(body, "audience") {
		t.Errorf("with another audience: %d: %s", status, body)
	}
	if status, _, _, _ := b.open(t, "/help"); status != http.StatusUnauthorized {
		t.Errorf("a refused login begins a session: %d", status)
	}
}

// TestIssuerAway: the login page says so; a token works all the same.
func TestIssuerAway(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	b.issuer.Down(true)
	if status, body, _, _ := b.open(t, "/login/oidc"); status != http.StatusUnauthorized || !strings.Contains(body, "does not answer") || !strings.Contains(body, "Token") {
		t.Errorf("the login begins with %d: %s", status, body)
	}
	r := &rig{url: b.url, client: b.Client}
	if status, _, _ := r.ask(t, viewer, "/help", nil); status != http.StatusOK {
		t.Errorf("/help with a token = %d", status)
	}
}
