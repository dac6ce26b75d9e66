package acl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// Config assigns roles to principals.
type Config struct {
	Principals Principals `json:"principals" koanf:"principals" yaml:"principals"`
	// Groups overrides the consumer group prefix of an analytics principal, by the
	// principal's name. The default is analytics.<name>. after the prefix of all
	// groups.
	Groups map[string]string `json:"groups" koanf:"groups" yaml:"groups"`
}

// Principals lists the Kafka principals of each role, such as User:ingest, or
// User:CN=ingest,O=Acme with client certificates. A role without principals gets no
// rules.
type Principals struct {
	Ingest    []string `json:"ingest" koanf:"ingest" yaml:"ingest"`
	Processor []string `json:"processor" koanf:"processor" yaml:"processor"`
	Analytics []string `json:"analytics" koanf:"analytics" yaml:"analytics"`
	Operator  []string `json:"operator" koanf:"operator" yaml:"operator"`
	Topics    []string `json:"topics" koanf:"topics" yaml:"topics"`
	Reset     []string `json:"reset" koanf:"reset" yaml:"reset"`
}

// DefaultConfig assigns no roles.
func DefaultConfig() Config {
	none := func() []string { return []string{} }
	return Config{
		Principals: Principals{Ingest: none(), Processor: none(), Analytics: none(), Operator: none(), Topics: none(), Reset: none()},
		Groups:     map[string]string{},
	}
}

// of returns the list of a role, or nil if there is no such role.
func (p *Principals) of(role string) *[]string {
	switch role {
	case RoleIngest:
		return &p.Ingest
	case RoleProcessor:
		return &p.Processor
	case RoleAnalytics:
		return &p.Analytics
	case RoleOperator:
		return &p.Operator
	case RoleTopics:
		return &p.Topics
	case RoleReset:
		return &p.Reset
	}
	return nil
}

// Add gives principals roles, each as role=principal. The first pair of a role replaces
// the configured principals of that role.
func (c *Config) Add(pairs []string) error {
	named := map[string]bool{}
	for _, pair := range pairs {
		role, principal, ok := strings.Cut(pair, "=")
		list := c.Principals.of(role)
		if !ok || list == nil {
			return fmt.Errorf("%q: write role=principal, such as ingest=User:ingest; the roles are %s", pair, strings.Join(RoleNames(), ", "))
		}
		if !named[role] {
			named[role], *list = true, nil
		}
		*list = append(*list, principal)
	}
	return nil
}

// everybody is the principal that matches all users.
const everybody = "User:*"

// Validate reports all faults at once; each begins with its key. names has the prefix
// of our groups.
func (c *Config) Validate(names schemas.Names) error {
	var errs []error
	has := map[string][]string{}
	for _, role := range RoleNames() {
		for i, p := range *c.Principals.of(role) {
			kind, name, ok := strings.Cut(p, ":")
			switch {
			case !ok || kind == "" || strings.TrimSpace(name) == "" || strings.TrimSpace(p) != p:
				errs = append(errs, fmt.Errorf("principals.%s[%d]: %q is no principal: write its kind and name, such as User:ingest", role, i, p))
			case p == everybody:
				errs = append(errs, fmt.Errorf("principals.%s[%d]: everybody cannot have a role: name them", role, i))
			case slices.Contains(has[p], role):
				errs = append(errs, fmt.Errorf("principals.%s[%d]: %s is named twice", role, i, p))
			default:
				has[p] = append(has[p], role)
			}
		}
	}
	for _, p := range slices.Sorted(maps.Keys(has)) {
		for _, role := range has[p] {
			// One principal may have several of the roles operator, topics and reset;
			// no other roles may be combined.
			if len(has[p]) > 1 && !slices.Contains([]string{RoleOperator, RoleTopics, RoleReset}, role) {
				errs = append(errs, fmt.Errorf("principals.%s: %s has also the role %s: give each a principal of its own",
					role, p, strings.Join(slices.DeleteFunc(slices.Clone(has[p]), func(r string) bool { return r == role }), ", ")))
			}
		}
	}
	return errors.Join(append(errs, c.validateGroups(names))...)
}

// validateGroups requires that no group prefix covers another's groups: a principal
// that may join a group may also change its offsets.
func (c *Config) validateGroups(names schemas.Names) error {
	var errs []error
	owners := map[string]string{}
	for _, stage := range processor.StageNames() {
		owners[names.Group(stage)] = "stage " + stage
	}
	known := map[string]bool{}
	for _, p := range c.Principals.Analytics {
		name := shortName(p)
		known[name] = true
		prefix := c.groupPrefix(p, names)
		for _, other := range slices.Sorted(maps.Keys(owners)) {
			if strings.HasPrefix(other, prefix) || strings.HasPrefix(prefix, other) && !strings.HasPrefix(owners[other], "stage ") {
				errs = append(errs, fmt.Errorf("groups.%s: groups that begin with %q meet those of %s: choose another prefix", name, prefix, owners[other]))
			}
		}
		owners[prefix] = p
	}
	for _, name := range slices.Sorted(maps.Keys(c.Groups)) {
		if !known[name] {
			errs = append(errs, fmt.Errorf("groups.%s: no principal of analytics has this name", name))
		}
	}
	return errors.Join(errs...)
}

// groupPrefix returns the consumer group prefix of an analytics principal.
func (c *Config) groupPrefix(principal string, names schemas.Names) string {
	name := shortName(principal)
	if prefix, ok := c.Groups[name]; ok {
		return prefix
	}
	return names.Group("analytics." + name + ".")
}

// shortName returns a principal's name, or the common name of a certificate.
func shortName(principal string) string {
	_, name, _ := strings.Cut(principal, ":")
	for part := range strings.SplitSeq(name, ",") {
		if key, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.EqualFold(key, "CN") {
			return value
		}
	}
	return name
}
