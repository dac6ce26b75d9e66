package processor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestSignalsFromRawRecords plays a day from raw records: an account whose balance falls by 2.00
// USD an hour, and codes whose first channel ends in every way. Those that begin with a voice
// call have no wait: LOX24 takes a timeout for Telegram only.
func TestSignalsFromRawRecords(t *testing.T) {
	t.Parallel()
	memory, err := processortest.NewMemory(processor.DefaultConfig(), deps(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{}
	for hour := range 12 {
		start := time.Duration(hour) * time.Hour
		h.add(schemas.RawVoximplant, "voximplant:1", raw.Envelope{Assurance: raw.AssuranceSignedID, ReceivedAt: noon(start)}, object{
			"callback_id": 1200 + hour, "account_id": 1, "hash": "00000000000000000000000000000000", "account_name": "acme", "account_email": "a@example.com",
			"language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee", "balance": 50 - 2*hour, "currency": "USD",
			"type": "min_balance", "min_balance": object{"is_min_credit": false, "is_repeated": false},
		})
		for way := range 5 {
			h.addVerification(10*hour+way+1, fmt.Sprintf("order-%d-%d", hour, way), start, way)
		}
	}
	var outputs []stage.Output
	for i := range h.records {
		out, err := memory.Feed(h.records[i])
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, out...)
	}
	for _, at := range []time.Duration{12 * time.Hour, 12*time.Hour + 5*time.Minute, 14 * time.Hour} {
		out, err := memory.AdvanceTo(noon(at))
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, out...)
	}
	signals, ends := map[string]*avro.Signal{}, map[string]int64{}
	for i := range outputs {
		readSignal(t, &outputs[i], signals, ends)
	}
	// Every third code succeeds on Telegram, two are given up after 31 s of 30, one verified; the
	// fourth has no outcome and expires.
	// The wait of one that succeeds is the time to the confirmation, a second before the code is typed.
	want := map[string]int64{"SUCCEEDED": 12, "SUCCEEDED verified": 12, "SUCCEEDED within 20 s": 12, "GIVEN_UP": 24, "GIVEN_UP verified": 12, "ENDED": 12}
	if diff := cmp.Diff(want, ends); diff != "" {
		t.Errorf("how first channels ended (-want +got):\n%s", diff)
	}
	runway := signals["ACCOUNT_RUNWAY/voximplant:1/balance"]
	if runway == nil || !strings.Contains(runway.Claim, "account voximplant:1 had 28.00 USD left") || !strings.Contains(runway.Claim, "spends 2.00 USD per hour (95 %: 2.00 USD to 2.00 USD)") {
		t.Errorf("runway %+v", runway)
	}
	var card *avro.Signal
	for id, s := range signals {
		if strings.HasPrefix(id, "PROVIDER_SCORECARD/lox24/") {
			card = s
		}
	}
	if card == nil || !strings.HasPrefix(card.Claim, "lox24 on ") {
		t.Errorf("scorecard %+v of %d signals", card, len(signals))
	}
}

// readSignal keeps a signal, or adds up the waits of a funnel's differences.
func readSignal(t *testing.T, o *stage.Output, signals map[string]*avro.Signal, ends map[string]int64) {
	t.Helper()
	if o.Topic != schemas.Signals && o.Topic != schemas.InternalInsights || o.Value == nil {
		return
	}
	_, body, err := wire.Parse(o.Value)
	if err != nil {
		t.Fatal(err)
	}
	if o.Topic == schemas.Signals {
		s := &avro.Signal{}
		if err := s.DecodeAvro(body); err != nil {
			t.Fatal(err)
		}
		signals[s.SignalID] = s
		return
	}
	var in avro.InsightsInput
	if err := in.DecodeAvro(body); err != nil {
		t.Fatal(err)
	}
	differences, err := funnel.Split(nil, in.Funnel.Value.Differences)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(differences)
	err = funnel.Sum(differences, func(d *funnel.Difference) error {
		for _, w := range d.Waits {
			name := [...]string{"", "SUCCEEDED", "FAILED", "GIVEN_UP", "ENDED"}[w.End]
			counts := map[string]int64{name: w.Ended, name + " verified": w.Verified}
			if w.End == funnel.Succeeded {
				counts[fmt.Sprintf("%s within %d s", name, w.Bucket)] = w.Ended
			}
			for key, n := range counts {
				if ends[key] += n; ends[key] == 0 {
					delete(ends, key)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
