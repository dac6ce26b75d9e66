package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/schemas"
)

// Difference is the difference between the cluster's rules and the wanted ones.
type Difference struct {
	// Add are the missing rules.
	Add []Rule `json:"add"`
	// Stale are rules of our principals on our resources that are not wanted.
	Stale []Rule `json:"stale"`
	// Others are rules of principals without a role that cover our resources.
	Others []Other `json:"others"`
}

// Other is a rule of a principal without a role.
type Other struct {
	Rule
	// Reaches lists our resources that the rule covers.
	Reaches []string `json:"reaches"`
}

// Empty reports whether there is no difference.
func (d *Difference) Empty() bool { return len(d.Add)+len(d.Stale)+len(d.Others) == 0 }

// Diff compares the cluster's rules with the wanted ones. former are principals that
// had a role: all their rules on our resources are stale.
func Diff(ctx context.Context, admin *kadm.Client, c *Config, names schemas.Names, former []string) (*Difference, error) {
	have, err := describe(ctx, admin)
	if err != nil {
		return nil, err
	}
	wanted := Want(c, names)
	d := &Difference{Add: []Rule{}, Stale: []Rule{}, Others: []Other{}}
	for _, r := range wanted {
		if !slices.Contains(have, r) {
			d.Add = append(d.Add, r)
		}
	}
	ours := newOwned(c, names)
	managed := slices.Clone(former)
	for _, role := range RoleNames() {
		managed = append(managed, *c.Principals.of(role)...)
	}
	for _, r := range have {
		switch mine := slices.Contains(managed, r.Principal); {
		case slices.Contains(wanted, r):
		case mine && ours.holds(&r):
			d.Stale = append(d.Stale, r)
		default:
			if reached := ours.reached(&r, mine); len(reached) > 0 {
				d.Others = append(d.Others, Other{Rule: r, Reaches: reached})
			}
		}
	}
	return d, nil
}

// describe returns all rules of the cluster, sorted.
func describe(ctx context.Context, admin *kadm.Client) ([]Rule, error) {
	every := kadm.NewACLs().AnyResource().Operations(kadm.OpAny).ResourcePatternType(kadm.ACLPatternAny).Allow().AllowHosts().Deny().DenyHosts()
	results, err := admin.DescribeACLs(ctx, every)
	if err != nil {
		return nil, fmt.Errorf("describe the rules: %w", err)
	}
	var out []Rule
	for _, result := range results {
		if result.Err != nil {
			return nil, fmt.Errorf("describe the rules: %w", advised(result.Err))
		}
		for i := range result.Described {
			out = append(out, ruleOf(&result.Described[i]))
		}
	}
	slices.SortFunc(out, compareRules)
	return slices.Compact(out), nil
}

// advised adds the remedy to an authorization error.
func advised(err error) error {
	switch {
	case errors.Is(err, kerr.SecurityDisabled):
		return fmt.Errorf("the brokers have no authorizer, so everybody may do everything: set authorizer.class.name: %w", err)
	case errors.Is(err, kerr.ClusterAuthorizationFailed):
		return fmt.Errorf("this needs a super user, or Describe and Alter on the cluster: %w", err)
	}
	return err
}

