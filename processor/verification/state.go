package verification

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Entity is the state of one verification. Make it with Parse. Read reuses it for
// another verification.
type Entity struct {
	// Window holds the ids of the facts applied, for a stage that deduplicates here.
	Window dedupe.Window

	journeys entity.Journeys
	// added is the contribution that the funnel has of the verification.
	added funnel.Contribution
	// versions are those of the facts whose values are kept.
	versions []version
	slots    []slot
	attempts []attempt
	rows     entity.Rows

	state
	buffers
}

// state is the state of a verification without its lists.
type state struct {
	revision, facts int64
	// counted is the verification as the business metrics count it before the current fact.
	counted business.Verification
	// emitted is the outcome of the last snapshot.
	emitted avro.VerificationOutcome
	// switches is channel_switches of the last snapshot.
	switches int32

	texts        [textCount]register[string]
	phone        register[phone]
	plan         register[[]Step]
	cost         register[int64]
	created      register[statecodec.Instant]
	awaited      register[bool]
	status       statusRegister
	outcomes     [realOutcomes]outcomeRegister
	uncorrelated bool

	// customerKey is the id of the newest key that was in force when the first fact with a phone
	// was received, at customerAt.
	customerKey string
	customerAt  statecodec.Instant

	// firstAt and lastAt are by the provider's time, the others by ours.
	firstAt, lastAt             statecodec.Instant
	firstReceived, lastReceived statecodec.Instant
	assurance                   avro.Assurance
}

// buffers holds memory that is reused from one verification to the next: by compact,
// for parsing phone and plan, and for the next snapshot.
type buffers struct {
	indexes    []int
	steps      []Step
	pseudonyms []avro.Pseudonym
	customer   []byte
	snapshot   avro.VerificationSnapshot
	row        avro.DeliveryAttempt
}

// The plain text fields, each a last-writer-wins register. New ones go to the end,
// because the state entry has them in this order.
const (
	textProvider = iota
	textSource
	textNamespace
	textProviderID
	textDelivered
	textCurrency
	textCount
)

// version is the version of a fact: a total order over distinct facts.
type version struct {
	at int64 // unix ms
	id string
}

// phone is a number without its block, and the decision on that.
type phone struct {
	avro.Phone

	place block.Place
}

// register is a last-writer-wins register: a value and the version of the fact that set it.
// by is the version's index in Entity.versions, from 1; 0 if no fact set it.
type register[T any] struct {
	value T
	by    int
}

// statusRegister is the status of the whole verification.
type statusRegister struct {
	text string
	name avro.AttemptStatus
	at   statecodec.Instant
}

// slot is a place of correlation ids, and the newest id found there.
type slot struct {
	name string
	id   register[string]
}

// attempt is the state of one attempt to deliver the code.
type attempt struct {
	id          string
	code        avro.Optional[int32]
	name        avro.AttemptStatus
	processedAt statecodec.Instant
	// started is the earliest time of a status before the end.
	started                statecodec.Instant
	channel, external, err register[string]
	cost                   register[int64]
}

// outcomeRegister is the state of one real outcome: the first and last provider's time of the
// facts that report it, and the earliest received_at of them.
type outcomeRegister struct{ first, last, received statecodec.Instant }

const realOutcomes = 3

// outcomeAt returns the real outcomes, the one that wins a tie first.
func outcomeAt(i int) avro.VerificationOutcome {
	switch i {
	case 0:
		return avro.VerificationOutcomeSuccess
	case 1:
		return avro.VerificationOutcomeFailed
	default:
		return avro.VerificationOutcomeError
	}
}

// Apply merges a fact.
func (e *Entity) Apply(f *Fact) {
	by := e.versionOf(f)
	at, received := statecodec.InstantOf(f.At), statecodec.InstantOf(f.ReceivedAt)
	e.facts++
	e.firstAt, e.lastAt = statecodec.Earlier(e.firstAt, at), statecodec.Later(e.lastAt, at)
	e.firstReceived, e.lastReceived = statecodec.Earlier(e.firstReceived, received), statecodec.Later(e.lastReceived, received)
	e.assurance = entity.Weaker(e.assurance, f.Assurance)
	e.uncorrelated = e.uncorrelated || f.Uncorrelated
	for field, text := range [textCount]string{f.Provider, f.Source, f.Namespace, f.ProviderID, f.DeliveredChannel, f.Currency} {
		// A fact of a source without a namespace resets the namespace.
		if text != "" || field == textNamespace {
			set(e, &e.texts[field], text, by)
		}
	}
	if f.Phone.Set {
		set(e, &e.phone, phone{f.Phone.Value, f.Place}, by)
		e.keyed(f.Phone.Value.Pseudonyms, received)
	}
	if len(f.Plan) > 0 {
		set(e, &e.plan, f.Plan, by)
	}
	if f.CostMinor.Set {
		set(e, &e.cost, f.CostMinor.Value, by)
	}
	if !f.CreatedAt.IsZero() {
		e.order(statecodec.InstantOf(f.CreatedAt), f.Provider, by)
	}
	if f.Awaited.Set {
		set(e, &e.awaited, f.Awaited.Value, by)
	}
	if f.Status.Text != "" {
		e.status.merge(statusRegister{text: f.Status.Text, name: f.Status.Name, at: statecodec.InstantOf(f.Status.At)})
	}
	for i := range f.Correlation {
		e.correlate(&f.Correlation[i], by)
	}
	for i := range f.Attempts {
		e.attempt(&f.Attempts[i], by)
	}
	e.mergeOutcome(f.Outcome, at, received)
}

