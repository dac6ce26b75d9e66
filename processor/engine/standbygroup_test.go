package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestUserDataSurvives: what members and the leader tell each other is read as it
// was written; what is cut or of another release tells less, and breaks nothing.
func TestUserDataSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		partition := rapid.Int32Range(0, 1000)
		copies := rapid.MapOf(partition, rapid.Custom(func(r *rapid.T) engine.Warmth {
			return engine.Warmth{Offset: rapid.Int64Min(0).Draw(r, "offset"), Caught: rapid.Bool().Draw(r, "caught")}
		})).Draw(r, "copies")
		instance, standby := rapid.String().Draw(r, "instance"), rapid.IntRange(0, 8).Draw(r, "standby")
		b := engine.AppendCopies(instance, standby, copies)
		gotInstance, gotStandby, gotCopies := engine.ParseCopies(b)
		if gotInstance != instance || gotStandby != standby || cmp.Diff(copies, gotCopies) != "" {
			r.Errorf("read %q, %d, %v, want %q, %d, %v", gotInstance, gotStandby, gotCopies, instance, standby, copies)
		}
		keep := rapid.MapOf(partition, rapid.Bool()).Draw(r, "keep")
		if diff := cmp.Diff(keep, engine.ParseKeep(engine.AppendKeep(keep))); diff != "" {
			r.Errorf("keep (-want +got):\n%s", diff)
		}
		engine.ParseCopies(b[:rapid.IntRange(0, len(b)).Draw(r, "cut")])
		hostile := rapid.SliceOf(rapid.Byte()).Draw(r, "hostile")
		engine.ParseCopies(append([]byte{1}, hostile...))
		engine.ParseKeep(append([]byte{1}, hostile...))
	})
	if instance, _, copies := engine.ParseCopies([]byte{2, 1, 'a'}); instance != "" || copies != nil {
		t.Errorf("data of another version said %q, %v", instance, copies)
	}
}
