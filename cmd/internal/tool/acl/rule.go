package acl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/schemas"
)

// Rule is one line of the cluster's authorizer.
type Rule struct {
	Principal string `json:"principal"`
	Host      string `json:"host"`
	// Permission is Allow or Deny.
	Permission string `json:"permission"`
	// Resource is the kind, as in Right, or delegation-token or user.
	Resource string `json:"resource"`
	Name     string `json:"name"`
	// Pattern is literal or prefixed.
	Pattern   string `json:"pattern"`
	Operation string `json:"operation"`
}

// The words of rules.
const (
	allow    = "Allow"
	deny     = "Deny"
	literal  = "literal"
	prefixed = "prefixed"
	anyHost  = "*"
)

// Grant is a right that a principal has by a role.
type Grant struct {
	Role      string `json:"role"`
	Principal string `json:"principal"`
	Right
}

// Grants returns every right of every principal, role by role. A role that nobody has
// is shown without principal.
func Grants(c *Config, names schemas.Names) []Grant {
	var out []Grant
	for _, role := range RoleNames() {
		principals := *c.Principals.of(role)
		if len(principals) == 0 {
			principals = []string{""}
		}
		for _, principal := range principals {
			rights := Rights(role, names)
			if role == RoleAnalytics {
				right := GroupRight(c, principal, names)
				if principal == "" {
					right.Names = []string{names.Group("analytics.<name>.")}
				}
				rights = append(rights, right)
			}
			for _, right := range rights {
				out = append(out, Grant{Role: role, Principal: principal, Right: right})
			}
		}
	}
	return out
}

// Want returns the rules that make the grants, sorted, each once.
func Want(c *Config, names schemas.Names) []Rule {
	var out []Rule
	for _, g := range Grants(c, names) {
		if g.Principal == "" {
			continue
		}
		for _, name := range g.Names {
			for _, op := range g.Operations {
				out = append(out, Rule{
					Principal: g.Principal, Host: anyHost, Permission: allow, Resource: g.Resource, Name: name, Pattern: g.pattern(), Operation: op,
				})
			}
		}
	}
	slices.SortFunc(out, compareRules)
	return slices.Compact(out)
}

func (r *Right) pattern() string {
	if r.Prefixed {
		return prefixed
	}
	return literal
}

func compareRules(a, b Rule) int {
	return cmp.Or(
		strings.Compare(a.Principal, b.Principal), strings.Compare(a.Resource, b.Resource), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.Operation, b.Operation), strings.Compare(a.Host, b.Host),
		strings.Compare(a.Permission, b.Permission),
	)
}

// String describes a rule in words.
func (r Rule) String() string {
	name := r.Name
	if r.Pattern == prefixed {
		name += "…"
	}
	words := []string{r.Principal, strings.ToLower(r.Permission), r.Operation, r.Resource}
	if r.Resource != ResourceCluster {
		words = append(words, name)
	}
	if r.Host != anyHost {
		words = append(words, "from", r.Host)
	}
	return strings.Join(words, " ")
}

// ruleOf is a described rule in our words.
func ruleOf(d *kadm.DescribedACL) Rule {
	r := Rule{Principal: d.Principal, Host: d.Host, Permission: allow, Name: d.Name, Pattern: literal, Operation: operations()[d.Operation]}
	if d.Permission == kmsg.ACLPermissionTypeDeny {
		r.Permission = deny
	}
	if d.Pattern == kadm.ACLPatternPrefixed {
		r.Pattern = prefixed
	}
	switch d.Type {
	case kmsg.ACLResourceTypeTopic:
		r.Resource = ResourceTopic
	case kmsg.ACLResourceTypeGroup:
		r.Resource = ResourceGroup
	case kmsg.ACLResourceTypeTransactionalId:
		r.Resource = ResourceTransactional
	case kmsg.ACLResourceTypeCluster:
		r.Resource = ResourceCluster
	default:
		r.Resource = strings.ToLower(d.Type.String())
	}
	return r
}

// builder is the library's form of rules that differ only in their resource's name.
func builder(r *Rule, resources []string) *kadm.ACLBuilder {
	op, _ := operation(r.Operation)
	b := kadm.NewACLs().Operations(op).ResourcePatternType(kadm.ACLPatternLiteral)
	if r.Pattern == prefixed {
		b.ResourcePatternType(kadm.ACLPatternPrefixed)
	}
	if r.Permission == deny {
		b.Deny(r.Principal).DenyHosts(r.Host)
	} else {
		b.Allow(r.Principal).AllowHosts(r.Host)
	}
	switch r.Resource {
	case ResourceTopic:
		b.Topics(resources...)
	case ResourceGroup:
		b.Groups(resources...)
	case ResourceTransactional:
		b.TransactionalIDs(resources...)
	case ResourceCluster:
		b.Clusters()
	}
	return b
}

// Lines says rules in words, those in one line that differ only in their resource's
// name.
func Lines(rules []Rule, names schemas.Names) []string {
	var out []string
	for _, alike := range alike(rules) {
		r := alike[0]
		var resources []string
		for i := range alike {
			resources = append(resources, alike[i].Name)
		}
		if r.Resource == ResourceTopic && r.Pattern == literal {
			resources = Summary(resources, names)
		}
		if r.Pattern == prefixed {
			for i := range resources {
				resources[i] += "…"
			}
		}
		r.Name, r.Pattern = strings.Join(resources, ", "), literal
		out = append(out, r.String())
	}
	return out
}

// alike gathers rules that differ only in their resource's name.
func alike(rules []Rule) [][]Rule {
	var out [][]Rule
	at := map[Rule]int{}
	for _, r := range rules {
		kind := r
		kind.Name = ""
		i, ok := at[kind]
		if !ok {
			i = len(out)
			at[kind], out = i, append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}

// builders gathers rules into as few requests as the library's form allows.
func builders(rules []Rule) []*kadm.ACLBuilder {
	var out []*kadm.ACLBuilder
	for _, alike := range alike(rules) {
		resources := make([]string, len(alike))
		for i := range alike {
			resources[i] = alike[i].Name
		}
		out = append(out, builder(&alike[0], resources))
	}
	return out
}