// order merges the time at which the verification was ordered. Of several calls with
// one reference the first counts.
func (e *Entity) order(at statecodec.Instant, provider string, by int) {
	if provider != raw.ProviderUnibell {
		set(e, &e.created, at, by)
	} else if e.created.by == 0 || at.Before(e.created.value) {
		e.created = register[statecodec.Instant]{value: at, by: by}
	}
}

// keyed keeps the key of the customer id: that of the fact received first.
func (e *Entity) keyed(pseudonyms []avro.Pseudonym, received statecodec.Instant) {
	if len(pseudonyms) > 0 && (e.customerAt == 0 || received.Before(e.customerAt)) {
		e.customerKey, e.customerAt = pseudonyms[0].KeyID, received
	}
}

// appendCustomer appends the customer id: the phone's pseudonym under the key of the first
// fact, or the newest if the phone has none under it.
func (e *Entity) appendCustomer(dst []byte) []byte {
	pseudonyms := e.phone.value.Pseudonyms
	if len(pseudonyms) == 0 {
		return dst
	}
	at := max(0, slices.IndexFunc(pseudonyms, func(p avro.Pseudonym) bool { return p.KeyID == e.customerKey }))
	return privacy.AppendCustomer(dst, &pseudonyms[at])
}

// versionOf returns the index of a fact's version, from 1.
func (e *Entity) versionOf(f *Fact) int {
	s := version{at: f.At.UnixMilli(), id: f.EventID}
	for i := range e.versions {
		if e.versions[i] == s {
			return i + 1
		}
	}
	e.versions = append(e.versions, s)
	return len(e.versions)
}

// set writes a value to a register if the fact by is not older than the one whose value
// it holds. Among values of the same fact the last one stays.
func set[T any](e *Entity, m *register[T], value T, by int) {
	if m.by == 0 || m.by == by || compareVersions(&e.versions[by-1], &e.versions[m.by-1]) > 0 {
		m.value, m.by = value, by
	}
}

func compareVersions(a, b *version) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return strings.Compare(a.id, b.id)
}

// merge replaces the status by one that is greater in the order of statuses.
func (s *statusRegister) merge(is statusRegister) {
	above := cmp.Or(
		cmp.Compare(rank(is.name), rank(s.name)), is.at.Compare(s.at),
		cmp.Compare(weight(is.name), weight(s.name)), strings.Compare(is.text, s.text),
	)
	if above > 0 {
		*s = is
	}
}

func (e *Entity) correlate(c *Correlation, by int) {
	i := 0
	for i < len(e.slots) && e.slots[i].name != c.Slot {
		i++
	}
	if i == len(e.slots) {
		e.slots = append(e.slots, slot{name: c.Slot})
	}
	set(e, &e.slots[i].id, c.ID, by)
}

// attempt merges a fact's data on an attempt.
func (e *Entity) attempt(f *Attempt, by int) {
	i := 0
	for i < len(e.attempts) && e.attempts[i].id != f.ID {
		i++
	}
	if i == len(e.attempts) {
		e.attempts = append(e.attempts, attempt{id: f.ID})
	}
	a := &e.attempts[i]
	if a.name == "" || compareAttempts(f, a) > 0 {
		a.code, a.name, a.processedAt = f.Code, f.Name, statecodec.InstantOf(f.ProcessedAt)
	}
	if r := rank(f.Name); r > 0 && r < rankEnd {
		a.started = statecodec.Earlier(a.started, statecodec.InstantOf(f.ProcessedAt))
	}
	if f.Channel != "" {
		set(e, &a.channel, f.Channel, by)
	}
	if f.ExternalID != "" {
		set(e, &a.external, f.ExternalID, by)
	}
	if f.Error != "" {
		set(e, &a.err, f.Error, by)
	}
	if f.CostMinor.Set {
		set(e, &a.cost, f.CostMinor.Value, by)
	}
}

// compareAttempts orders the statuses of an attempt.
func compareAttempts(f *Attempt, a *attempt) int {
	return cmp.Or(
		cmp.Compare(rank(f.Name), rank(a.name)), statecodec.InstantOf(f.ProcessedAt).Compare(a.processedAt),
		cmp.Compare(weight(f.Name), weight(a.name)), cmp.Compare(f.Code.Value, a.code.Value),
	)
}

// mergeOutcome merges a real outcome.
func (e *Entity) mergeOutcome(outcome avro.VerificationOutcome, at, received statecodec.Instant) {
	for i := range e.outcomes {
		if outcome == outcomeAt(i) {
			t := &e.outcomes[i]
			t.first, t.last = statecodec.Earlier(t.first, at), statecodec.Later(t.last, at)
			t.received = statecodec.Earlier(t.received, received)
		}
	}
}

// reached returns the outcome that counts among those that facts reported; ok is false
// if none did. The newest counts. Several Unibell calls may have one reference and end
// independently: there a success counts whenever it was reported.
func (e *Entity) reached() (outcome avro.VerificationOutcome, t outcomeRegister, ok bool) {
	if e.outcomes[0].last != 0 && e.texts[textProvider].value == raw.ProviderUnibell {
		return outcomeAt(0), e.outcomes[0], true
	}
	for i := range e.outcomes {
		if o := &e.outcomes[i]; o.last != 0 && (!ok || t.last.Before(o.last)) {
			outcome, t, ok = outcomeAt(i), *o, true
		}
	}
	return outcome, t, ok
}

// received returns the earliest received_at of the facts that report a real outcome.
func (e *Entity) received() (at statecodec.Instant) {
	for i := range e.outcomes {
		at = statecodec.Earlier(at, e.outcomes[i].received)
	}
	return at
}
