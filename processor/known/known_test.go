package known_test

import (
	"bytes"
	"cmp"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/known"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// stage takes every record.
type testStage struct{ stage.Stage }

func (testStage) Decode(in *stage.Input) (stage.Event, error) { return in, nil }

// TestRequire: a record is decoded only by the settings that it was taken under, or by
// newer ones.
func TestRequire(t *testing.T) {
	t.Parallel()
	shop := source.Source{ID: "shop", Provider: "lox24", Namespace: "kiosk", Revision: 2}
	other := shop
	other.Namespace = "shop"
	newer, older := other, other
	newer.Revision, older.Revision = 3, 1
	backfill := shop
	backfill.AcceptStale = true
	for name, c := range map[string]struct {
		id, provider, stamp string
		replayed            bool
		refused             string
		cause               stage.Cause // unknown_source where it is empty
	}{
		"the same settings":                   {id: "shop", provider: "lox24", stamp: shop.Stamp()},
		"no stamp":                            {id: "shop", provider: "lox24"},
		"a lower revision":                    {id: "shop", provider: "lox24", stamp: older.Stamp()},
		"a higher revision":                   {id: "shop", provider: "lox24", stamp: newer.Stamp(), refused: "newer settings"},
		"a higher revision, replayed":         {id: "shop", provider: "lox24", stamp: newer.Stamp(), replayed: true, refused: "newer settings"},
		"other settings of the revision":      {id: "shop", provider: "lox24", stamp: other.Stamp(), refused: "same revision"},
		"the same, replayed":                  {id: "shop", provider: "lox24", stamp: other.Stamp(), replayed: true},
		"what the processor alone may change": {id: "shop", provider: "lox24", stamp: backfill.Stamp()},
		"a source that nobody knows":          {id: "kiosk", provider: "lox24", refused: "does not know the source kiosk"},
		"the same, replayed too early":        {id: "kiosk", provider: "lox24", replayed: true, refused: "does not know the source kiosk"},
		"a source of another provider":        {id: "shop", provider: "uapay", refused: "does not know the source shop"},
		"a stamp that nobody wrote":           {id: "shop", provider: "lox24", stamp: "x", refused: "settings (x)"},
		"a record without a source":           {provider: "lox24", refused: "ingest did not write it", cause: known.CauseForeignRecord},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			required := known.Require(testStage{}, source.NewSet([]source.Source{shop}), slog.New(slog.NewTextHandler(&log, nil)))
			envelope := raw.Envelope{Source: c.id, Provider: c.provider, Settings: c.stamp, ReceivedAt: time.Unix(1, 0)}
			in := &stage.Input{Value: []byte("{}"), Headers: raw.Append[stage.Header](nil, &envelope)}
			if c.replayed {
				in.Headers = append(in.Headers, stage.Header{Key: raw.HeaderReplayRound, Value: []byte("1")})
			}
			for range 3 {
				event, err := required.Decode(in)
				permanent, _ := errors.AsType[*stage.PermanentError](err)
				switch {
				case c.refused == "" && (err != nil || event != stage.Event(in)):
					t.Fatalf("Decode() = %v, %v; want the record", event, err)
				case c.refused != "" && (permanent == nil || permanent.Cause != cmp.Or(c.cause, known.CauseUnknownSource) || !strings.Contains(permanent.Detail, c.refused)):
					t.Fatalf("Decode() = %v; want a dead letter with %q", err, c.refused)
				}
			}
			if warned := strings.Count(log.String(), "level="); warned != 0 && c.refused == "" || warned != 1 && c.refused != "" {
				t.Errorf("%d warnings for three records: %s", warned, log.String())
			}
		})
	}
}

// TestErasuresPass: they are of no source.
func TestErasuresPass(t *testing.T) {
	t.Parallel()
	envelope := raw.Envelope{Source: "forget", Provider: "lox24", Kind: raw.KindErasure, ReceivedAt: time.Unix(1, 0)}
	if _, err := known.Require(testStage{}, source.NewSet(nil), nil).Decode(&stage.Input{Key: []byte("k"), Headers: raw.Append[stage.Header](nil, &envelope)}); err != nil {
		t.Errorf("Decode() = %v", err)
	}
}
