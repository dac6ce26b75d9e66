package uapay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

func TestStories(t *testing.T) {
	t.Parallel()
	phase := func(status, paymentStatus string, minute int, replaced map[string]any) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, status, paymentStatus, replaced), at.Add(time.Second), int64(minute))
	}
	type flags struct{ conflict, regression, changed, inconsistent bool }
	tests := map[string]struct {
		records []stage.Input
		phase   avro.PaymentPhase
		back    int64 // refunded or released
		flags   flags
	}{
		"held, then completed": {
			[]stage.Input{phase("PAID", "HOLDED", 0, nil), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"held": {[]stage.Input{phase("PAID", "HOLDED", 0, nil)}, avro.PaymentPhaseHeld, 0, flags{}},
		"partial, then full refund": {
			[]stage.Input{
				phase("FINISHED", "FINISHED", 0, nil), phase("FINISHED", "FINISHED", 5, map[string]any{"reversalAmount": 30000}),
				phase("REVERSED", "REVERSED", 9, map[string]any{"reversalAmount": 100000}),
			}, avro.PaymentPhaseRefunded, 100000, flags{},
		},
		"a status going backwards": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, nil), phase("NEW", "PENDING", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{regression: true},
		},
		"the same, arriving the other way round": {
			[]stage.Input{phase("NEW", "PENDING", 5, nil), phase("FINISHED", "FINISHED", 0, nil)},
			avro.PaymentPhasePaid, 0,
			flags{regression: true},
		},
		"late news of an earlier step are no regression": {
			[]stage.Input{phase("FINISHED", "FINISHED", 5, nil), phase("NEW", "PENDING", 0, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"paid and refused": {
			[]stage.Input{phase("NEW", "REJECTED", 0, nil), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{conflict: true},
		},
		"an amount that changes": {
			[]stage.Input{phase("NEW", "PENDING", 0, nil), phase("FINISHED", "FINISHED", 5, map[string]any{"amount": 5})},
			avro.PaymentPhasePaid, 0,
			flags{changed: true},
		},
		"refused by its operation, then paid": {
			[]stage.Input{
				phase("", "MYSTERY", 0, map[string]any{"operationId": "op-1", "operationStatus": "REJECTED"}),
				phase("", "PAYED", 5, map[string]any{"operationId": "op-1", "operationStatus": "FINISHED"}),
			}, avro.PaymentPhasePaid, 0, flags{conflict: true},
		},
		"refused by an operation beside a status that is known": {
			[]stage.Input{
				phase("", "PENDING", 0, map[string]any{"operationId": "op-1", "operationStatus": "REJECTED"}), phase("", "PAYED", 5, nil),
			}, avro.PaymentPhasePaid, 0, flags{conflict: true},
		},
		"held, canceled and released": {
			[]stage.Input{phase("PAID", "HOLDED", 0, nil), phase("CANCELED", "REVERSED", 5, map[string]any{"reversalAmount": 100000})},
			avro.PaymentPhaseReleased, 100000,
			flags{},
		},
		"another currency": {
			[]stage.Input{phase("NEW", "PENDING", 0, map[string]any{"currency": "UAH"}), phase("NEW", "PENDING", 5, map[string]any{"currency": "EUR"})},
			avro.PaymentPhasePending, 0,
			flags{changed: true},
		},
		"more given back than paid": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"reversalAmount": 100001})},
			avro.PaymentPhaseRefunded, 100001,
			flags{inconsistent: true},
		},
		"a negative amount": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"amount": -1, "reversalAmount": nil})},
			avro.PaymentPhasePaid,
			0,
			flags{inconsistent: true},
		},
		"amount and paymentAmount are equal": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"paymentAmount": 100000})}, avro.PaymentPhasePaid, 0, flags{},
		},
		"amount and paymentAmount differ": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"paymentAmount": 5})},
			avro.PaymentPhasePaid, 0,
			flags{inconsistent: true},
		},
		"words in other case": {
			[]stage.Input{phase("new", "Pending", 0, nil), phase("paid", "holded", 5, nil)}, avro.PaymentPhaseHeld, 0, flags{},
		},
		"a later step without a time of its own": {
			[]stage.Input{phase("NEW", "OPEN", 0, map[string]any{"iat": nil}), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"a step that only its dates place is no regression of others": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"iat": nil}), phase("NEW", "PENDING", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"unknown words raise nothing": {
			[]stage.Input{phase("NEW", "PENDING", 0, nil), phase("GLORIOUS", "SPLENDID", 5, nil)},
			avro.PaymentPhasePending, 0,
			flags{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, nil), test.records...)
			got := flags{w.payment.Conflict, w.payment.Regression, w.payment.AmountChanged, w.payment.AmountInconsistent}
			if back := w.payment.RefundedMinor + w.payment.ReleasedMinor; w.payment.Phase != test.phase || back != test.back || got != test.flags {
				t.Errorf("payment: phase %s, %d given back, %+v, want %s, %d, %+v", w.payment.Phase, back, got, test.phase, test.back, test.flags)
			}
			if w.decoded != len(test.records) || w.payment.Facts != int64(len(test.records)) || len(w.dead) > 0 {
				t.Errorf("%d decoded, %d facts, dead %v, want %d", w.decoded, w.payment.Facts, w.dead, len(test.records))
			}
			if j := w.journeys["order-17"]; j.Payment.Value.Phase != test.phase || j.MemberRevision.Value != w.payment.Revision {
				t.Errorf("the journey was told %+v, want the payment's phase and revision", j)
			}
		})
	}
}
