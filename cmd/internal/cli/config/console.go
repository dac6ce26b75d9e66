package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// Console is the port with the pages for people.
type Console struct {
	// Listen is its address: host:port, or host:first-last for the first free port of a range.
	// Beyond loopback it needs OIDC, Proxy or Tokens.
	Listen string `json:"listen" koanf:"listen" yaml:"listen"`
	// LocalRole is the role of everybody on loopback while there are neither OIDC, Proxy nor Tokens:
	// viewer, support or operator.
	LocalRole string `json:"local_role" koanf:"local_role" yaml:"local_role"`
	// Tokens are people who log in with a token.
	Tokens []ConsoleToken `json:"tokens" koanf:"tokens" yaml:"tokens"`
	// OIDC is the identity provider at which people log in.
	OIDC ConsoleOIDC `json:"oidc" koanf:"oidc" yaml:"oidc"`
	// Proxy is a reverse proxy that has authenticated the person.
	Proxy ConsoleProxy `json:"proxy" koanf:"proxy" yaml:"proxy"`
	// Ops are the addresses of the ops ports of ingest and processors, for refusals and restores.
	Ops []string `json:"ops" koanf:"ops" yaml:"ops"`
	// Alertmanager is its address; empty: alerts are not shown.
	Alertmanager string `json:"alertmanager" koanf:"alertmanager" yaml:"alertmanager"`
}

// ConsoleToken is a person with a token.
type ConsoleToken struct {
	secret.Ref `koanf:",squash" yaml:",inline"`

	// Name stands in the record of each act.
	Name string `json:"name" koanf:"name" yaml:"name"`
	// Role is viewer, support or operator.
	Role string `json:"role" koanf:"role" yaml:"role"`
}

// ConsoleOIDC is a client of an identity provider that speaks OpenID Connect.
type ConsoleOIDC struct {
	// Issuer is the identity provider's address; empty: there is none.
	Issuer string `json:"issuer" koanf:"issuer" yaml:"issuer"`
	// ClientID is the console's name there; ClientSecret is empty for a public client.
	ClientID     string     `json:"client_id" koanf:"client_id" yaml:"client_id"`
	ClientSecret secret.Ref `json:"client_secret" koanf:"client_secret" yaml:"client_secret"`
	// URL is the console's address as browsers see it; the identity provider must allow the redirect
	// to URL/login/callback.
	URL string `json:"url" koanf:"url" yaml:"url"`
	// Scopes are asked for beside openid.
	Scopes []string `json:"scopes" koanf:"scopes" yaml:"scopes"`
	// NameClaim has the person's name. Empty: the first of email, preferred_username, name, sub.
	NameClaim string `json:"name_claim" koanf:"name_claim" yaml:"name_claim"`
	// RolesClaim has the person's roles or groups; a dot goes into an object: realm_access.roles.
	RolesClaim string `json:"roles_claim" koanf:"roles_claim" yaml:"roles_claim"`
	// Roles has the values of the claim for each role. Without any, the values are viewer, support,
	// operator, each with or without "tributary-" before it.
	Roles ConsoleGroups `json:"roles" koanf:"roles" yaml:"roles"`
	// DefaultRole is the role of a person without any of them: viewer, support, operator, or none,
	// which refuses the person.
	DefaultRole string `json:"default_role" koanf:"default_role" yaml:"default_role"`
	// Session is how long a person stays logged in.
	Session time.Duration `json:"session" koanf:"session" yaml:"session"`
}

// ConsoleGroups has the groups of each role.
type ConsoleGroups struct {
	Viewer   []string `json:"viewer" koanf:"viewer" yaml:"viewer"`
	Support  []string `json:"support" koanf:"support" yaml:"support"`
	Operator []string `json:"operator" koanf:"operator" yaml:"operator"`
}

