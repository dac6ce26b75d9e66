package verification

import (
	"slices"

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

	decision block.Decision
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
