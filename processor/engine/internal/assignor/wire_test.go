package assignor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
)

// TestUserDataSurvives: user data is read as it was written. Truncated, hostile or
// foreign data is read without a panic.
func TestUserDataSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		partition := rapid.Int32Range(0, 1000)
		copies := rapid.MapOf(partition, rapid.Custom(func(r *rapid.T) assignor.Replica {
			return assignor.Replica{Offset: rapid.Int64Min(0).Draw(r, "offset"), CaughtUp: rapid.Bool().Draw(r, "caught")}
		})).Draw(r, "copies")
		instance, standby := rapid.String().Draw(r, "instance"), rapid.IntRange(0, 8).Draw(r, "standby")
		b := assignor.AppendJoin(nil, instance, standby, copies)
		gotInstance, gotStandby, gotCopies := assignor.ParseJoin(b)
		if gotInstance != instance || gotStandby != standby || cmp.Diff(copies, gotCopies) != "" {
			r.Errorf("read %q, %d, %v, want %q, %d, %v", gotInstance, gotStandby, gotCopies, instance, standby, copies)
		}
		keep := rapid.MapOf(partition, rapid.Bool()).Draw(r, "keep")
		if diff := cmp.Diff(keep, assignor.ParseKeep(assignor.AppendKeep(nil, keep))); diff != "" {
			r.Errorf("keep (-want +got):\n%s", diff)
		}
		assignor.ParseJoin(b[:rapid.IntRange(0, len(b)).Draw(r, "cut")])
		hostile := rapid.SliceOf(rapid.Byte()).Draw(r, "hostile")
		assignor.ParseJoin(append([]byte{1}, hostile...))
		assignor.ParseKeep(append([]byte{1}, hostile...))
	})
	if instance, _, copies := assignor.ParseJoin([]byte{2, 1, 'a'}); instance != "" || copies != nil {
		t.Errorf("data of another version was read as %q, %v", instance, copies)
	}
}
