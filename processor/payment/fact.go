package payment

import (
	"bytes"
	"cmp"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The texts of a fact. The newest of each counts. The state entry has them in this order, so
// new ones are appended.
const (
	TextSource = iota
	TextNamespace
	TextProviderID
	TextInvoiceID
	TextNumber
	TextStatus
	TextPaymentStatus
	TextType
	TextSystemType
	TextPaymentSystem
	TextPaymentType
	TextCurrency
	textCount
)

// The amounts of a fact in minor units, likewise.
const (
	AmountPaid = iota
	AmountPending
	AmountCommission
	amountCount
)

// Fact is the information that one callback holds on a payment. Empty texts, zero times and
// unset optionals set no field.
type Fact struct {
	// ID identifies the callback within the payment.
	ID [16]byte
	// At is the earliest time at which the callback or a repeat of it was made or signed, by
	// the provider's clock. Without such a time, Dated is set and At is the latest of the
	// callback's dates, or 0; it is never the time of receipt.
	At    statecodec.Instant
	Dated bool
	// ReceivedAt is the earliest received_at of the callback and its repeats.
	ReceivedAt statecodec.Instant
	Assurance  avro.Assurance
	// P2P is set for a payment from card to card.
	P2P   bool
	Phase Phase
	// Refused and Charged are set if the callback reports a refusal, or money that was paid,
	// whatever its phase is.
	Refused, Charged bool
	// Contradicts is set if the callback's amounts are negative or contradict each other.
	Contradicts bool
	Texts       [textCount]string
	Amounts     [amountCount]avro.Optional[int64]
	// Reversal is the amount given back: see source.Source.Reversal.
	Reversal                  avro.Optional[int64]
	CreatedAt, PaidAt, HeldAt statecodec.Instant
	// Operation is the callback's operation; its ID is empty if the callback is about an
	// invoice.
	Operation Operation
	// Correlations are the correlation ids that the callback holds.
	Correlations []Correlation
	// ExternalID is the customer's id of the payment.
	ExternalID string
}

// Operation is one operation of a payment.
type Operation struct {
	ID, Kind, Status, ExternalID string
	At                           statecodec.Instant
}

// moment is the time of the callback by the provider, else that of its receipt.
func (f *Fact) moment() statecodec.Instant { return cmp.Or(f.At, f.ReceivedAt) }

// Correlation is a correlation id and the place it was found in. The newest id of a slot
// counts. Each operation has slots of its own: ids of several operations belong to several
// orders and are not corrections of one. Customer is the customer id of an id that is a phone
// number, empty for any other.
type Correlation struct{ Slot, Operation, ID, Customer string }

// rank is the sort key of a fact: the provider's time, then the phase (times may have only
// seconds, and a payment goes forward more often than back), then the id.
type rank struct {
	at    statecodec.Instant
	phase Phase
	id    [16]byte
}

func (f *Fact) rank() rank { return rank{at: f.At, phase: f.Phase, id: f.ID} }

func (p *rank) compare(other *rank) int {
	return cmp.Or(p.at.Compare(other.at), cmp.Compare(p.phase, other.phase), bytes.Compare(p.id[:], other.id[:]))
}

func compare(a, b *Fact) int {
	at, before := a.rank(), b.rank()
	return at.compare(&before)
}

// earlier lowers the times of a fact to those of a repeat and reports whether any changed.
// A time at which the callback was made takes precedence over one derived from its dates.
func (f *Fact) earlier(repeat *Fact) bool {
	at, dated, received := f.At, f.Dated, statecodec.Earlier(f.ReceivedAt, repeat.ReceivedAt)
	switch {
	case dated == repeat.Dated:
		at = statecodec.Earlier(at, repeat.At)
	case dated:
		at, dated = repeat.At, false
	}
	if at == f.At && dated == f.Dated && received == f.ReceivedAt {
		return false
	}
	f.At, f.Dated, f.ReceivedAt = at, dated, received
	return true
}
