package enginetest_test

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

// counter is a stage that counts the records of a key and forgets the key an
// hour after its last one. Bodies ask for trouble: see Apply.
type counter struct{ reports *int }

var errTransient = errors.New("a passing fault")

func (counter) Decode(in *stage.Input) (stage.Event, error) {
	if string(in.Value) == "undecodable" {
		return nil, stage.Permanentf(stage.CauseUndecodable, "as asked")
	}
	return string(in.Value), nil
}

func (counter) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	entry, err := tx.Get(in.Key)
	if err != nil {
		return err
	}
	n := uint64(1)
	if entry != nil {
		n += binary.BigEndian.Uint64(entry)
	}
	count := binary.BigEndian.AppendUint64(tx.Buffer(8), n)
	tx.Put(in.Key, count, in.Timestamp.Add(time.Hour))
	tx.Emit(stage.Output{Topic: "input", Key: in.Key, Value: count})
	switch event {
	case "permanent after effects":
		return stage.Permanentf(stage.CauseOutOfRange, "as asked")
	case "transient":
		return errTransient
	case "too large":
		tx.Emit(stage.Output{Topic: "input", Key: in.Key, Value: make([]byte, 3<<20)})
	case "reserved":
		tx.Put([]byte("\x00mine"), nil, time.Time{})
	}
	return nil
}

func (counter) OnTimer(tx stage.Tx, key []byte) error {
	tx.Delete(key)
	tx.Emit(stage.Output{Topic: "input", Key: key})
	return nil
}

func (c counter) ReportWatermark(tx stage.Tx, _ int32, clock time.Time) error {
	*c.reports++
	return nil
}

const deadLetters = "input.dead"

func newDriver(t *testing.T) (driver *enginetest.Driver, reports *int) {
	t.Helper()
	reports = new(int)
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: "counter", Stage: counter{reports}, Outputs: []string{"input"}, DeadLetter: deadLetters, WatermarkInterval: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return driver, reports
}

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func record(key, body string, at time.Time) stage.Input {
	return stage.Input{Topic: "in", Key: []byte(key), Value: []byte(body), Timestamp: at, Headers: []stage.Header{{Key: "own", Value: []byte("1")}}}
}

func TestDriverBuriesWithoutEffect(t *testing.T) {
	t.Parallel()
	for body, cause := range map[string]stage.Cause{
		"undecodable":             stage.CauseUndecodable,
		"permanent after effects": stage.CauseOutOfRange,
		"too large":               stage.CauseTooLarge,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			m, _ := newDriver(t)
			if _, err := m.Feed(record("a", "", noon(0))); err != nil {
				t.Fatal(err)
			}
			before := m.Dump(0)
			out, err := m.Feed(record("a", body, noon(time.Second)))
			if err != nil {
				t.Fatal(err)
			}
			if len(out) != 1 || out[0].Topic != deadLetters || string(out[0].Value) != body {
				t.Fatalf("Feed() emitted %d records, want the record unchanged in the dead letters", len(out))
			}
			headers := map[string]string{}
			for _, h := range out[0].Headers {
				headers[h.Key] = string(h.Value)
			}
			if headers["own"] != "1" || headers["engine-dlq-cause"] != string(cause) || headers["engine-dlq-topic"] != "in" {
				t.Errorf("headers = %v, want the record's own and cause %s", headers, cause)
			}
			if after := m.Dump(0); after != before {
				t.Errorf("the state changed:\n%s%s", before, after)
			}
		})
	}
}

func TestDriverReturnsTransientErrors(t *testing.T) {
	t.Parallel()
	m, _ := newDriver(t)
	if _, err := m.Feed(record("a", "transient", noon(0))); !errors.Is(err, errTransient) {
		t.Errorf("Feed() = %v, want the stage's error", err)
	}
	if _, err := m.Feed(record("a", "reserved", noon(0))); err == nil || !strings.Contains(err.Error(), "0x00") {
		t.Errorf("Feed() = %v, want an error about reserved keys", err)
	}
	if dump := m.Dump(0); dump != "" {
		t.Errorf("a failed round left state:\n%s", dump)
	}
}

func TestDriverFiresDeadlinesByItsClock(t *testing.T) {
	t.Parallel()
	m, reports := newDriver(t)
	if _, err := m.Feed(record("a", "", noon(0)), record("b", "", noon(30*time.Minute))); err != nil {
		t.Fatal(err)
	}
	if got, want := m.NextDeadline(0), noon(time.Hour); !got.Equal(want) {
		t.Errorf("NextDeadline() = %v, want %v", got, want)
	}
	out, err := m.AdvanceTo(0, noon(61*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != 1 || string(out[0].Key) != "a" || out[0].Value != nil {
		t.Errorf("AdvanceTo() emitted %v, want a tombstone of a", out)
	}
	// An earlier time moves nothing back.
	if _, err := m.AdvanceTo(0, noon(0)); err != nil || !m.Watermark(0).Equal(noon(61*time.Minute)) {
		t.Errorf("Watermark() = %v, %v, want it to stand", m.Watermark(0), err)
	}
	if *reports != 3 {
		t.Errorf("ReportWatermark was called %d times, want 3: once a move of a minute or more", *reports)
	}
}

// TestClockIsToldAfterWhatIsDue: more deadlines than one round fires, and the stages behind
// hear of the clock when the last has fired: they would close what they wait for.
func TestClockIsToldAfterWhatIsDue(t *testing.T) {
	t.Parallel()
	const keys, aRound = 12_000, 5000
	m, reports := newDriver(t)
	for i := range keys {
		if _, err := m.Feed(record(strconv.Itoa(i), "", noon(0))); err != nil {
			t.Fatal(err)
		}
	}
	told, fired := *reports, 0
	for fired < keys {
		if *reports != told {
			t.Fatalf("the clock was told after %d deadlines of %d", fired, keys)
		}
		out, err := m.AdvanceTo(0, noon(2*time.Hour))
		if err != nil || len(out) == 0 || len(out) > aRound {
			t.Fatalf("AdvanceTo() emitted %d records, %v, want up to %d", len(out), err, aRound)
		}
		fired += len(out)
	}
	if fired != keys || *reports != told+1 {
		t.Errorf("%d deadlines fired of %d, and the clock was told %d times, want once", fired, keys, *reports-told)
	}
}

func TestPartitionOfIsJavas(t *testing.T) {
	t.Parallel()
	// From Kafka's own UtilsTest.testMurmur2, through toPositive and modulo.
	for key, want := range map[string]int32{"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536} {
		if got := stage.PartitionOf([]byte(key), 1<<30); got != (want&0x7fffffff)%(1<<30) {
			t.Errorf("PartitionOf(%q) = %d, want %d", key, got, (want&0x7fffffff)%(1<<30))
		}
	}
}
