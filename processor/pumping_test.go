package processor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// addFraud adds a code by SMS that is delivered and never typed.
func (h *history) addFraud(n int, phone string, start time.Duration) {
	created := noon(start)
	for i, name := range []string{"sent", "success"} {
		at := created.Add(time.Duration(2+4*i) * time.Second)
		attempt := object{
			"id": uuid(500_000 + n), "channel": "sms", "status": 5 + 5*i, "processed_at": at.Unix(), "external_id": fmt.Sprint("x", n), "error": nil, "cost": 9,
		}
		h.add(schemas.RawLOX24, "lox24:"+uuid(n), raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: at}, object{
			"id": uuid(1000*n + i), "api_version": "2022-05-25", "name": "verify_code.channel." + name, "created_at": at.Unix(), "attempt_total": 3, "attempt_number": 1,
			"data": object{
				"id": uuid(n), "user_id": 12345, "phone": phone, "routing_strategy": []object{{"channel": "sms", "timeout_sec": 60, "sender_id": "LOX24"}},
				"status": 5, "delivered_channel": nil, "cost": 9, "currency": "EUR", "code": "1234", "code_length": 4, "payload": fmt.Sprint("fraud-", n),
				"created_at": created.Unix(), "updated_at": at.Unix(), "history": []object{attempt}, "is_code_deleted": false, "channel": attempt,
			},
			"notification_task_id": uuid(999_000_000 + 1000*n + i),
		})
	}
}

// signalsOf returns the signals of pumping among outputs.
func signalsOf(t *testing.T, outputs []stage.Output) (out []avro.Signal) {
	t.Helper()
	for i := range outputs {
		o := &outputs[i]
		if o.Topic != schemas.Signals || o.Value == nil {
			continue
		}
		s := avro.Signal{}
		_, body, err := wire.Parse(o.Value)
		if err == nil {
			err = s.DecodeAvro(body)
		}
		if err != nil {
			t.Fatal(err)
		}
		if s.Kind == avro.SignalKindPumping {
			out = append(out, s)
		}
	}
	return out
}

// TestPumping: raw webhooks of a burst of codes for one block raise a signal that names the
// block and its cost within minutes; it is withdrawn when the burst is over.
func TestPumping(t *testing.T) {
	t.Parallel()
	h := &history{}
	const minutes, perMinute = 10, 8
	for n := range minutes * perMinute {
		h.addFraud(1+n, fmt.Sprintf("+4915123%06d", 450_000+7*n), time.Duration(n)*time.Minute/perMinute)
	}
	p := newPipeline(t)
	var signals []avro.Signal
	next := noon(time.Minute)
	advance := func(until time.Time) {
		for ; !until.Before(next); next = next.Add(time.Minute) {
			outputs, err := p.memory.AdvanceTo(next)
			if err != nil {
				t.Fatal(err)
			}
			signals = append(signals, signalsOf(t, outputs)...)
		}
	}
	for i := range h.records {
		advance(h.records[i].Timestamp)
		outputs, err := p.memory.Feed(h.records[i])
		if err != nil {
			t.Fatal(err)
		}
		signals = append(signals, signalsOf(t, outputs)...)
	}
	advance(noon(3 * time.Hour))
	if len(signals) < 3 {
		t.Fatalf("%d signals, want one raised, updated and withdrawn", len(signals))
	}
	const attacked = "+491512345"
	raised, last := &signals[0], &signals[len(signals)-1]
	if raised.State != avro.SignalStateRaised || raised.Kind != avro.SignalKindPumping || raised.RaisedAt.After(noon(5*time.Minute)) ||
		raised.Country.Value != "DE" || !strings.HasPrefix(attacked, raised.Block.Value) || raised.Block.Value == "" {
		t.Errorf("first signal: %+v", raised)
	}
	if last.State != avro.SignalStateWithdrawn || last.SignalID != raised.SignalID || last.Codes.Value != minutes*perMinute || last.CodesVerified.Value != 0 ||
		last.Numbers.Value != minutes*perMinute || last.CostMinor.Value != 9*minutes*perMinute || last.Currency.Value != "EUR" || !strings.HasPrefix(last.SuggestedRule.Value, "block +4915") {
		t.Errorf("last signal: %+v", last)
	}
	t.Log(raised.Claim)
	t.Log(last.Claim)
}
