package count_test

import (
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/tool/count"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0 faults": count.Of(0, "fault"), "1 fault": count.Of(1, "fault"), "2 faults": count.Of(int64(2), "fault"),
		"1 entity": count.Of(1, "entity"), "3 entities": count.Of(int32(3), "entity"), "2 days": count.Of(2, "day"),
		"waits": count.Verb(1, "waits", "wait"), "wait": count.Verb(0, "waits", "wait"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
