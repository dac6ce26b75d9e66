package standard_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/standard"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const retention = 30 * 24 * time.Hour

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func newMemory(tb testing.TB) *enginetest.Driver {
	tb.Helper()
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("a-key-of-16-or-more")}}})
	if err != nil {
		tb.Fatal(err)
	}
	shop := source.Source{
		ID: "shipping", Provider: raw.ProviderStandard, Namespace: "shop", PayloadFields: []string{"/data/parcel", "/data/note"},
		Correlation: []source.Correlation{{Field: "body", Pointer: "/data/order"}, {Field: "body", Pointer: "/data/invoice"}},
	}
	config := standard.Config{Sources: source.NewSet([]source.Source{shop}), Privacy: pseudonyms, Retention: retention, JourneyPartitions: 1}
	if err := config.Validate(); err != nil {
		tb.Fatal(err)
	}
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: standard.Name, Stage: standard.New(config), DeadLetter: schemas.DeadLetterStandard,
		Outputs: []string{schemas.DecodedStandardEvent, schemas.Duplicates, schemas.InternalJourney},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// webhook is a raw record as ingest writes it; key is the part behind the source.
func webhook(key, id, body string, received time.Time, offset int64) stage.Input {
	e := raw.Envelope{
		Source: "shipping", Provider: raw.ProviderStandard, Assurance: raw.AssuranceSignedBody, SecretID: "k1", RequestID: fmt.Sprint("r", offset),
		ReceivedAt: received, Kind: raw.KindWebhook, Items: 1, ContentType: "application/json",
	}
	headers := append(
		raw.Append[stage.Header](nil, &e), stage.Header{Key: raw.HeaderWebhookID, Value: []byte(id)},
		stage.Header{Key: raw.HeaderWebhookTimestamp, Value: fmt.Append(nil, received.Unix())},
	)
	return stage.Input{Topic: schemas.RawStandard, Offset: offset, Key: []byte("standard:shipping:" + key), Value: []byte(body), Headers: headers, Timestamp: received}
}

// feed returns the outputs by topic; those of the watermark are left out.
func feed(tb testing.TB, m *enginetest.Driver, inputs ...stage.Input) map[string][]stage.Output {
	tb.Helper()
	out := map[string][]stage.Output{}
	for _, in := range inputs {
		outputs, err := m.Feed(in)
		if err != nil {
			tb.Fatal(err)
		}
		for _, o := range outputs {
			if o.Topic != schemas.InternalJourney || member(tb, &o).Kind != avro.JourneyInputKindClock {
				out[o.Topic] = append(out[o.Topic], o)
			}
		}
	}
	return out
}

