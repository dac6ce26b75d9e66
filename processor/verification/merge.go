package verification

import (
	"cmp"
	"strings"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

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
		set(e, &e.phone, phone{f.Phone.Value, f.Block}, by)
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
