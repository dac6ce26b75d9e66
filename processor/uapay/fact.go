package uapay

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// The texts of a callback that a payment shows: of each the newest counts. New
// ones go to the end: the state entry has them in this order.
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

// Fact is what one callback says, or what several folded into one say together.
type Fact struct {
	// ID is the beginning of the callback's hash.
	ID [16]byte
	// At is the earliest provider's time of the callback and its repeats; of a
	// folded fact it is the last one's.
	At time.Time
	// FirstAt and ReceivedAt are the earliest provider's time and received_at.
	FirstAt, ReceivedAt time.Time
	Assurance           avro.Assurance
	P2P                 bool

	// Status words of a callback; empty in a folded fact.
	Status, PaymentStatus, OperationStatus string

	texts       [textCount]string
	amounts     [amountCount]avro.Optional[int64]
	reversalMax avro.Optional[int64]
	reversalSum int64
	created     time.Time
	paid, held  time.Time
	// phaseAt and phaseReceived are, by rank, when a phase was told first.
	phaseAt, phaseReceived [phases]time.Time
	refused                bool
	regression, changed    bool
	operations             []operation
	slots                  []slot
	externals              []string
}

type operation struct {
	id, kind, status, external string
	at                         time.Time
}

// slot is a place where correlation ids stand, and the newest found there.
type slot struct{ name, id string }

// compare orders facts by the provider's time, then by phase, for iat has only
// seconds and a payment goes forward more often than back, then by their id.
func compare(a, b *Fact) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.phase()), rank(b.phase())), bytes.Compare(a.ID[:], b.ID[:]))
}

// fold adds a fact to what all facts before it say.
func (f *Fact) fold(next *Fact) {
	f.ID, f.At = next.ID, next.At
	f.FirstAt, f.ReceivedAt = earlier(f.FirstAt, next.FirstAt), earlier(f.ReceivedAt, next.ReceivedAt)
	f.Assurance = weaker(f.Assurance, next.Assurance)
	f.P2P = f.P2P || next.P2P
	for i, text := range next.texts {
		if text != "" || i == textNamespace {
			f.texts[i] = text
		}
	}
	f.foldAmounts(next)
	f.created = earlier(f.created, next.created)
	f.paid, f.held = earlier(f.paid, next.paid), earlier(f.held, next.held)
	f.foldPhases(next)
	for _, o := range next.operations {
		f.foldOperation(o)
	}
	for _, s := range next.slots {
		if i := slices.IndexFunc(f.slots, func(have slot) bool { return have.name == s.name }); i >= 0 {
			f.slots[i] = s
		} else {
			f.slots = append(f.slots, s)
		}
	}
	for _, id := range next.externals {
		if !slices.Contains(f.externals, id) {
			f.externals = append(f.externals, id)
		}
	}
}

func (f *Fact) foldAmounts(next *Fact) {
	f.changed = f.changed || next.changed ||
		next.amounts[amountPaid].Set && f.amounts[amountPaid].Set && next.amounts[amountPaid].Value != f.amounts[amountPaid].Value
	for i, amount := range next.amounts {
		if amount.Set {
			f.amounts[i] = amount
		}
	}
	if next.reversalMax.Set && (!f.reversalMax.Set || next.reversalMax.Value > f.reversalMax.Value) {
		f.reversalMax = next.reversalMax
	}
	f.reversalSum += next.reversalSum
}

func (f *Fact) foldPhases(next *Fact) {
	at := rank(next.phase())
	for r := at + 1; at > 0 && r < phases; r++ {
		// A lower phase told later, by the provider's time.
		f.regression = f.regression || !f.phaseAt[r].IsZero() && f.phaseAt[r].Before(next.At)
	}
	f.regression = f.regression || next.regression
	f.refused = f.refused || next.refused
	for r := range phases {
		f.phaseAt[r] = earlier(f.phaseAt[r], next.phaseAt[r])
		f.phaseReceived[r] = earlier(f.phaseReceived[r], next.phaseReceived[r])
	}
}

// foldOperation takes what a newer callback says of an operation.
func (f *Fact) foldOperation(o operation) {
	i := slices.IndexFunc(f.operations, func(have operation) bool { return have.id == o.id })
	if i < 0 {
		f.operations = append(f.operations, o)
		return
	}
	have := &f.operations[i]
	if o.kind != "" {
		have.kind = o.kind
	}
	if o.external != "" {
		have.external = o.external
	}
	if o.status != "" {
		have.status, have.at = o.status, o.at
	}
}

// top returns the highest rank told.
func (f *Fact) top() int {
	for r := phases - 1; r > 0; r-- {
		if !f.phaseAt[r].IsZero() {
			return r
		}
	}
	return 0
}

func phaseAtRank(r int) avro.PaymentPhase {
	for _, p := range []avro.PaymentPhase{
		avro.PaymentPhaseNew, avro.PaymentPhasePending, avro.PaymentPhaseHeld, avro.PaymentPhaseRefused, avro.PaymentPhasePaid, avro.PaymentPhaseReturned,
	} {
		if rank(p) == r {
			return p
		}
	}
	return avro.PaymentPhaseUnknown
}

// conflict: it was refused and somebody was charged.
func (f *Fact) conflict() bool {
	return f.refused && (!f.phaseAt[rank(avro.PaymentPhasePaid)].IsZero() || !f.phaseAt[rank(avro.PaymentPhaseReturned)].IsZero())
}

// taken returns when a callback that tells money was taken was received first.
func (f *Fact) taken() (at time.Time) {
	for _, p := range []avro.PaymentPhase{avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseReturned} {
		at = earlier(at, f.phaseReceived[rank(p)])
	}
	return at
}

// sortedOperations returns the operations by id.
func (f *Fact) sortedOperations() []operation {
	list := slices.Clone(f.operations)
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return list
}

func weaker(a, b avro.Assurance) avro.Assurance {
	order := []avro.Assurance{avro.AssuranceUnknown, avro.AssuranceSharedSecret, avro.AssuranceSignedID, avro.AssuranceSignedBody}
	if a == "" || slices.Index(order, b) < slices.Index(order, a) {
		return b
	}
	return a
}

// earlier returns the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// later returns the later of two times, of which zero is none.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
