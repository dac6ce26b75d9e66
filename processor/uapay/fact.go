package uapay

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
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
	At statecodec.Instant
	// FirstAt and ReceivedAt are the earliest provider's time and received_at.
	FirstAt, ReceivedAt statecodec.Instant
	Assurance           avro.Assurance
	P2P                 bool

	// Status words of a callback; empty in a folded fact.
	Status, PaymentStatus, OperationStatus string

	texts       [textCount]string
	amounts     [amountCount]avro.Optional[int64]
	reversalMax avro.Optional[int64]
	reversalSum int64
	created     statecodec.Instant
	paid, held  statecodec.Instant
	// phaseAt and phaseReceived are, by rank, when a phase was told first.
	phaseAt, phaseReceived [phases]statecodec.Instant
	refused                bool
	regression, changed    bool
	operations             []operation
	slots                  []slot
	externals              []string
}

type operation struct {
	id, kind, status, external string
	at                         statecodec.Instant
}

// slot is a place where correlation ids stand, and the newest found there.
type slot struct{ name, id string }

// compare orders facts by the provider's time, then by phase, for iat has only
// seconds and a payment goes forward more often than back, then by their id.
func compare(a, b *Fact) int {
	if a.At != b.At {
		return a.At.Compare(b.At)
	}
	return cmp.Or(cmp.Compare(rank(a.phase()), rank(b.phase())), bytes.Compare(a.ID[:], b.ID[:]))
}

// fold adds a fact to what all facts before it say.
func (f *Fact) fold(next *Fact) {
	f.ID, f.At = next.ID, next.At
	f.FirstAt, f.ReceivedAt = statecodec.Earlier(f.FirstAt, next.FirstAt), statecodec.Earlier(f.ReceivedAt, next.ReceivedAt)
	f.Assurance = weaker(f.Assurance, next.Assurance)
	f.P2P = f.P2P || next.P2P
	for i := range next.texts {
		if text := next.texts[i]; text != "" || i == textNamespace {
			f.texts[i] = text
		}
	}
	f.foldAmounts(next)
	f.created = statecodec.Earlier(f.created, next.created)
	f.paid, f.held = statecodec.Earlier(f.paid, next.paid), statecodec.Earlier(f.held, next.held)
	f.foldPhases(next)
	for i := range next.operations {
		f.foldOperation(&next.operations[i])
	}
	for i := range next.slots {
		f.foldSlot(&next.slots[i])
	}
	for _, id := range next.externals {
		if !slices.Contains(f.externals, id) {
			f.externals = append(f.externals, id)
		}
	}
}

// foldSlot takes the id that a newer callback has in a place.
func (f *Fact) foldSlot(s *slot) {
	for i := range f.slots {
		if f.slots[i].name == s.name {
			f.slots[i] = *s
			return
		}
	}
	f.slots = append(f.slots, *s)
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
		f.regression = f.regression || f.phaseAt[r] != 0 && f.phaseAt[r].Before(next.At)
	}
	f.regression = f.regression || next.regression
	f.refused = f.refused || next.refused
	for r := range phases {
		f.phaseAt[r] = statecodec.Earlier(f.phaseAt[r], next.phaseAt[r])
		f.phaseReceived[r] = statecodec.Earlier(f.phaseReceived[r], next.phaseReceived[r])
	}
}

// foldOperation takes what a newer callback says of an operation.
func (f *Fact) foldOperation(o *operation) {
	i := slices.IndexFunc(f.operations, func(have operation) bool { return have.id == o.id })
	if i < 0 {
		f.operations = append(f.operations, *o)
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
		if f.phaseAt[r] != 0 {
			return r
		}
	}
	return 0
}

// phaseAtRank is the phase of a rank.
func phaseAtRank(r int) avro.PaymentPhase {
	order := [phases]avro.PaymentPhase{
		avro.PaymentPhaseUnknown, avro.PaymentPhaseNew, avro.PaymentPhasePending, avro.PaymentPhaseHeld,
		avro.PaymentPhaseRefused, avro.PaymentPhasePaid, avro.PaymentPhaseReturned,
	}
	return order[r]
}

// conflict: it was refused and somebody was charged.
func (f *Fact) conflict() bool {
	return f.refused && (f.phaseAt[rank(avro.PaymentPhasePaid)] != 0 || f.phaseAt[rank(avro.PaymentPhaseReturned)] != 0)
}

// taken returns when a callback that tells money was taken was received first.
func (f *Fact) taken() (at statecodec.Instant) {
	for _, p := range [...]avro.PaymentPhase{avro.PaymentPhaseHeld, avro.PaymentPhasePaid, avro.PaymentPhaseReturned} {
		at = statecodec.Earlier(at, f.phaseReceived[rank(p)])
	}
	return at
}

// weaker returns the weaker of two assurances, of which none is no bound.
func weaker(a, b avro.Assurance) avro.Assurance {
	if a == "" || codeOfAssurance(b) < codeOfAssurance(a) {
		return b
	}
	return a
}
