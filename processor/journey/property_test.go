package journey_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestAnyOrder: whatever the order in which members' states and removals are
// told, repeated, and mixed with clocks, the last snapshot is that of the newest
// states told once.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		told, newest := history(r)
		end := avroClock(noon(100 * time.Hour))
		want := lastSnapshot(t, append(newest, end))
		for i := range rapid.IntRange(0, 5).Draw(r, "clocks") {
			told = append(told, avroClock(noon(time.Duration(rapid.IntRange(0, 400).Draw(r, fmt.Sprint("clock ", i)))*time.Minute)))
		}
		for range rapid.IntRange(0, 10).Draw(r, "repeats") {
			told = append(told, rapid.SampledFrom(told).Draw(r, "repeat"))
		}
		told = append(rapid.Permutation(told).Draw(r, "order"), end)
		got := lastSnapshot(t, told)
		ignored := cmpopts.IgnoreFields(avro.JourneySnapshot{}, "Revision", "ChangedBy", "ProcessedAt")
		if diff := cmp.Diff(want, got, ignored); diff != "" {
			r.Errorf("last snapshot (-once +any order):\n%s", diff)
		}
	})
}

// history draws the states of up to 70 members; newest holds the last of each
// that did not leave.
func history(r *rapid.T) (told, newest []*avro.JourneyInput) {
	members := rapid.OneOf(rapid.IntRange(1, 6), rapid.IntRange(45, 70)).Draw(r, "members")
	for m := range members {
		id := fmt.Sprint("member-", m)
		kind := rapid.SampledFrom([]string{"verification", "payment", "milestones"}).Draw(r, "kind")
		revisions := rapid.IntRange(1, 3).Draw(r, "revisions")
		var last *avro.JourneyInput
		for revision := range revisions {
			last = member(r, id, kind, int64(revision+1))
			told = append(told, last)
		}
		// A removal of an earlier revision says nothing.
		if rapid.IntRange(0, 3).Draw(r, "leaves") == 0 {
			revision := rapid.IntRange(1, revisions).Draw(r, "leaves at")
			told = append(told, &avro.JourneyInput{
				Kind: avro.JourneyInputKindRemoval, CorrelationID: "order-17", MemberID: avro.Some(id),
				MemberRevision: avro.Some(int64(revision)), ReceivedAt: avro.Some(noon(0)),
			})
			if revision == revisions {
				continue
			}
		}
		newest = append(newest, last)
	}
	return told, newest
}

