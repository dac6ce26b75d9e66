package voximplant

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// MaxItems is how many items of a list an account keeps: those told last.
const MaxItems = 1000

// mark says which callback told something last, and when that was received first.
// The zero value: nothing was told.
type mark struct {
	by uint64
	at time.Time
}

func (m *mark) told() bool { return !m.at.IsZero() }

// take notes a callback if it is newer and says whether it is.
func (m *mark) take(now mark) bool {
	if m.told() && now.by <= m.by {
		return false
	}
	*m = now
	return true
}

// after says whether something was told, and later than all of others.
func (m *mark) after(others ...*mark) bool {
	for _, o := range others {
		if o.told() && o.by >= m.by {
			return false
		}
	}
	return m.told()
}

// item is an item of a list; which fields count hangs on the list.
type item struct {
	mark

	// id, kind and name tell items apart.
	id         int64
	kind, name string
	// on says whether the item stands for something that is so now.
	on           bool
	status, text string
	amount       avro.Optional[avro.Decimal]
	day          time.Time
	phone        avro.Phone
	// failure is of a SIP registration: whether it fails, and since when.
	failure toggle
}

func (i *item) same(o *item) bool {
	return i.id == o.id && strings.EqualFold(i.kind, o.kind) && i.name == o.name
}

// items is a list of things told of.
type items []item

// find returns the item that next is of, nil if there is none.
func (l *items) find(next *item) *item {
	if i := slices.IndexFunc(*l, func(have item) bool { return have.same(next) }); i >= 0 {
		return &(*l)[i]
	}
	return nil
}

// put replaces an item by what a newer callback says of it.
func (l *items) put(next *item) {
	if have := l.find(next); have != nil {
		if next.told() && (!have.told() || next.by > have.by) {
			next.failure = have.failure
			*have = *next
		}
		return
	}
	*l = append(*l, *next)
	if len(*l) > MaxItems {
		oldest := slices.MinFunc(*l, func(a, b item) int {
			return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.id, b.id), strings.Compare(a.kind, b.kind), strings.Compare(a.name, b.name))
		})
		*l = slices.DeleteFunc(*l, func(have item) bool { return have.same(&oldest) })
	}
}

// tell is put for an item that is so or not: it notes since when.
func (l *items) tell(next *item) {
	now := next.mark
	l.put(next)
	if have := l.find(next); have != nil {
		have.failure.tell(next.on, now)
	}
}

// The marks of an account. New ones go to the end: the state entry has them in
// this order.
const (
	markLast = iota
	markBalance
	markCurrency
	markMinBalance
	markNextCharge
	markPaid
	markPaidByCard
	markCardFailed
	markCardExpired
	markCardExpires
	markRenewed
	markAgreement
	markAgreementEnded
	markDocument
	markA2P
	markCount
)

// The lists of an account, likewise.
const (
	listSIP = iota
	listSubscriptions
	listCallerIDs
	listDocuments
	listCertificates
	listAddresses
	listCount
)

// Account is the state of one account. Make it with parseAccount.
type Account struct {
	seen            dedupe.Seen
	sequence        dedupe.Sequence
	facts, revision int64
	assurance       avro.Assurance
	// first is the earliest received_at of any callback, repeats included.
	first                                                time.Time
	source, providerID, currency, documentStatus, lastID string
	lastType                                             string
	a2p                                                  bool
	frozen                                               toggle
	balance                                              avro.Decimal
	required, lacking                                    avro.Optional[avro.Decimal]
	agreementDay                                         time.Time
	marks                                                [markCount]mark
	lists                                                [listCount]items
}

// lower notes that a callback was received earlier than was known. What the repeat
// says is not looked at: only the ids are proven.
func (a *Account) lower(by uint64, at time.Time) {
	a.first = earlier(a.first, at)
	a.frozen.lower(by, at)
	for i := range a.marks {
		a.marks[i].lower(by, at)
	}
	for _, l := range a.lists {
		for i := range l {
			l[i].lower(by, at)
			l[i].failure.lower(by, at)
		}
	}
}

func (t *toggle) lower(by uint64, at time.Time) {
	for i := range t.run {
		t.run[i].lower(by, at)
	}
}

func (m *mark) lower(by uint64, at time.Time) {
	if m.told() && m.by == by {
		m.at = earlier(m.at, at)
	}
}

// earlier returns the earlier of two times, of which zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// assurances are those there are, the weakest first.
func assurances() []avro.Assurance {
	return []avro.Assurance{avro.AssuranceUnknown, avro.AssuranceSharedSecret, avro.AssuranceSignedID, avro.AssuranceSignedBody}
}
