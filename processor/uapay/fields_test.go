package uapay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestFieldsSayWhatTheirDocsSay: operations, their ids and the ids of the payment, as the
// docs of enriched.payments.v1 have them.
func TestFieldsSayWhatTheirDocsSay(t *testing.T) {
	t.Parallel()
	operation := func(minute int, id, status string, external any) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(map[string]any{
			"paymentId": paymentID, "operationId": id, "operationStatus": status, "operationExternalId": external, "paymentStatus": "PAYED",
			"paymentAmount": 1000, "paymentNumber": minute, "iat": at.Unix(),
		}, at, int64(minute))
	}
	w := run(t, newMemory(t, nil),
		operation(1, "op-1", "NEEDS_COMPLETE", " order-1 "), operation(2, "op-2", "NEEDS_COMPLETE", "order-2"), operation(3, "op-1", "FINISHED", "order-1"),
		operation(4, "op-1", "FINISHED", nil), operation(5, "op-1", "", nil), operation(6, "op-2", "REJECTED", "order-3"), operation(7, "op-3", "", nil))
	at := func(minute int) avro.Optional[time.Time] { return avro.Some(noon(time.Duration(minute) * time.Minute)) }
	some := avro.Some[string]
	want := []avro.PaymentOperation{
		{ID: "op-1", StatusRaw: some("FINISHED"), ExternalID: some("order-1"), StatusAt: at(4)},
		{ID: "op-2", StatusRaw: some("REJECTED"), ExternalID: some("order-3"), StatusAt: at(6)},
		{ID: "op-3"},
	}
	if diff := cmp.Diff(want, w.payment.Operations); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"order-1", "order-3"}, w.payment.CorrelationIDs); diff != "" {
		t.Errorf("correlation_ids, of each operation the newest (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"order-1", "order-2", "order-3"}, w.payment.ExternalIDs); diff != "" {
		t.Errorf("external_ids, all ever seen (-want +got):\n%s", diff)
	}
	for id, kind := range map[string]avro.JourneyInputKind{
		"order-1": avro.JourneyInputKindPayment, "order-2": avro.JourneyInputKindRemoval, "order-3": avro.JourneyInputKindPayment,
	} {
		if got := w.journeys[id].Kind; got != kind {
			t.Errorf("the journey %s was told %s last, want %s", id, got, kind)
		}
	}
}