// Apply adds and removes rules. It is idempotent: existing rules and missing rules are
// no error.
func Apply(ctx context.Context, admin *kadm.Client, add, remove []Rule) error {
	var errs []error
	for _, b := range builders(add) {
		results, err := admin.CreateACLs(ctx, b)
		if err != nil {
			return fmt.Errorf("add rules: %w", err)
		}
		for _, r := range results {
			if r.Err != nil {
				errs = append(errs, fmt.Errorf("let %s %s %s: %w", r.Principal, operations()[r.Operation], r.Name, advised(r.Err)))
			}
		}
	}
	for _, b := range builders(remove) {
		results, err := admin.DeleteACLs(ctx, b)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("remove rules: %w", err))...)
		}
		for _, r := range results {
			if r.Err != nil {
				errs = append(errs, fmt.Errorf("no longer let %s %s: %w", *r.Principal, operations()[r.Operation], advised(r.Err)))
			}
			for _, d := range r.Deleted {
				if d.Err != nil {
					errs = append(errs, fmt.Errorf("no longer let %s %s %s: %w", d.Principal, operations()[d.Operation], d.Name, advised(d.Err)))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// owned lists our resources on a cluster.
type owned struct {
	topics map[string]schemas.Topic
	// groups and ids are full names; groupPrefixes and idPrefixes are prefixes of
	// further names that are ours.
	groups, groupPrefixes, ids, idPrefixes []string
	prefix                                 string
}

func newOwned(c *Config, names schemas.Names) *owned {
	o := &owned{topics: map[string]schemas.Topic{}, prefix: names.Prefix}
	for _, t := range schemas.Table() {
		o.topics[names.Topic(t.Name)] = t
	}
	// A team that has gone had groups of this name.
	o.groupPrefixes = append(o.groupPrefixes, names.Group("analytics."))
	for _, g := range Grants(c, names) {
		switch {
		case slices.Contains(g.Names, anything):
		case g.Resource == ResourceGroup && g.Prefixed:
			o.groupPrefixes = append(o.groupPrefixes, g.Names...)
		case g.Resource == ResourceGroup:
			o.groups = append(o.groups, g.Names...)
		case g.Resource == ResourceTransactional && g.Prefixed:
			o.idPrefixes = append(o.idPrefixes, g.Names...)
		case g.Resource == ResourceTransactional:
			o.ids = append(o.ids, g.Names...)
		}
	}
	return o
}

// holds reports whether a rule covers only our resources, so that we may remove it.
func (o *owned) holds(r *Rule) bool {
	within := func(names, prefixes []string) bool {
		if o.prefix != "" && strings.HasPrefix(r.Name, o.prefix) {
			return true
		}
		return r.Pattern == literal && slices.Contains(names, r.Name) ||
			slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(r.Name, p) })
	}
	switch r.Resource {
	case ResourceTopic:
		_, ok := o.topics[r.Name]
		return r.Pattern == literal && ok || within(nil, nil)
	case ResourceGroup:
		return within(o.groups, o.groupPrefixes) || r.Name == anything && r.Operation == opDescribe
	case ResourceTransactional:
		return within(o.ids, o.idPrefixes) || r.Name == anything && r.Operation == opDescribe
	case ResourceCluster:
		return r.Operation == opIdempotentWrite || r.Operation == opDescribe
	}
	return false
}

// reached lists our resources that a rule without a role covers in a harmful way: it
// allows reading restricted topics, changing anything, joining our groups or ending our
// transactions, or it denies our own principals something.
func (o *owned) reached(r *Rule, mine bool) []string {
	if r.Permission == deny && !mine {
		return nil
	}
	var out []string
	covers := func(name string) bool {
		return r.Name == anything || r.Name == name || r.Pattern == prefixed && strings.HasPrefix(name, r.Name)
	}
	add := func(names, prefixes []string) {
		for _, name := range names {
			if covers(name) {
				out = append(out, name)
			}
		}
		for _, prefix := range prefixes {
			if covers(prefix) || strings.HasPrefix(r.Name, prefix) {
				out = append(out, prefix+"…")
			}
		}
	}
	if r.Permission == allow && (r.Operation == opDescribe || r.Operation == opDescribeConfigs) {
		return nil // names and counts are no secret
	}
	switch r.Resource {
	case ResourceTopic:
		for name, t := range o.topics {
			if r.Permission == deny || r.Operation != opRead || t.Access == schemas.AccessRestricted {
				add([]string{name}, nil)
			}
		}
	case ResourceGroup:
		add(o.groups, o.groupPrefixes)
	case ResourceTransactional:
		add(o.ids, o.idPrefixes)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
