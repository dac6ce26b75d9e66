package unibell_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestStale: a status that the provider reached before the span is played again.
func TestStale(t *testing.T) {
	t.Parallel()
	outputs, err := newMemory(t, config(t)).Feed(
		input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"DELIVERED","statusDateTime":"2025-12-01 12:00:00"}`, 0))
	if err != nil || len(outputs) == 0 || outputs[0].Topic != schemas.DeadLetterUnibell {
		t.Errorf("Feed() = %v, %v, want a dead letter", outputs, err)
	}
}

// TestStatusComesAgain: a status is one fact however late it comes again, with a time of
// its own, with that of its call only, or without any; also when the reference has
// further facts.
func TestStatusComesAgain(t *testing.T) {
	t.Parallel()
	for name, date := range map[string]string{
		"without a time": "", "with its time": `,"statusDateTime":"2026-03-01T12:00:00Z"`, "with its call's time": `,"createdDateTime":"2026-03-01T11:59:00Z"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, config(t))
			ends := map[string]int{}
			feed := func(hours int, status string) {
				in := inputAt(noon(time.Duration(hours)*time.Hour), raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"`+status+`"`+date+`}`, 0)
				in.Offset = int64(hours)
				outputs, err := m.Feed(in)
				if err != nil {
					t.Fatal(err)
				}
				for i := range outputs {
					if outputs[i].Topic != schemas.InternalUnibell {
						ends[outputs[i].Topic]++
					}
				}
			}
			for _, hours := range []int{0, 80, 170} {
				feed(hours, "DELIVERED")
			}
			want := map[string]int{schemas.DecodedUnibellCall: 1, schemas.Duplicates: 2}
			if diff := cmp.Diff(want, ends); diff != "" {
				t.Errorf("records of each topic (-want +got):\n%s", diff)
			}
			if date == "" {
				return
			}
			// After the end of the entity the date shows that the status is old.
			feed(24*31, "DELIVERED")
			want[schemas.DeadLetterUnibell] = 1
			if diff := cmp.Diff(want, ends); diff != "" {
				t.Errorf("after the entity's end (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForgets: the entries of a call are gone after the retention.
func TestForgets(t *testing.T) {
	t.Parallel()
	m := newMemory(t, config(t))
	if _, err := m.Feed(input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW"}`, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.AdvanceTo(0, noon(config(t).Retention+time.Hour)); err != nil || m.Entries(0) != 0 {
		t.Errorf("%d entries are left, %v", m.Entries(0), err)
	}
}
