package acl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyone gives each role to one principal, two analytics teams.
func everyone() *acl.Config {
	c := acl.DefaultConfig()
	c.Principals = acl.Principals{
		Ingest: []string{"User:ingest"}, Processor: []string{"User:processor"}, Analytics: []string{"User:bi", "User:CN=fraud,O=Acme"},
		Operator: []string{"User:operator"}, Topics: []string{"User:topics"},
		Reset: []string{"User:reset"},
	}
	return &c
}

// may says whether the rules let a principal do something, as the authorizer judges,
// without what operations imply.
func may(rules []acl.Rule, principal, operation, resource, name string) bool {
	return slices.ContainsFunc(rules, func(r acl.Rule) bool {
		return r.Principal == principal && r.Permission == "Allow" && r.Resource == resource && r.Operation == operation &&
			(r.Name == name || r.Name == "*" || r.Pattern == "prefixed" && strings.HasPrefix(name, r.Name))
	})
}

// who returns the principals that may do something.
func who(rules []acl.Rule, operation, resource, name string) []string {
	var out []string
	for _, r := range rules {
		if may(rules, r.Principal, operation, resource, name) && !slices.Contains(out, r.Principal) {
			out = append(out, r.Principal)
		}
	}
	slices.Sort(out)
	return out
}

// TestEveryTopic: each topic of the table is written and read by the roles that it is
// for, so that a new topic cannot be forgotten, nor a restricted one given away.
func TestEveryTopic(t *testing.T) {
	t.Parallel()
	names := schemas.Names{Prefix: "acme."}
	rules := acl.Want(everyone(), names)
	for _, topic := range schemas.Table() {
		name := names.Topic(topic.Name)
		readers, writers := []string{"User:operator"}, []string{"User:processor"}
		switch {
		case topic.Access == schemas.AccessOpen:
			readers = []string{"User:CN=fraud,O=Acme", "User:bi", "User:operator"}
		case strings.HasPrefix(topic.Name, "raw."):
			readers, writers = []string{"User:operator", "User:processor", "User:reset"}, []string{"User:ingest", "User:operator"}
		case topic.Name == schemas.InternalReplays, topic.Name == schemas.Operations:
			writers = []string{"User:operator"}
		case topic.Name == schemas.InternalPauses:
			readers, writers = []string{"User:operator", "User:processor"}, []string{"User:operator"}
		case topic.Name == schemas.InternalUnibell, topic.Name == schemas.InternalJourney, topic.Name == schemas.InternalInsights:
			readers, writers = []string{"User:operator", "User:processor", "User:reset"}, []string{"User:operator", "User:processor"}
		case topic.Format == schemas.FormatState:
			readers, writers = []string{"User:operator", "User:processor", "User:reset"}, []string{"User:processor", "User:reset"}
		}
		if slices.Contains(writers, "User:processor") && !slices.Contains(readers, "User:processor") {
			readers = append(readers, "User:processor") // to see how its transactions ended there
		}
		creators, deleters := []string{"User:topics"}, []string(nil)
		if strings.HasPrefix(topic.Name, "internal.changelog.") {
			creators, deleters = []string{"User:reset", "User:topics"}, []string{"User:reset"}
		}
		if topic.Name == schemas.Ledger {
			readers = append(readers, "User:reset")
		}
		got := map[string][]string{
			"Read": who(rules, "Read", acl.ResourceTopic, name), "Write": who(rules, "Write", acl.ResourceTopic, name),
			"Create": who(rules, "Create", acl.ResourceTopic, name), "Delete": who(rules, "Delete", acl.ResourceTopic, name),
			"Alter": who(rules, "Alter", acl.ResourceTopic, name), "All": who(rules, "All", acl.ResourceTopic, name),
		}
		want := map[string][]string{"Read": readers, "Write": writers, "Create": creators, "Delete": deleters, "Alter": nil, "All": nil}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestGroupsAndTransactions: nobody joins another's group or ends another's
// transaction, and stages whose names begin alike are kept apart.
func TestGroupsAndTransactions(t *testing.T) {
	t.Parallel()
	names := schemas.Names{Prefix: "acme."}
	rules := acl.Want(everyone(), names)
	for name, want := range map[string][]string{
		"acme.lox24": {"User:processor", "User:reset"}, "acme.unibell-call": {"User:processor", "User:reset"}, "acme.lox24x": nil, "lox24": nil,
		"acme.analytics.bi.dash": {"User:bi"}, "acme.analytics.fraud.model": {"User:CN=fraud,O=Acme"}, "acme.analytics.bia": nil,
	} {
		if diff := cmp.Diff(want, who(rules, "Read", acl.ResourceGroup, name)); diff != "" {
			t.Errorf("group %s: %s", name, diff)
		}
	}
	for id, want := range map[string][]string{
		"acme.lox24.host-1.0": {"User:processor"}, "acme.unibell-call.a.0": {"User:processor"}, "acme.lox24": nil, "acme.other.a.0": nil,
		"acme.deadletter-replay": {"User:operator"}, "acme.deadletter-replay.x": nil,
	} {
		if diff := cmp.Diff(want, who(rules, "Write", acl.ResourceTransactional, id)); diff != "" {
			t.Errorf("transactional id %s: %s", id, diff)
		}
	}
	if got := who(rules, "Describe", acl.ResourceGroup, "somebody"); !cmp.Equal(got, []string{"User:operator"}) {
		t.Errorf("who sees any group: %v", got)
	}
}

// TestValidate: what would give rights by mistake is refused, and said where.
func TestValidate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*acl.Config)
		want   string // "" means valid
	}{
		"as it should be":         {func(*acl.Config) {}, ""},
		"nobody":                  {func(c *acl.Config) { c.Principals = acl.Principals{} }, ""},
		"no kind":                 {func(c *acl.Config) { c.Principals.Ingest[0] = "ingest" }, `principals.ingest[0]: "ingest" is no principal`},
		"no name":                 {func(c *acl.Config) { c.Principals.Ingest[0] = "User:" }, "is no principal"},
		"a blank":                 {func(c *acl.Config) { c.Principals.Ingest[0] = "User:ingest " }, "is no principal"},
		"everybody":               {func(c *acl.Config) { c.Principals.Analytics[0] = "User:*" }, "principals.analytics[0]: everybody"},
		"twice":                   {func(c *acl.Config) { c.Principals.Topics = []string{"User:t", "User:t"} }, "principals.topics[1]: User:t is named twice"},
		"ingest reads":            {func(c *acl.Config) { c.Principals.Processor[0] = "User:ingest" }, "principals.ingest: User:ingest has also the role processor"},
		"operators set topics up": {func(c *acl.Config) { c.Principals.Topics[0] = "User:operator" }, ""},
		"every group":             {func(c *acl.Config) { c.Groups = map[string]string{"bi": ""} }, `groups.bi: groups that begin with ""`},
		"our groups":              {func(c *acl.Config) { c.Groups = map[string]string{"bi": "acme.lo"} }, "groups.bi: groups that begin with \"acme.lo\" meet those of stage lox24"},
		"each other's groups":     {func(c *acl.Config) { c.Groups = map[string]string{"bi": "team-", "fraud": "team-fraud-"} }, "meet those of User:bi"},
		"groups of nobody":        {func(c *acl.Config) { c.Groups = map[string]string{"bo": "bo-"} }, "groups.bo: no principal"},
		"groups of their own":     {func(c *acl.Config) { c.Groups = map[string]string{"bi": "bi-", "fraud": "model-"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := everyone()
			test.change(c)
			err := c.Validate(schemas.Names{Prefix: "acme."})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("Validate() = %v, want %q", err, test.want)
			}
		})
	}
}

