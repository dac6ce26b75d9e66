package idp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
)

// identity reads the claims of an ID token.
func (c *Client) identity(token *oidc.IDToken, back string) (*Identity, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return nil, fmt.Errorf("read the claims of the ID token: %w", err)
	}
	name := ""
	for _, claim := range nameClaims(c.config.NameClaim) {
		text, _ := claims[claim].(string)
		if claim == "email" && claims["email_verified"] == false {
			continue // anybody may have set it
		}
		name = cmp.Or(name, text)
	}
	if name == "" {
		return nil, refusef("the ID token has no claim %s, so it names nobody", c.config.NameClaim)
	}
	role := c.role(texts(claim(claims, c.config.RolesClaim)))
	if role == access.None {
		return nil, refusef("%.200s has no role here: the claim %s names none of the groups of console.oidc.roles", name, c.config.RolesClaim)
	}
	return &Identity{Name: name, Role: role, Until: c.config.Now().Add(c.config.Session), Back: back}, nil
}

func nameClaims(configured string) []string {
	if configured != "" {
		return []string{configured}
	}
	return []string{"email", "preferred_username", "name", "sub"}
}

// claim returns a claim by its name, or by a path into objects, such as realm_access.roles.
func claim(claims map[string]any, name string) any {
	if value, ok := claims[name]; ok {
		return value
	}
	first, rest, more := strings.Cut(name, ".")
	if inner, ok := claims[first].(map[string]any); ok && more {
		return claim(inner, rest)
	}
	return nil
}

// texts returns the texts of a claim: a list, or words with blanks or commas between them.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	case []any:
		var out []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}

// role returns the highest role that the values give.
func (c *Client) role(values []string) access.Role {
	best := c.config.Default
	for _, value := range values {
		if len(c.config.Roles) == 0 {
			best = max(best, access.RoleOfGroup(value))
		}
		for role, groups := range c.config.Roles {
			if slices.Contains(groups, value) {
				best = max(best, role)
			}
		}
	}
	return best
}