func decode(tb testing.TB, o *stage.Output, into avro.Record) {
	tb.Helper()
	_, body, err := wire.Parse(o.Value)
	if err == nil {
		err = into.DecodeAvro(body)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func member(tb testing.TB, o *stage.Output) (in avro.JourneyInput) {
	tb.Helper()
	decode(tb, o, &in)
	return in
}

const shipped = `{"type":"order.shipped","timestamp":"2026-01-01T11:59:00Z","data":{"order":"order-17","parcel":"P-1","note":"call +49 1511 2345678"}}`

// TestEvent: an event is decoded, joins its journey as a milestone, and its repeat is a
// duplicate that names it.
func TestEvent(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	out := feed(t, m, webhook("order-17", "msg_1", shipped, noon(0), 0), webhook("order-17", "msg_1", shipped, noon(70*time.Hour), 1))
	if len(out[schemas.DecodedStandardEvent]) != 1 || len(out[schemas.Duplicates]) != 1 || len(out[schemas.InternalJourney]) != 1 {
		t.Fatalf("%d decoded, %d duplicates, %d members", len(out[schemas.DecodedStandardEvent]), len(out[schemas.Duplicates]), len(out[schemas.InternalJourney]))
	}
	var d avro.StandardEvent
	decode(t, &out[schemas.DecodedStandardEvent][0], &d)
	if d.EventID != "msg_1" || d.EventType.Value != "order.shipped" || !d.EventAt.Value.Equal(noon(-time.Minute)) || !d.AttemptAt.Value.Equal(noon(0)) {
		t.Errorf("decoded %+v", d)
	}
	if !slices.Equal(d.CorrelationIDs, []string{"order-17"}) || d.PayloadFields["/data/parcel"] != "P-1" || !strings.HasPrefix(d.PayloadFields["/data/note"], source.HMACPrefix) {
		t.Errorf("ids %v, fields %v", d.CorrelationIDs, d.PayloadFields)
	}
	var repeat avro.Duplicate
	decode(t, &out[schemas.Duplicates][0], &repeat)
	if repeat.First.Offset != 0 || repeat.Record.Offset != 1 || repeat.KnownBy != avro.KnownByEventID {
		t.Errorf("duplicate %+v", repeat)
	}
	in := member(t, &out[schemas.InternalJourney][0])
	want := []avro.Milestone{{Source: "shipping", Type: "order.shipped", FirstAt: avro.Some(noon(-time.Minute)), LastAt: avro.Some(noon(-time.Minute)), Events: 1}}
	if diff := cmp.Diff(want, in.Milestone.Value.Milestones); diff != "" || in.MemberID.Value != "standard:shipping:order-17" || in.Namespace.Value != "shop" {
		t.Errorf("member %+v: %s", in, diff)
	}
}

// TestWhatIsNoEvent ends as a dead letter with its cause.
func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]stage.Input{
		"not JSON":     webhook("message:m", "m", `{"type":`, noon(0), 0),
		"no id":        webhook("message:m", "", `{}`, noon(0), 0),
		"a stale time": webhook("order-17", "m", shipped, noon(retention+time.Hour), 0),
	} {
		if out := feed(t, newMemory(t), in); len(out[schemas.DeadLetterStandard]) != 1 || len(out) != 1 {
			t.Errorf("%s: %v", name, slices.Collect(maps.Keys(out)))
		}
	}
}

// TestPseudonyms: an id that is a phone or free text leaves nowhere in clear, the key
// included.
func TestPseudonyms(t *testing.T) {
	t.Parallel()
	const phone = "+4915112345678"
	body := `{"type":"hello ` + phone + `","data":{"order":"` + phone + `","parcel":"Anna Müller"}}`
	for _, outputs := range feed(t, newMemory(t), webhook(phone, "anna@example.com", body, noon(0), 0)) {
		for i := range outputs {
			text := string(outputs[i].Key) + string(outputs[i].Value)
			for _, private := range []string{phone[1:], "Anna", "anna@"} {
				if strings.Contains(text, private) {
					t.Errorf("%s holds %s", outputs[i].Topic, private)
				}
			}
		}
	}
}

// TestAnyOrder: the last member that a journey gets does not depend on the order or the
// repetition of the events.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var events []stage.Input
		for i := range rapid.IntRange(1, 60).Draw(r, "events") {
			kind := fmt.Sprint("type-", rapid.IntRange(0, 40).Draw(r, "type"))
			at := noon(time.Duration(rapid.IntRange(0, 600).Draw(r, "at")) * time.Minute).Format(time.RFC3339)
			invoice := rapid.SampledFrom([]string{"null", `"i-1"`, `"i-2"`}).Draw(r, "invoice")
			body := fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":{"order":"order-17","invoice":%s}}`, kind, at, invoice)
			events = append(events, webhook("order-17", fmt.Sprint("m", i), body, noon(11*time.Hour), int64(i)))
		}
		last := func(inputs []stage.Input) map[string]avro.MilestoneMember {
			out := map[string]avro.MilestoneMember{}
			for _, o := range feed(t, newMemory(t), inputs...)[schemas.InternalJourney] {
				in := member(t, &o)
				out[string(o.Key)] = in.Milestone.Value
			}
			return out
		}
		again := events
		for range rapid.IntRange(0, 5).Draw(r, "repeats") {
			again = append(again, rapid.SampledFrom(events).Draw(r, "repeat"))
		}
		if diff := cmp.Diff(last(events), last(rapid.Permutation(again).Draw(r, "order"))); diff != "" {
			r.Errorf("members (-in order +any order):\n%s", diff)
		}
	})
}
