package lag_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor/pause"
)

// TestPausedGroup: a paused group that has members is called paused, at once and however
// long nothing is read, and needs nobody. Without members it needs somebody as ever.
func TestPausedGroup(t *testing.T) {
	t.Parallel()
	paused := []pause.Pause{{Stage: "age", By: "ann@host", Why: "a wrong release", Since: noon()}}
	config := own()
	config.Paused = lag.PausedFrom(func() []pause.Pause { return paused }, func(stage string) string { return "st" + stage })
	r := newRig(t, config)
	r.write(r.client, 3, time.Minute)
	if g := r.look(0); g.Verdict != lag.VerdictNoMembers || !g.Bad || g.Pause == nil {
		t.Errorf("without members the group is %s: %+v", g.Verdict, g)
	}
	m := r.member(group, kgo.FetchMaxWait(time.Second))
	r.commit(m, 1)
	for _, after := range []time.Duration{0, window, time.Hour} {
		g := r.look(after)
		r.want(g, lag.VerdictPaused, 2, r.now.Sub(noon())+time.Minute, "paused by ann@host since 2026-03-01 12:00 UTC: a wrong release; 2 unread, the oldest ")
		if g.Bad || g.Partitions[0].Verdict != lag.VerdictPaused {
			t.Errorf("group = %+v, want one that needs nobody", g)
		}
	}
	paused = nil
	if g := r.look(window); g.Verdict != lag.VerdictStuck || !g.Bad || g.Pause != nil {
		t.Errorf("after the resume the group is %s: %+v", g.Verdict, g)
	}
}