// Validate reports every fault at once; each begins with its key.
func (c *ConsoleOIDC) Validate() error {
	if c.Issuer == "" {
		if c.ClientID != "" {
			return errors.New("issuer: name the identity provider's address, or leave client_id empty")
		}
		return nil
	}
	errs := []error{checkWeb("issuer", c.Issuer), checkWeb("url", c.URL)}
	if c.ClientID == "" {
		errs = append(errs, errors.New("client_id: the identity provider gives one"))
	}
	if c.ClientSecret != (secret.Ref{}) {
		if err := c.ClientSecret.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("client_secret: %w", err))
		}
	}
	if c.RolesClaim == "" {
		errs = append(errs, errors.New("roles_claim: name the claim with the groups, such as groups"))
	}
	if !slices.Contains(append(consoleRoles(), "none"), c.DefaultRole) {
		errs = append(errs, fmt.Errorf("default_role: %q is none of viewer, support, operator, none", c.DefaultRole))
	}
	const shortest, longest = time.Minute, 7 * 24 * time.Hour
	if c.Session < shortest || c.Session > longest {
		errs = append(errs, fmt.Errorf("session: %v is not from 1m to 7d", c.Session))
	}
	return errors.Join(errs...)
}

// below puts a key before that of each error.
func below(key string, err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{fmt.Errorf("%s.%w", key, err)}
	}
	out := make([]error, 0, len(joined.Unwrap()))
	for _, one := range joined.Unwrap() {
		out = append(out, fmt.Errorf("%s.%w", key, one))
	}
	return out
}

// checkWeb returns an error unless an address is https, or http on loopback.
func checkWeb(key, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s: %q is no address: write https://login.example.org", key, address)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return fmt.Errorf("%s: %q must be https: codes and tokens pass there", key, address)
	}
	return nil
}

// ConsoleProxy names the headers of a proxy.
type ConsoleProxy struct {
	// UserHeader has the person's name; empty: there is no proxy.
	UserHeader string `json:"user_header" koanf:"user_header" yaml:"user_header"`
	// RoleHeader has the person's roles or groups, separated by commas: viewer, support, operator,
	// each with or without "tributary-" before it. Empty: everybody is a viewer.
	RoleHeader string `json:"role_header" koanf:"role_header" yaml:"role_header"`
	// Networks are the addresses of the proxy; the headers of others are ignored.
	Networks []string `json:"networks" koanf:"networks" yaml:"networks"`
}

// consoleRoles are the roles of package access.
func consoleRoles() []string { return []string{"viewer", "support", "operator"} }

// Restricts reports whether people have to prove who they are.
func (c *Console) Restricts() bool {
	return len(c.Tokens) > 0 || c.Proxy.UserHeader != "" || c.OIDC.Issuer != ""
}

// Validate reports every fault at once; each begins with its key.
func (c *Console) Validate() error {
	var errs []error
	if _, err := ops.Ports(c.Listen); err != nil {
		errs = append(errs, fmt.Errorf("listen: %w", err))
	}
	if !slices.Contains(consoleRoles(), c.LocalRole) {
		errs = append(errs, fmt.Errorf("local_role: %q is none of viewer, support, operator", c.LocalRole))
	}
	names := map[string]bool{}
	for i := range c.Tokens {
		t, at := &c.Tokens[i], fmt.Sprintf("tokens[%d]", i)
		if err := t.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, err))
		}
		if t.Name == "" || names[t.Name] {
			errs = append(errs, fmt.Errorf("%s.name: %q: each token needs a name of its own", at, t.Name))
		}
		names[t.Name] = true
		if !slices.Contains(consoleRoles(), t.Role) {
			errs = append(errs, fmt.Errorf("%s.role: %q is none of viewer, support, operator", at, t.Role))
		}
	}
	if err := c.OIDC.Validate(); err != nil {
		errs = append(errs, below("oidc", err)...)
	}
	if c.Proxy.UserHeader != "" && len(c.Proxy.Networks) == 0 {
		errs = append(errs, errors.New("proxy.networks: name the proxy's addresses: anybody else could set its headers"))
	}
	for i, n := range c.Proxy.Networks {
		if _, err := netip.ParsePrefix(n); err != nil {
			errs = append(errs, fmt.Errorf("proxy.networks[%d]: %q is no network: write 10.0.0.0/8", i, n))
		}
	}
	return errors.Join(errs...)
}