func member(r *rapid.T, id, kind string, revision int64) *avro.JourneyInput {
	minute := func(label string) time.Time {
		return noon(time.Duration(rapid.IntRange(0, 300).Draw(r, label)) * time.Minute)
	}
	some := func(label string) avro.Optional[time.Time] {
		if !rapid.Bool().Draw(r, label+" set") {
			return avro.Optional[time.Time]{}
		}
		return avro.Some(minute(label))
	}
	in := &avro.JourneyInput{
		CorrelationID: "order-17", MemberID: avro.Some(id), MemberRevision: avro.Some(revision), MemberFacts: avro.Some(revision),
		Assurance:    rapid.SampledFrom([]avro.Assurance{avro.AssuranceSharedSecret, avro.AssuranceSignedBody}).Draw(r, "assurance"),
		FirstEventAt: some("first"), LastEventAt: some("last"), ReceivedAt: avro.Some(minute("received")),
	}
	text := func(label string, from ...string) avro.Optional[string] {
		return avro.Some(rapid.SampledFrom(from).Draw(r, label))
	}
	source := rapid.SampledFrom([]string{"shop", "shop-old"}).Draw(r, "source")
	amount := avro.Some(rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64()).Draw(r, "amount"))
	switch kind {
	case "milestones":
		in.Kind, in.Milestone = avro.JourneyInputKindMilestone, avro.Some(avro.MilestoneMember{
			Provider: "standard", Source: rapid.SampledFrom([]string{"shipping", "crm"}).Draw(r, "source"),
			Milestones: []avro.Milestone{{Type: "order.packed", FirstAt: some("packed"), Events: 2}, {Type: id, FirstAt: some("other"), LastAt: some("other last"), Events: 1}},
		})
		for i := range in.Milestone.Value.Milestones {
			in.Milestone.Value.Milestones[i].Source = in.Milestone.Value.Source
		}
		return in
	case "payment":
		in.Kind = avro.JourneyInputKindPayment
		in.Payment = avro.Some(avro.PaymentMember{
			Provider: "uapay", Source: source, CustomerID: customer(r), CreatedAt: minute("created"), LastRefundedAt: some("refunded at"), Currency: rapid.SampledFrom([]string{"UAH", "UAH", "UAH", "EUR"}).Draw(r, "currency"),
			Phase: rapid.SampledFrom([]avro.PaymentPhase{
				avro.PaymentPhaseUnknown, avro.PaymentPhaseNew, avro.PaymentPhasePending, avro.PaymentPhaseHeld,
				avro.PaymentPhaseRefused, avro.PaymentPhasePaid, avro.PaymentPhaseRefunded, avro.PaymentPhaseReleased,
			}).Draw(r, "phase"),
			AmountMinor: amount, GrossMinor: rapid.Int64().Draw(r, "paid amount"),
			RefundedMinor: rapid.Int64Range(0, 500).Draw(r, "refunded"), ReleasedMinor: rapid.Int64Range(0, 500).Draw(r, "released"),
			PaidAt: some("paid"), HeldAt: some("held"), OutcomeAt: some("outcome"), TakenReceivedAt: some("taken"),
			Conflict: rapid.Bool().Draw(r, "conflict"), EverPaid: rapid.Bool().Draw(r, "captured"),
		})
		return in
	}
	in.Kind = avro.JourneyInputKindVerification
	in.Verification = avro.Some(avro.VerificationMember{
		Provider: "lox24", Source: source, Currency: avro.Some("EUR"), CostMinor: amount, OutcomeAt: some("outcome"), OutcomeReceivedAt: some("decided"),
		Outcome: rapid.SampledFrom([]avro.VerificationOutcome{
			avro.VerificationOutcomeUnknown, avro.VerificationOutcomePending, avro.VerificationOutcomeExpired,
			avro.VerificationOutcomeSuccess, avro.VerificationOutcomeFailed, avro.VerificationOutcomeError,
		}).Draw(r, "outcome"),
		FailedAttempts: rapid.Int32Range(0, 3).Draw(r, "fallbacks"), DeliveredChannelRaw: avro.Some(strconv.Itoa(rapid.IntRange(0, 3).Draw(r, "channel"))),
		ChannelSwitches: rapid.Int32Range(0, 3).Draw(r, "switches"), CustomerID: customer(r), Country: text("country", "UA", "PL"), CreatedAt: minute("created"),
		FirstChannel: avro.Some(avro.ChannelTelegram), LastChannel: avro.Some(rapid.SampledFrom([]avro.Channel{avro.ChannelTelegram, avro.ChannelSMS}).Draw(r, "last channel")),
	})
	return in
}

func customer(r *rapid.T) avro.Optional[string] {
	id := rapid.SampledFrom([]string{"", "k1:aa", "k1:bb", "k2:aa"}).Draw(r, "customer")
	return avro.Optional[string]{Value: id, Set: id != ""}
}

func avroClock(at time.Time) *avro.JourneyInput {
	return &avro.JourneyInput{
		Kind: avro.JourneyInputKindClock, UpstreamStage: avro.Some("lox24"), UpstreamPartition: avro.Some[int32](0), Clock: avro.Some(at),
	}
}

// lastSnapshot returns what a consumer has in the end; nil after a tombstone.
func lastSnapshot(t *testing.T, told []*avro.JourneyInput) *avro.JourneySnapshot {
	t.Helper()
	m := newMemory(t)
	var last *avro.JourneySnapshot
	for _, in := range told {
		outputs, err := m.Feed(record(t, in))
		if err != nil {
			t.Fatal(err)
		}
		for i := range outputs {
			switch {
			case outputs[i].Topic == schemas.DeadLetterJourney:
				t.Fatalf("a dead letter: %v", outputs[i].Headers)
			case outputs[i].Value == nil:
				last = nil
			default:
				last = decode(t, &outputs[i])
			}
		}
	}
	return last
}

