package topics_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/schemas"
)

// TestChangelogOfAStageWithState: who makes a changelog anew whose stage has state is told
// that the state is lost.
func TestChangelogOfAStageWithState(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	for _, change := range apply(t, admin, c) {
		if change.Hint != "" {
			t.Errorf("%s is new: %s", change.Topic, change.Hint)
		}
	}
	var offsets kadm.Offsets
	offsets.AddOffset(prefix+schemas.RawLOX24, 0, 7, -1)
	if err := admin.CommitAllOffsets(t.Context(), prefix+"lox24", offsets); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.DeleteTopics(t.Context(), prefix+schemas.ChangelogLOX24, prefix+schemas.ChangelogUAPAY); err != nil {
		t.Fatal(err)
	}
	hints := map[string]string{}
	for _, change := range apply(t, admin, c) {
		hints[change.Topic] = change.Hint
	}
	if len(hints) != 2 || !strings.Contains(hints[prefix+schemas.ChangelogLOX24], "tributary reset --stage lox24") || hints[prefix+schemas.ChangelogUAPAY] != "" {
		t.Errorf("hints %q, want one of lox24's changelog that names the reset", hints)
	}
}
