package uapay

import (
	"bytes"
	"cmp"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The texts of a callback that are shown in a snapshot; the newest of each counts. The state
// entry has them in this order, so new ones are appended.
const (
	textSource = iota
	textNamespace
	textProviderID
	textInvoiceID
	textNumber
	textStatus
	textPaymentStatus
	textType
	textSystemType
	textPaymentSystem
	textPaymentType
	textCurrency
	textCount
)

const (
	amountPaid = iota
	amountPending
	amountCommission
	amountCount
)

// phases is one more than the highest rank.
const phases = 7

// Fact is the content of one callback.
type Fact struct {
	// ID is the beginning of the callback's hash.
	ID [16]byte
	// At is the earliest time at which the callback or a repeat of it was made or signed, by
	// the provider's clock. Without such a time, Dated is set and At is the latest of the
	// callback's dates, or 0; it is never the time of receipt.
	At    statecodec.Instant
	Dated bool
	// ReceivedAt is the earliest received_at of the callback and its repeats.
	ReceivedAt statecodec.Instant
	Assurance  avro.Assurance
	P2P        bool
	// rank is the rank of the callback's phase. refuses and charges are set if any of its
	// statuses is a refusal or means that money was paid.
	rank             int
	refuses, charges bool
	// contradicts is set where the callback's amounts are negative or contradict each
	// other.
	contradicts         bool
	texts               [textCount]string
	amounts             [amountCount]avro.Optional[int64]
	reversal            avro.Optional[int64]
	created, paid, held statecodec.Instant
	// operation is the callback's operation; its id is empty for an invoice.
	operation operation
	slots     []slot
	external  string
}

type operation struct {
	id, kind, status, external string
	at                         statecodec.Instant
}

// slot is a place of correlation ids, such as externalId, and the newest id in it. Each
// operation has places of its own: ids of several operations belong to several orders and
// are not corrections of one.
type slot struct{ name, operation, id string }

// place is the sort key of a fact: the provider's time, then the phase (iat has only seconds,
// and a payment goes forward more often than back), then the id.
type place struct {
	at   statecodec.Instant
	rank int
	id   [16]byte
}

func (f *Fact) place() place { return place{at: f.At, rank: f.rank, id: f.ID} }

func (p *place) compare(other *place) int {
	return cmp.Or(p.at.Compare(other.at), cmp.Compare(p.rank, other.rank), bytes.Compare(p.id[:], other.id[:]))
}

func compare(a, b *Fact) int {
	at, before := a.place(), b.place()
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
