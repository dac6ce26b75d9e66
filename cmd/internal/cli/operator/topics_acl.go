package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/schemas"
)

// aclFlags are the flags of `topics acl`.
type aclFlags struct {
	principals, former []string
	format             string
	diff, apply, prune bool
}

func newTopicsACL(g *cli.Globals) *cobra.Command {
	var flags aclFlags
	c := &cobra.Command{
		Use: "acl", Short: "print, compare or apply who may do what", Args: cobra.NoArgs,
		Long: `Prints what each role may do, and nobody else: ingest writes raw topics,
processors read them and write everything behind them, analytics reads decoded
and enriched topics with groups of its own, operators read all, replay dead
letters and send erasures, topics is for the job that creates the topics, reset
for the time of a reset. Who has a role stands under acl.principals, or in
--principal.

Without --diff and --apply no broker is asked. --diff shows what would be added
and removed; exit code 1 if there is anything. --apply adds what is missing,
with --prune it also removes what is ours and not wanted. Both tell of rules
that are not ours and reach into our topics, groups or transactions: those are
never touched.

--diff and --apply need a super user, or Describe and Alter on the cluster.`,
		Example: `  tributary topics acl --principal ingest=User:a --principal processor=User:b
  tributary topics acl -c tributary.yaml --diff
  tributary topics acl -c tributary.yaml --apply --prune
  tributary topics acl -c tributary.yaml --format kafka-acls > acls.sh`,
		RunE: func(cmd *cobra.Command, _ []string) error { return topicsACL(cmd.Context(), g, &flags) },
	}
	f := c.Flags()
	f.StringArrayVar(&flags.principals, "principal", nil, "role=principal, repeatable; replaces what the configuration says of that role")
	f.StringArrayVar(&flags.former, "former", nil, "a principal that had a role, repeatable: its rules on our resources are not wanted any more")
	f.StringVar(&flags.format, "format", "table", "table, or kafka-acls for a script that calls kafka-acls.sh")
	f.BoolVar(&flags.diff, "diff", false, "compare with the cluster")
	f.BoolVar(&flags.apply, "apply", false, "add what is missing")
	f.BoolVar(&flags.prune, "prune", false, "with --apply: remove what is ours and not wanted")
	return c
}

func (f *aclFlags) check(json bool) error {
	switch {
	case f.format != "table" && f.format != "kafka-acls":
		return fmt.Errorf("--format: %q is none of table, kafka-acls", f.format)
	case f.diff && f.apply:
		return errors.New("give --diff or --apply, not both")
	case f.prune && !f.apply:
		return errors.New("--prune goes with --apply; --diff shows what it would remove")
	case f.format == "kafka-acls" && (f.diff || f.apply || json):
		return errors.New("--format kafka-acls prints every rule, and goes with none of --diff, --apply and --json")
	case len(f.former) > 0 && !f.diff && !f.apply:
		return errors.New("--former goes with --diff or --apply")
	}
	return nil
}

func topicsACL(ctx context.Context, g *cli.Globals, flags *aclFlags) error {
	if err := flags.check(g.JSON); err != nil {
		return cli.Usage(err)
	}
	f, err := g.Load()
	if err != nil {
		return err
	}
	roles := &f.Config.ACL
	if err := roles.Add(flags.principals); err != nil {
		return cli.Usage(fmt.Errorf("--principal: %w", err))
	}
	if err := roles.Validate(f.Config.Names()); err != nil {
		return cli.Usage(err)
	}
	switch {
	case flags.diff, flags.apply:
		return changeACL(ctx, g, &f.Config, flags)
	case flags.format == "kafka-acls":
		for _, line := range acl.Commands(roles, f.Config.Names(), f.Config.Kafka.Brokers) {
			g.Printf("%s\n", line)
		}
		return nil
	case g.JSON:
		return g.PrintJSON(map[string]any{"grants": acl.Grants(roles, f.Config.Names()), "rules": acl.Want(roles, f.Config.Names())})
	}
	printGrants(g, acl.Grants(roles, f.Config.Names()), f.Config.Names())
	return nil
}

