package voximplant

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// MaxItems is the maximum number of items in an account's list; the items with the
// newest callbacks stay.
const MaxItems = 1000

// version is the version of a register: the id of the newest callback that set it, and the
// earliest received_at of that callback. The zero value means that none did.
type version struct {
	by uint64
	at time.Time
}

func (m *version) isSet() bool { return !m.at.IsZero() }

// update replaces the version by that of a newer callback and reports whether it is newer.
func (m *version) update(now version) bool {
	if m.isSet() && now.by <= m.by {
		return false
	}
	*m = now
	return true
}

// after reports whether the register was set, and by a newer callback than all others.
func (m *version) after(others ...*version) bool {
	for _, o := range others {
		if o.isSet() && o.by >= m.by {
			return false
		}
	}
	return m.isSet()
}

// item is an item of a list; each list uses only some of the fields.
type item struct {
	version

	// id, kind and name identify an item.
	id         int64
	kind, name string
	// on is set while the item's condition holds: expired, failing.
	on           bool
	status, text string
	amount       avro.Optional[avro.Decimal]
	day          time.Time
	phone        avro.Phone
	// failure is used for SIP registrations: whether the registration fails, and since
	// when.
	failure toggle
}

func (i *item) same(o *item) bool {
	return i.id == o.id && strings.EqualFold(i.kind, o.kind) && i.name == o.name
}

// items is a list of items, each a register.
type items []item

// find returns the item with the identity of next, or nil.
func (l *items) find(next *item) *item {
	if i := slices.IndexFunc(*l, func(have item) bool { return have.same(next) }); i >= 0 {
		return &(*l)[i]
	}
	return nil
}

// put adds an item or replaces it by the item of a newer callback.
func (l *items) put(next *item) {
	if have := l.find(next); have != nil {
		if next.isSet() && (!have.isSet() || next.by > have.by) {
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

// report does the same as put and also updates the item's toggle, which holds since when
// the condition holds.
func (l *items) report(next *item) {
	now := next.version
	l.put(next)
	if have := l.find(next); have != nil {
		have.failure.report(next.on, now)
	}
}

// The versions of an account. New ones go to the end: the state entry has them in
// this order.
const (
	registerLast = iota
	registerBalance
	registerCurrency
	registerMinBalance
	registerNextCharge
	registerPaid
	registerPaidByCard
	registerCardFailed
	registerCardExpired
	registerCardExpires
	registerRenewed
	registerAgreement
	registerAgreementEnded
	registerDocument
	registerA2P
	registerCount
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
	window          dedupe.Window
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
	versions                                             [registerCount]version
	lists                                                [listCount]items
}

// lower stores an earlier received_at of a known callback. It ignores the content of
// the repeat, because the proof covers only the ids.
func (a *Account) lower(by uint64, at time.Time) {
	a.first = earlier(a.first, at)
	a.frozen.lower(by, at)
	for i := range a.versions {
		a.versions[i].lower(by, at)
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

func (m *version) lower(by uint64, at time.Time) {
	if m.isSet() && m.by == by {
		m.at = earlier(m.at, at)
	}
}

// earlier returns the earlier of two times; zero means none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