// TestAdd: a flag replaces the configured list of its role, and no other.
func TestAdd(t *testing.T) {
	t.Parallel()
	c := everyone()
	if err := c.Add([]string{"analytics=User:CN=new,O=Acme", "analytics=User:second"}); err != nil {
		t.Fatal(err)
	}
	want := everyone()
	want.Principals.Analytics = []string{"User:CN=new,O=Acme", "User:second"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []string{"User:x", "nobody=User:x", "=User:x"} {
		if err := c.Add([]string{wrong}); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

// TestCommands: the script's lines are safe for a shell, and say who is missing.
func TestCommands(t *testing.T) {
	t.Parallel()
	c := acl.DefaultConfig()
	c.Principals.Ingest = []string{"User:it's $HOME"}
	c.Principals.Analytics = []string{"User:bi"}
	got := acl.Commands(&c, schemas.Names{}, []string{"a:1", "b:2"})
	want := []string{
		`kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal 'User:it'\''s $HOME' --operation Write ` +
			`--topic raw.lox24.v1 --topic raw.standard.v1 --topic raw.uapay.v1 --topic raw.unibell.v1 --topic raw.voximplant.v1`,
		`kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal 'User:it'\''s $HOME' --operation IdempotentWrite --cluster`,
		"# processor: nobody has this role: --principal processor=User:…",
	}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(got, "kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal User:bi --operation Read --group analytics.bi. --resource-pattern-type prefixed") {
		t.Errorf("no line for the groups of analytics:\n%s", strings.Join(got, "\n"))
	}
}

func newAdmin(t *testing.T) *kadm.Client {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableACLs(), kfake.EnableSASL(), kfake.Superuser("PLAIN", "admin", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...), kgo.SASL(plain.Auth{User: "admin", Pass: "secret"}.AsMechanism()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

func diff(t *testing.T, admin *kadm.Client, c *acl.Config, former ...string) *acl.Difference {
	t.Helper()
	d, err := acl.Diff(t.Context(), admin, c, schemas.Names{Prefix: "acme."}, former)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func apply(t *testing.T, admin *kadm.Client, add, remove []acl.Rule) {
	t.Helper()
	if err := acl.Apply(t.Context(), admin, add, remove); err != nil {
		t.Fatal(err)
	}
}

func allowed(principal, operation, resource, name, pattern string) acl.Rule {
	return acl.Rule{Principal: principal, Host: "*", Permission: "Allow", Resource: resource, Name: name, Pattern: pattern, Operation: operation}
}

// TestApply: applying twice does nothing the second time; what is ours and stale goes,
// what is not ours stays and is told of.
func TestApply(t *testing.T) {
	t.Parallel()
	admin, c := newAdmin(t), everyone()
	wanted := acl.Want(c, schemas.Names{Prefix: "acme."})
	d := diff(t, admin, c)
	if diff := cmp.Diff(wanted, d.Add); diff != "" || len(d.Stale)+len(d.Others) > 0 {
		t.Fatalf("an empty cluster: %v, stale %v, others %v", diff, d.Stale, d.Others)
	}
	apply(t, admin, d.Add, nil)
	if d := diff(t, admin, c); !d.Empty() {
		t.Fatalf("after applying: %+v", d)
	}
	apply(t, admin, wanted, nil) // again is fine

	stale := []acl.Rule{
		allowed("User:bi", "Read", acl.ResourceTopic, "acme.raw.lox24.v1", "literal"),
		allowed("User:ingest", "All", acl.ResourceTopic, "acme.", "prefixed"),
		allowed("User:operator", "Read", acl.ResourceGroup, "acme.lox24", "literal"),
	}
	strange := []acl.Rule{
		allowed("User:*", "Read", acl.ResourceTopic, "*", "literal"),
		allowed("User:connect", "All", acl.ResourceTopic, "acme.raw.", "prefixed"),
		allowed("User:connect", "Write", acl.ResourceTransactional, "acme.lox24.host.0", "literal"),
		allowed("User:ingest", "Write", acl.ResourceTopic, "*", "literal"),
	}
	harmless := []acl.Rule{
		allowed("User:connect", "Read", acl.ResourceTopic, "acme.enriched.", "prefixed"),
		allowed("User:connect", "Write", acl.ResourceTopic, "other.topic", "literal"),
		allowed("User:bi", "Write", acl.ResourceTopic, "bi.own", "literal"),
		allowed("User:watcher", "Describe", acl.ResourceTopic, "*", "literal"),
		{Principal: "User:somebody", Host: "10.0.0.1", Permission: "Deny", Resource: acl.ResourceTopic, Name: "*", Pattern: "literal", Operation: "All"},
	}
	apply(t, admin, slices.Concat(stale, strange, harmless), nil)
	d = diff(t, admin, c)
	if got := texts(d.Stale); !cmp.Equal(got, texts(stale)) || len(d.Add) > 0 {
		t.Errorf("stale: %s, add %v", cmp.Diff(texts(stale), got), d.Add)
	}
	others := []acl.Rule{}
	for i := range d.Others {
		others = append(others, d.Others[i].Rule)
	}
	if diff := cmp.Diff(texts(strange), texts(others)); diff != "" {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	apply(t, admin, nil, d.Stale)
	after := diff(t, admin, c)
	if len(after.Stale)+len(after.Add) > 0 || len(after.Others) != len(strange) {
		t.Errorf("after pruning: %+v", after)
	}
	// One that loses its role loses its rules, if told so, and what is not ours stays.
	c.Principals.Analytics = c.Principals.Analytics[:1]
	if d := diff(t, admin, c, "User:CN=fraud,O=Acme"); len(d.Stale) == 0 || len(d.Add) > 0 {
		t.Errorf("a former principal: %+v", d)
	}
}

func texts(rules []acl.Rule) []string {
	out := make([]string, len(rules))
	for i := range rules {
		out[i] = rules[i].String()
	}
	slices.Sort(out)
	return out
}

// TestNoAuthorizer: where everybody may do everything, that is said.
func TestNoAuthorizer(t *testing.T) {
	t.Parallel()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	fake.ControlKey(int16(kmsg.DescribeACLs), func(req kmsg.Request) (kmsg.Response, error, bool) {
		fake.KeepControl()
		resp := kmsg.NewPtrDescribeACLsResponse()
		resp.Version = req.GetVersion()
		resp.ErrorCode = kerr.SecurityDisabled.Code
		return resp, nil, true
	})
	client, err := kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	_, err = acl.Diff(t.Context(), kadm.NewClient(client), everyone(), schemas.Names{}, nil)
	if !errors.Is(err, kerr.SecurityDisabled) || !strings.Contains(err.Error(), "authorizer.class.name") {
		t.Errorf("Diff() = %v", err)
	}
}
