package idp_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp/idptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a client and its issuer, with a clock of their own.
type rig struct {
	*idptest.Issuer

	client *idp.Client
	now    time.Time
}

func start(t *testing.T, change func(*idp.Config)) *rig {
	t.Helper()
	r := &rig{now: time.Unix(1_800_000_000, 0)}
	clock := func() time.Time { return r.now }
	r.Issuer = idptest.Start(clock)
	t.Cleanup(r.Close)
	client := r.Client()
	t.Cleanup(client.CloseIdleConnections)
	config := idp.Config{
		Issuer: r.URL, ClientID: idptest.ClientID, Secret: idptest.Secret, URL: "https://console.example/", RolesClaim: "groups", Default: access.Viewer, Now: clock,
		Client: client,
	}
	if change != nil {
		change(&config)
	}
	r.client = idp.New(config)
	return r
}

// login goes the whole way; change alters what the browser brings back.
func (r *rig) login(t *testing.T, change func(answer url.Values, kept *string)) (*idp.Identity, error) {
	t.Helper()
	address, kept, err := r.client.Begin(t.Context(), "/readers")
	if err != nil {
		return nil, err
	}
	answer, _ := r.Authorize(address)
	if change != nil {
		change(answer, &kept)
	}
	return r.client.Finish(t.Context(), answer, kept)
}

// TestLogin: a signed token of this login names the person and the role.
func TestLogin(t *testing.T) {
	t.Parallel()
	groups := func(values ...any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { c["groups"] = values }
	}
	roles := map[access.Role][]string{access.Support: {"care"}, access.Operator: {"night-shift", "platform"}}
	for name, c := range map[string]struct {
		config func(*idp.Config)
		claims func(jwt.MapClaims)
		name   string
		role   access.Role
		fault  string
	}{
		"a group named after a role":          {name: "anna@example.org", role: access.Operator},
		"no group":                            {claims: groups(), name: "anna@example.org", role: access.Viewer},
		"no claim":                            {claims: func(c jwt.MapClaims) { delete(c, "groups") }, name: "anna@example.org", role: access.Viewer},
		"no group, and nobody is a viewer":    {claims: groups("staff"), config: func(c *idp.Config) { c.Default = access.None }, fault: "has no role here"},
		"a configured group":                  {claims: groups("care"), config: func(c *idp.Config) { c.Roles = roles }, name: "anna@example.org", role: access.Support},
		"the highest of several":              {claims: groups("care", "platform"), config: func(c *idp.Config) { c.Roles = roles }, name: "anna@example.org", role: access.Operator},
		"configured groups replace the names": {claims: groups("tributary-operator"), config: func(c *idp.Config) { c.Roles = roles }, name: "anna@example.org", role: access.Viewer},
		"a path into the claims": {
			claims: func(c jwt.MapClaims) { c["realm_access"] = map[string]any{"roles": []string{"support"}} },
			config: func(c *idp.Config) { c.RolesClaim = "realm_access.roles" }, name: "anna@example.org", role: access.Support,
		},
		"words":                           {claims: func(c jwt.MapClaims) { c["groups"] = "staff support" }, name: "anna@example.org", role: access.Support},
		"a claim of another type":         {claims: func(c jwt.MapClaims) { c["groups"] = 7 }, name: "anna@example.org", role: access.Viewer},
		"a configured name":               {config: func(c *idp.Config) { c.NameClaim = "sub" }, name: "0815", role: access.Operator},
		"no name":                         {config: func(c *idp.Config) { c.NameClaim = "nickname" }, fault: "names nobody"},
		"an address that nobody verified": {claims: func(c jwt.MapClaims) { c["email_verified"] = false }, name: "0815", role: access.Operator},
		"another audience":                {claims: func(c jwt.MapClaims) { c["aud"] = "another" }, fault: "not valid"},
		"another issuer":                  {claims: func(c jwt.MapClaims) { c["iss"] = "https://evil.example" }, fault: "not valid"},
		"a token that has expired":        {claims: func(c jwt.MapClaims) { c["exp"] = time.Unix(1_799_999_000, 0).Unix() }, fault: "not valid"},
		"a token of another login":        {claims: func(c jwt.MapClaims) { c["nonce"] = "another" }, fault: "another login"},
		"no nonce":                        {claims: func(c jwt.MapClaims) { delete(c, "nonce") }, fault: "another login"},
		"a wrong secret":                  {config: func(c *idp.Config) { c.Secret = "wrong" }, fault: "does not take the code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, c.config)
			r.Change(c.claims)
			person, err := r.login(t, nil)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Fatalf("Finish() = %+v, %v, want %q", person, err, c.fault)
				}
				return
			}
			if err != nil || person.Name != c.name || person.Role != c.role || person.Back != "/readers" || person.Until.Sub(r.now) != 8*time.Hour {
				t.Fatalf("Finish() = %+v, %v, want %s as %v", person, err, c.name, c.role)
			}
		})
	}
}

