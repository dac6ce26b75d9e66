package engine_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// remake deletes a topic and makes it anew.
func (b *bench) remake(topic string) {
	b.t.Helper()
	admin := kadm.NewClient(b.client)
	if _, err := admin.DeleteTopic(b.t.Context(), b.names.Topic(topic)); err != nil {
		b.t.Fatal(err)
	}
	var made kadm.TopicID
	for {
		answer, err := admin.CreateTopic(b.t.Context(), partitions, 1, nil, b.names.Topic(topic))
		if err == nil {
			made = answer.ID
			break
		}
		if !errors.Is(err, kerr.TopicAlreadyExists) { // a real broker deletes in its own time
			b.t.Fatal(err)
		}
	}
	// A real broker's metadata may show the deleted topic for a moment, then none.
	for b.awaitTopics(topic)[topic] != made {
		continue
	}
}

// refused waits for the error that ends the stage.
func (b *bench) refused(want error, words ...string) {
	b.t.Helper()
	select {
	case err := <-b.failed:
		if !errors.Is(err, want) {
			b.t.Fatalf("ended with %v, want %v", err, want)
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				b.t.Errorf("the error does not name %q: %v", word, err)
			}
		}
	case <-time.After(time.Minute):
		b.t.Fatalf("the stage works on, want %v", want)
	}
}

// TestChangelogMadeAnew: an empty changelog under a group with committed offsets is a
// lost state. The stage refuses to work, names the way out, and leaves the local state.
func TestChangelogMadeAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	b.send(20, now(), keys(3)...)
	b.check()
	b.stop(e)
	before, err := os.ReadDir(b.config("one").StateDir)
	if err != nil {
		t.Fatal(err)
	}
	b.remake(changelog)
	e = b.start("one", 1, nil)
	b.refused(restore.ErrStateLost, "the hint for lost state of sums", b.names.Topic(changelog))
	b.stop(e)
	if after, err := os.ReadDir(b.config("one").StateDir); err != nil || len(after) < len(before)/2 {
		t.Errorf("the local state has %d files, had %d: %v", len(after), len(before), err)
	}
	if got := total(b.read(output, func(got map[string][]string) bool { return total(got) >= 20 })); got != 20 {
		t.Errorf("%d outputs, want 20", got)
	}
}

// TestChangelogMadeAnewUnderWorker: the same under a worker that runs.
func TestChangelogMadeAnewUnderWorker(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	defer b.stop(e)
	b.send(20, now(), keys(3)...)
	b.check()
	b.remake(changelog)
	b.send(20, now(), keys(3)...)
	b.refused(restore.ErrStateLost, "the hint for lost state of sums")
}

// TestGroupGone: the group is deleted, or its offsets are set back by hand. The state
// knows how far it has read, so nothing is read a second time, and the move is shown.
func TestGroupGone(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(b *bench, admin *kadm.Client) error{
		"offsets_gone": func(b *bench, admin *kadm.Client) error {
			_, err := admin.DeleteGroup(b.t.Context(), b.group())
			return err
		},
		"offsets_set_back": func(b *bench, admin *kadm.Client) error {
			var offsets kadm.Offsets
			for p := range int32(partitions) {
				offsets.AddOffset(b.names.Topic(input), p, 0, -1)
			}
			return admin.CommitAllOffsets(b.t.Context(), b.group(), offsets)
		},
	} {
		for _, local := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, local state %v", name, local), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				e := b.start("one", 1, nil)
				b.send(40, now(), keys(9)...)
				b.check()
				b.stop(e)
				admin := kadm.NewClient(b.client)
				for { // a member that left may count for a moment
					err := act(b, admin)
					if err == nil {
						break
					}
					if !errors.Is(err, kerr.NonEmptyGroup) && !errors.Is(err, kerr.UnknownMemberID) {
						t.Fatal(err)
					}
					if _, err := admin.LeaveGroup(t.Context(), kadm.LeaveGroup(b.group()).InstanceIDs(b.group()+".one.0")); err != nil {
						t.Fatal(err)
					}
				}
				if !local {
					if err := os.RemoveAll(b.config("one").StateDir); err != nil {
						t.Fatal(err)
					}
				}
				e = b.start("one", 1, nil)
				defer b.stop(e)
				b.send(40, now(), keys(9)...)
				b.check()
				var moved []engine.Moved
				for _, s := range e.Health() {
					moved = append(moved, s.Moved...)
				}
				if len(moved) == 0 || slices.ContainsFunc(moved, func(m engine.Moved) bool { return m.Cause != name || m.From != m.To }) {
					t.Errorf("moved %+v, want each with cause %s", moved, name)
				}
			})
		}
	}
}

// group is the stage's consumer group.
func (b *bench) group() string { return b.names.Group("sums") }

// TestPartitionsAdded: an input that gets more partitions is refused, by a stage that
// runs, and by one that starts with another count in its settings.
func TestPartitionsAdded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	b.send(20, now(), keys(3)...)
	b.check()
	if _, err := kadm.NewClient(b.client).CreatePartitions(t.Context(), 1, b.names.Topic(input)); err != nil {
		t.Fatal(err)
	}
	b.refused(restore.ErrPartitionCount, b.names.Topic(input), "has 5 partitions instead of 4", "the hint for partitions")
	b.stop(e)
}

// TestOutputMadeAnew: an output that is deleted and made anew under a worker is written to
// again, by a new client.
func TestOutputMadeAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	defer b.stop(e)
	b.send(20, now(), keys(3)...)
	b.check()
	b.remake(output)
	b.send(20, now(), keys(3)...)
	b.read(output, func(got map[string][]string) bool { return total(got) >= 20 })
}

// TestRetentionIsShown: records that are deleted before they are read are passed over, and
// the move says how many.
func TestRetentionIsShown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	b.send(20, now(), keys(9)...)
	b.check()
	b.stop(e)
	before := total(b.read(output, func(got map[string][]string) bool { return total(got) >= 20 }))
	b.send(20, now(), keys(9)...)
	admin := kadm.NewClient(b.client)
	ends, err := admin.ListEndOffsets(t.Context(), b.names.Topic(input))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.DeleteRecords(t.Context(), ends.Offsets()); err != nil {
		t.Fatal(err)
	}
	e = b.start("one", 1, nil)
	defer b.stop(e)
	b.send(3, now(), keys(3)...)
	b.read(output, func(got map[string][]string) bool { return total(got) >= before+3 })
	lost := int64(0)
	for _, s := range e.Health() {
		for _, m := range s.Moved {
			if m.Cause != "retention" {
				t.Errorf("moved %+v, want retention", m)
			}
			lost += m.To - m.From
		}
	}
	if lost != 20 {
		t.Errorf("%d offsets are shown as lost, want 20", lost)
	}
}
