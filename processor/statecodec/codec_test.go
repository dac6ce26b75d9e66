package statecodec_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.Int64().Draw(t, "int")
		u := rapid.Uint64().Draw(t, "uint")
		text := rapid.String().Draw(t, "string")
		flag := rapid.Bool().Draw(t, "bool")
		at := time.UnixMilli(rapid.Int64Range(-1<<52, 1<<52).Draw(t, "time")).UTC()
		b := []byte{1}
		b = statecodec.AppendInt(b, i)
		b = statecodec.AppendUint(b, u)
		b = statecodec.AppendString(b, text)
		b = statecodec.AppendBool(b, flag)
		b = statecodec.AppendTime(b, at)
		b = statecodec.AppendTime(b, time.Time{})
		b = statecodec.AppendBytes(b, []byte(text))
		whole := len(b)
		r, version := statecodec.NewReader(b, 1)
		if version != 1 || r.Int() != i || r.Uint() != u || r.String() != text || r.Bool() != flag ||
			!r.Time().Equal(at) || !r.Time().IsZero() || string(r.Bytes()) != text {
			t.Fatal("a field came back changed")
		}
		if err := r.Done(); err != nil {
			t.Fatal(err)
		}
		// Every cut is an error, never a panic, never a wrong value accepted.
		r, _ = statecodec.NewReader(b[:rapid.IntRange(0, whole-1).Draw(t, "cut")], 1)
		r.Int()
		r.Uint()
		_ = r.String()
		r.Bool()
		r.Time()
		r.Time()
		r.Bytes()
		if err := r.Done(); !errors.Is(err, statecodec.ErrEntry) {
			t.Fatalf("Done() of a cut entry = %v, want ErrEntry", err)
		}
	})
}

func TestVersionFromTheFuture(t *testing.T) {
	t.Parallel()
	r, _ := statecodec.NewReader([]byte{3, 1}, 2)
	if err := r.Done(); !errors.Is(err, statecodec.ErrEntry) {
		t.Errorf("Done() = %v, want ErrEntry: a downgrade must refuse, not misread", err)
	}
}

func TestLenIsBounded(t *testing.T) {
	t.Parallel()
	r, _ := statecodec.NewReader(statecodec.AppendUint([]byte{1}, 1<<40), 1)
	if n := r.Len(); n != 0 || r.Err() == nil {
		t.Errorf("Len() = %d, %v, want 0 and an error", n, r.Err())
	}
}
