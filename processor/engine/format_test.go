package engine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/stage"
)

// TestChangelogOfALaterRelease: an earlier release meets the header before it meets
// entries it cannot read, and says which release to run; an entry alone is refused
// as well. Nothing is misread.
func TestChangelogOfALaterRelease(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		record kgo.Record
		want   []string
	}{
		"header": {
			record: kgo.Record{Key: []byte("\x00format"), Value: append([]byte{1, 0, 7}, "3.1.0"...)},
			want:   []string{"release 3.1.0 wrote the changelog in format 7", "up to 1", "run release 3.1.0 or a later one"},
		},
		"entry": {
			record: kgo.Record{Key: []byte("key"), Value: []byte{9, 0, 1}},
			want:   []string{"format version 9", "up to 1", "run the release that wrote it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c.record.Topic = b.names.Topic(changelog)
			b.client.Produce(t.Context(), &c.record, func(_ *kgo.Record, err error) {
				if err != nil {
					t.Errorf("produce to the changelog: %v", err)
				}
			})
			if err := b.client.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			e := b.start("one", 1, nil)
			defer b.stop(e)
			select {
			case err := <-b.failed:
				if !errors.Is(err, stage.ErrNewerState) {
					t.Errorf("failed with %v, want ErrNewerState", err)
				}
				for _, want := range c.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("failed with %q, want it to say %q", err, want)
					}
				}
			case <-time.After(2 * time.Minute):
				t.Error("the worker goes on with a state it cannot read")
			}
		})
	}
}

// TestChangelogHasAHeader: the first entry of every partition written to says who
// wrote it, once.
func TestChangelogHasAHeader(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.start("one", 1, nil)
	b.send(40, now(), keys(20)...)
	b.check()
	b.send(40, now(), keys(20)...)
	b.check()
	b.stop(e)
	e = b.start("one", 1, nil)
	b.send(40, now(), keys(20)...)
	b.check()
	b.stop(e)
	headers := 0
	b.read(changelog, func(got map[string][]string) bool {
		headers = len(got["\x00format"])
		return len(got["key-1"]) >= 3 && len(got["\x00format"]) > 0
	})
	if headers > partitions || headers == 0 {
		t.Errorf("%d headers in %d partitions, want one in each that was written to", headers, partitions)
	}
}