func printGrants(g *cli.Globals, grants []acl.Grant, names schemas.Names) {
	t := terminal.NewTable("role", "principal", "may", "which", "for")
	for i := range grants {
		grant := &grants[i]
		role, principal := grant.Role, grant.Principal
		if principal == "" {
			principal = "nobody yet"
		}
		if i > 0 && grants[i-1].Role == role && grants[i-1].Principal == grant.Principal {
			role, principal = "", ""
		} else if i > 0 {
			t.Separate()
		}
		which := terminal.Stack(acl.Summary(grant.Names, names))
		if grant.Prefixed {
			which = nil
			for _, name := range grant.Names {
				which = append(which, name+"…")
			}
		}
		t.Row(role, principal, terminal.Stack{strings.Join(grant.Operations, ", "), grant.Resource}, which, grant.Why)
	}
	t.Wrap("may", "for")
	t.Optional("for")
	g.Printf("%s\n", t.Render(g.Width()))
}

// changeACL compares the cluster's ACLs with the configured ones, and changes them if
// --apply is set.
func changeACL(ctx context.Context, g *cli.Globals, c *config.Config, flags *aclFlags) error {
	if len(acl.Want(&c.ACL, c.Names())) == 0 && len(flags.former) == 0 {
		return cli.Usage(errors.New("nobody has a role: name them under acl.principals or with --principal, such as --principal ingest=User:ingest"))
	}
	client, err := cli.Admin(c)
	if err != nil {
		return err
	}
	defer client.Close()
	d, err := acl.Diff(ctx, client, &c.ACL, c.Names(), flags.former)
	if err == nil && flags.apply {
		var remove []acl.Rule
		if flags.prune {
			remove = d.Stale
		}
		err = acl.Apply(ctx, client, d.Add, remove)
	}
	if err != nil {
		return fmt.Errorf("rules on %v: %w", c.Kafka.Brokers, err)
	}
	if g.JSON {
		err = g.PrintJSON(map[string]any{"add": d.Add, "stale": d.Stale, "others": d.Others, "applied": flags.apply, "pruned": flags.prune})
	} else {
		printDifference(g, d, flags, c.Names())
	}
	if err == nil && flags.diff && !d.Empty() {
		return cli.ErrReported
	}
	return err
}

func printDifference(g *cli.Globals, d *acl.Difference, flags *aclFlags, names schemas.Names) {
	for _, r := range acl.Lines(d.Add, names) {
		g.Printf("%s %s\n", map[bool]string{true: "added", false: "to add"}[flags.apply], r)
	}
	for _, r := range acl.Lines(d.Stale, names) {
		switch {
		case flags.prune:
			g.Printf("removed %s\n", r)
		case flags.apply:
			g.Printf("kept %s: not wanted; --prune removes it\n", r)
		default:
			g.Printf("to remove %s\n", r)
		}
	}
	printOthers(g, d.Others, names)
	if d.Empty() {
		g.Printf("every rule is as it should be\n")
	}
}

// printOthers shows rules that are not ours. For a rule with a broader resource pattern
// it names our resources that match.
func printOthers(g *cli.Globals, others []acl.Other, names schemas.Names) {
	var exact []acl.Rule
	for i := range others {
		o := &others[i]
		if len(o.Reaches) == 1 && o.Reaches[0] == o.Name {
			exact = append(exact, o.Rule)
			continue
		}
		reaches := o.Reaches
		if o.Resource == acl.ResourceTopic {
			reaches = acl.Summary(reaches, names)
		}
		g.Printf("not ours: %s, which reaches %s\n", o.Rule, strings.Join(reaches, ", "))
	}
	for _, line := range acl.Lines(exact, names) {
		g.Printf("not ours: %s\n", line)
	}
	if len(others) > 0 {
		g.Printf("See whether these should be there; of a principal that once had a role, --former makes them ours to remove.\n")
	}
}
