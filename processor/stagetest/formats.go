package stagetest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// dir is where the dumps are, one for each version of the main entry's format.
const dir = "testdata/state"

// Formats checks that a stage reads the state entries of earlier releases.
//
//	testdata/state/1.dump, 2.dump, … ─► Memory ─► the next record ─► the same outputs
//	the state of this release        ─► must be the last of them, byte for byte
//	the same with a later version    ─► refused
//
// So a released format stays readable, and cannot change without a new version and a new
// dump.
type Formats struct {
	// New makes a machine without state.
	New func() *enginetest.Driver
	// History is the input that produced the dumped state. Next is the input that is
	// applied to each dump.
	History, Next []stage.Input
	// Main is the key of the entry whose first byte is the version that names the dump.
	Main string
	// Others are the keys of entries that have versions of their own, which a machine
	// must refuse, too, when they are of a later release.
	Others []string
}

// Check reads every dump, applies Next and compares the outputs.
func (c *Formats) Check(t *testing.T) {
	t.Helper()
	lived := c.New()
	feed(t, lived, c.History)
	now := lived.Dump(0)
	version, _, found := entry(t, now, c.Main)
	if !found {
		t.Fatalf("the history leaves no entry %q", c.Main)
	}
	want := feed(t, lived, c.Next)
	for v := byte(1); v < version; v++ {
		dump, err := os.ReadFile(path(v))
		if err != nil {
			t.Fatal(err)
		}
		c.reads(t, v, string(dump), want)
	}
	file := path(version)
	dump, err := os.ReadFile(file) //nolint:gosec // a test's own data
	if errors.Is(err, os.ErrNotExist) && *update {
		dump, err = []byte(now), os.WriteFile(file, []byte(now), 0o600)
	}
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("format %d has no dump yet: run the test with -update", version)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(dump), now); diff != "" {
		t.Errorf("the format has changed and its version has not (-released +now):\n%s", diff)
	}
	c.reads(t, version, string(dump), want)
	for _, key := range append([]string{c.Main}, c.Others...) {
		c.refuses(t, now, key)
	}
}

func path(version byte) string { return filepath.Join(dir, strconv.Itoa(int(version))+".dump") }

// reads lets a machine go on with a released state.
func (c *Formats) reads(t *testing.T, version byte, dump string, want []stage.Output) {
	t.Helper()
	m := c.New()
	if err := m.Load(0, dump); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(show(want), show(feed(t, m, c.Next))); diff != "" {
		t.Errorf("what a state of format %d makes of the next records (-this release's state +that one's):\n%s", version, diff)
	}
}

// refuses lets a machine meet an entry of a later release.
func (c *Formats) refuses(t *testing.T, dump, key string) {
	t.Helper()
	version, line, found := entry(t, dump, key)
	if !found {
		t.Fatalf("the history leaves no entry %q", key)
	}
	at := strings.LastIndexByte(line, ' ') + 1
	later := line[:at] + fmt.Sprintf("%02x", version+1) + line[at+2:]
	m := c.New()
	if err := m.Load(0, strings.Replace(dump, line, later, 1)); err != nil {
		t.Fatal(err)
	}
	for _, in := range c.Next {
		if _, err := m.Feed(in); err != nil {
			if !errors.Is(err, stage.ErrNewerState) || !strings.Contains(err.Error(), strconv.Itoa(int(version)+1)) {
				t.Errorf("refused with %v, want ErrNewerState and the version", err)
			}
			return
		}
	}
	t.Errorf("an entry of format %d is read, want it refused", version+1)
}

// entry finds an entry's line in a dump, and its version.
func entry(t *testing.T, dump, key string) (version byte, line string, found bool) {
	t.Helper()
	for line := range strings.Lines(dump) {
		if !strings.HasPrefix(line, strconv.Quote(key)+" ") {
			continue
		}
		line = strings.TrimSuffix(line, "\n")
		payload, err := hex.DecodeString(line[strings.LastIndexByte(line, ' ')+1:])
		if err != nil || len(payload) == 0 {
			t.Fatalf("entry %q: %v, %d bytes", key, err, len(payload))
		}
		return payload[0], line, true
	}
	return 0, "", false
}

func feed(t *testing.T, m *enginetest.Driver, records []stage.Input) []stage.Output {
	t.Helper()
	var out []stage.Output
	for i := range records {
		outputs, err := m.Feed(records[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outputs {
			if isClock(&o) {
				continue // a partition's clock is no state entry
			}
			o.Key, o.Value = bytes.Clone(o.Key), bytes.Clone(o.Value)
			out = append(out, o)
		}
	}
	return out
}

// isClock says whether a stage tells its clock.
func isClock(o *stage.Output) bool {
	var in avro.JourneyInput
	return o.Topic == schemas.InternalJourney && in.DecodeAvro(o.Value[wire.HeaderSize:]) == nil && in.Kind == avro.JourneyInputKindClock
}

// show writes outputs as lines.
func show(outputs []stage.Output) []string {
	var out []string
	for i := range outputs {
		out = append(out, fmt.Sprintf("%s %q %q", outputs[i].Topic, outputs[i].Key, outputs[i].Value))
	}
	return out
}