// TestOnce: a login ends once, in time, and in the browser that began it.
func TestOnce(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	var used url.Values
	if _, err := r.login(t, func(answer url.Values, _ *string) { used = answer }); err != nil {
		t.Fatal(err)
	}
	for name, finish := range map[string]func() (*idp.Identity, error){
		"used up":         func() (*idp.Identity, error) { return r.client.Finish(t.Context(), used, used.Get("state")) },
		"another browser": func() (*idp.Identity, error) { return r.login(t, func(_ url.Values, kept *string) { *kept = "" }) },
		"another state": func() (*idp.Identity, error) {
			return r.login(t, func(a url.Values, _ *string) { a.Set("state", "x") })
		},
		"no state":     func() (*idp.Identity, error) { return r.client.Finish(t.Context(), url.Values{}, "") },
		"another code": func() (*idp.Identity, error) { return r.login(t, func(a url.Values, _ *string) { a.Set("code", "x") }) },
		"a person refused": func() (*idp.Identity, error) {
			return r.login(t, func(a url.Values, _ *string) { a.Set("error", "access_denied") })
		},
		"too late": func() (*idp.Identity, error) {
			return r.login(t, func(url.Values, *string) { r.now = r.now.Add(11 * time.Minute) })
		},
	} {
		if person, err := finish(); err == nil {
			t.Errorf("%s: Finish() = %+v", name, person)
		}
	}
}

// TestKeyRotation: a token under a key that was unknown at the last login is verified.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for range 3 {
		if _, err := r.login(t, nil); err != nil {
			t.Fatal(err)
		}
		r.Rotate()
	}
}

// TestIssuerAway: a login fails while the issuer is away, and works when it is back.
func TestIssuerAway(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	r.Down(true)
	if err := r.client.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("Check() = %v", err)
	}
	if _, err := r.login(t, nil); err == nil {
		t.Error("a login begins without an issuer")
	}
	r.Down(false)
	r.now = r.now.Add(5 * time.Second)
	if _, err := r.login(t, nil); err != nil {
		t.Error(err)
	}
	r.Down(true)
	_, err := r.login(t, nil)
	if _, refused := errors.AsType[*idp.RefusedError](err); err == nil || refused {
		t.Errorf("without the token endpoint: %v", err)
	}
}

// TestManyLogins: logins that nobody ends take bounded memory, and their room is free again later.
func TestManyLogins(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	var err error
	n := 0
	for ; err == nil && n < 2000; n++ {
		_, _, err = r.client.Begin(t.Context(), "/")
	}
	if err == nil || n != 1001 {
		t.Fatalf("%d logins begin, then %v", n, err)
	}
	r.now = r.now.Add(11 * time.Minute)
	if _, err := r.login(t, nil); err != nil {
		t.Error(err)
	}
}