// counting counts what a stage reads of its state.
type counting struct {
	*journey.Stage
	scanned, got *int
}

type countingTx struct {
	stage.Tx
	*counting
}

func (c *counting) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	return c.Stage.Apply(countingTx{tx, c}, in, event)
}

func (c countingTx) Get(key []byte) ([]byte, error) {
	*c.got++
	return c.Tx.Get(key)
}

func (c countingTx) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	return c.Tx.Scan(prefix, func(key, value []byte) bool {
		*c.scanned++
		return yield(key, value)
	})
}

// TestThousandPayments: the thousandth payment of an order costs what the
// hundredth does, and the sums are over all of them.
func TestThousandPayments(t *testing.T) {
	t.Parallel()
	const payments = 1000
	counted := &counting{Stage: journey.New(config()), scanned: new(int), got: new(int)}
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: journey.Name, Stage: counted, Outputs: []string{schemas.EnrichedJourneys}, DeadLetter: schemas.DeadLetterJourney,
	})
	if err != nil {
		t.Fatal(err)
	}
	var last *avro.JourneySnapshot
	for i := range payments {
		for revision, phase := range []string{"PENDING", "HELD", "PAID"} {
			line := fmt.Sprintf("%ds payment uapay:%04d rev=%d first=%ds phase=%s amount=3 held=%ds paid=%ds", i+revision, i, revision+1, i, phase, i+1, i+1)
			outputs, err := m.Feed(record(t, parse(t, line)))
			if err != nil || len(outputs) != 1 {
				t.Fatalf("%s: %d outputs, %v", line, len(outputs), err)
			}
			last = decode(t, &outputs[0])
		}
	}
	if last.GrossMinor.Value != 3*payments || last.PaymentsPaid != payments || last.Facts != 3*payments || len(last.Members) != journey.Listed || !last.Truncated {
		t.Errorf("paid %d by %d of %d facts, %d listed, truncated %v", last.GrossMinor.Value, last.PaymentsPaid, last.Facts, len(last.Members), last.Truncated)
	}
	if got := *counted.scanned; got != 0 {
		t.Errorf("%d entries scanned, want 0: no payment gave up an extreme", got)
	}
	if got := *counted.got; got > 2*3*payments {
		t.Errorf("%d entries read for %d records, want at most 2 each", got, 3*payments)
	}
	// The end of so large a journey leaves nothing behind.
	outputs, err := m.Feed(record(t, avroClock(noon(401*24*time.Hour))))
	if err != nil || len(outputs) != 1 || outputs[0].Value != nil {
		t.Fatalf("%d outputs at the end, %v, want one tombstone", len(outputs), err)
	}
	if got := m.Entries(0); got != 1 {
		t.Errorf("%d entries are left, want the table of clocks alone", got)
	}
}

// TestUnusableInput: what no stage before writes is buried, never half applied.
func TestUnusableInput(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*stage.Input){
		"no header":    func(in *stage.Input) { in.Value = []byte("x") },
		"cut":          func(in *stage.Input) { in.Value = in.Value[:len(in.Value)-1] },
		"without key":  func(in *stage.Input) { in.Key = nil },
		"unknown kind": func(in *stage.Input) { in.Value[5] = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			in := record(t, parse(t, "0s payment uapay:p1 rev=1 phase=PAID amount=5"))
			spoil(&in)
			outputs, err := m.Feed(in)
			if err != nil || len(outputs) != 1 || outputs[0].Topic != schemas.DeadLetterJourney || m.Entries(0) != 0 {
				t.Errorf("Feed() = %d outputs, %v, want one dead letter and no state", len(outputs), err)
			}
		})
	}
}
