package dedupe_test

import (
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

func TestCodec(t *testing.T) {
	t.Parallel()
	tx, codec := enginetest.NewTx(at(0), at(0)), dedupe.Codec()
	var window dedupe.Window
	observe := func(w *dedupe.Window, id string, offset int64) dedupe.Result {
		here := dedupe.Position{Offset: offset, ReceivedAt: at(0)}
		result, err := w.Observe(tx, []byte("entity"), &dedupe.Event{ID: id, Here: here}, dedupe.Policy{Span: span})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	observe(&window, "a", 7)
	observe(&window, "b", 8)
	encoded, err := codec.Append(nil, window)
	if err != nil {
		t.Fatal(err)
	}
	got, err := codec.Parse(encoded)
	if err != nil {
		t.Fatal(err)
	}
	clear(encoded) // The window must not refer to it.
	if result := observe(&got, "a", 9); !result.Repeated || result.First.Offset != 7 {
		t.Errorf("a is %+v, want a repeat of offset 7", result)
	}
	if result := observe(&got, "c", 9); result.Repeated {
		t.Errorf("c is %+v, want new", result)
	}
	if _, err := codec.Parse(encoded[:1]); !errors.Is(err, statecodec.ErrEntry) {
		t.Errorf("a broken window is read: %v", err)
	}
}
