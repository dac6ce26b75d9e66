// Package access authenticates the requests to the console and checks their permissions.
//
//	request ─► headers, host ─► who: proxy header, bearer token, session of a token or of OpenID Connect, loopback ─► role ─► CSRF ─► page
//
// Promise: a request beyond loopback without a proven name is never served; a request that changes
// anything carries the token of its own session and comes from the console's own origin; no page
// runs a script or style that is not an embedded file.
package access

import (
	"context"
	"fmt"
	"strings"
)

// Role is the set of permissions of a person; each role includes those before it.
type Role int

// The roles.
const (
	// None may see nothing.
	None Role = iota
	// Viewer sees every page with personal data masked.
	Viewer
	// Support may look for a phone and see the personal fields of a case.
	Support
	// Operator may act: replay, forget, pause and resume.
	Operator
)

// ParseRole returns the role of a name.
func ParseRole(name string) (Role, error) {
	for _, r := range []Role{Viewer, Support, Operator} {
		if r.String() == name {
			return r, nil
		}
	}
	return None, fmt.Errorf("%q is none of viewer, support, operator", name)
}

// RoleOfGroup returns the role that a group is named after, with or without "tributary-" before it;
// None of any other group.
func RoleOfGroup(group string) Role {
	role, err := ParseRole(strings.TrimPrefix(group, "tributary-"))
	if err != nil {
		return None
	}
	return role
}

// String returns the role's name.
func (r Role) String() string {
	switch r {
	case Viewer:
		return "viewer"
	case Support:
		return "support"
	case Operator:
		return "operator"
	default:
		return "none"
	}
}

// Person is who looks.
type Person struct {
	Name string `json:"name"`
	Role Role   `json:"-"`
	// CSRF is the token that forms of this person carry.
	CSRF string `json:"-"`
	// Session is set if the person has logged in here, and so can log out.
	Session bool `json:"-"`

	// bearer is set if the request itself carried the token: no other site can make it.
	bearer bool
}

// May reports whether the person has a role.
func (p *Person) May(r Role) bool { return p.Role >= r }

type personKey struct{}

// With returns a context with a person.
func With(ctx context.Context, p *Person) context.Context {
	return context.WithValue(ctx, personKey{}, p)
}

// From returns the person of a request; one without a role if there is none.
func From(ctx context.Context) *Person {
	if p, ok := ctx.Value(personKey{}).(*Person); ok {
		return p
	}
	return &Person{}
}
