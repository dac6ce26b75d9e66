package cli

// This test opens the package: a real authorizer answers as here, and needs a Kafka of its own.

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
)

// TestDenied: a right is missing for a topic without the operation and for one that is hidden, and not for
// one that does not exist.
func TestDenied(t *testing.T) {
	t.Parallel()
	allowed := map[string][]kadm.ACLOperation{"hidden": nil, "described": {kadm.OpDescribe}, "read": {kadm.OpDescribe, kadm.OpRead}}
	names := []string{"absent", "described", "hidden", "read"}
	if got := denied(allowed, names, "Read"); !slices.Equal(got, []string{"described", "hidden"}) {
		t.Errorf("denied(Read) = %v", got)
	}
	if got := denied(allowed, names, "Describe"); !slices.Equal(got, []string{"hidden"}) {
		t.Errorf("denied(Describe) = %v", got)
	}
	if got := shortened([]string{"a", "b", "c", "d"}); got != "a, b, c and 1 more topics" {
		t.Errorf("shortened() = %q", got)
	}
}

// TestRoleOf: a command, and each of its subcommands, has the role that may do it.
func TestRoleOf(t *testing.T) {
	t.Parallel()
	root := &cobra.Command{Use: "tributary"}
	topics, apply := &cobra.Command{Use: "topics"}, &cobra.Command{Use: "apply"}
	topics.AddCommand(apply)
	lag, insights := &cobra.Command{Use: "lag"}, &cobra.Command{Use: "insights"}
	root.AddCommand(topics, lag, insights)
	for cmd, want := range map[*cobra.Command]string{apply: acl.RoleTopics, topics: acl.RoleTopics, lag: acl.RoleOperator, insights: acl.RoleAnalytics} {
		if got := roleOf(cmd); got != want {
			t.Errorf("roleOf(%s) = %s, want %s", cmd.Name(), got, want)
		}
	}
}
