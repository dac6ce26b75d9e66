package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// Console is the port with the pages for people.
type Console struct {
	// Listen is its address: host:port, or host:first-last for the first free port of a range.
	// Beyond loopback it needs Tokens or Proxy.
	Listen string `json:"listen" koanf:"listen" yaml:"listen"`
	// LocalRole is the role of everybody on loopback while there are neither Tokens nor a Proxy:
	// viewer, support or operator.
	LocalRole string `json:"local_role" koanf:"local_role" yaml:"local_role"`
	// Tokens are people who log in with a token.
	Tokens []ConsoleToken `json:"tokens" koanf:"tokens" yaml:"tokens"`
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
func (c *Console) Restricts() bool { return len(c.Tokens) > 0 || c.Proxy.UserHeader != "" }

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
