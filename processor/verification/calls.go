package verification

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// loosePrefix begins the ids of attempts that are known only from a status.
const loosePrefix = "status:"

// LooseAttempt returns the id of an attempt of which only the provider's id is known,
// or, if that is empty, nothing. It is emitted as a part of the attempt with that
// ExternalID, in whatever order their facts arrive.
func LooseAttempt(externalID string) string { return loosePrefix + externalID }

// joined returns the attempts as snapshots show them: in a Unibell verification,
// statuses are joined to the calls they belong to.
func (e *Entity) joined() []attempt {
	isLoose := func(a attempt) bool { return strings.HasPrefix(a.id, loosePrefix) }
	if e.texts[textProvider].value != raw.ProviderUnibell || !slices.ContainsFunc(e.attempts, isLoose) {
		return e.attempts
	}
	calls := make([]attempt, 0, len(e.attempts))
	var loose, rest []attempt
	for _, a := range e.attempts {
		if isLoose(a) {
			loose = append(loose, a)
		} else {
			calls = append(calls, a)
		}
	}
	// Targets are chosen before anything is joined, so that the order does not matter.
	targets := make([]int, len(loose))
	for i := range loose {
		targets[i] = target(calls, strings.TrimPrefix(loose[i].id, loosePrefix))
	}
	for i, at := range targets {
		if at >= 0 {
			e.join(&calls[at], &loose[i])
			continue
		}
		loose[i].id = cmp.Or(strings.TrimPrefix(loose[i].id, loosePrefix), ChannelCall)
		rest = append(rest, loose[i])
	}
	return append(calls, rest...)
}

// target returns the index of the call that a status belongs to: the one with the id,
// else the newest without a known id; for a status without an id the newest of all. -1
// means none.
func target(calls []attempt, id string) int {
	found := -1
	for i := range calls {
		external := calls[i].external.value
		switch {
		case id != "" && external == id:
			return i
		case id != "" && external != "":
		case found < 0 || cmp.Or(calls[i].processedAt.Compare(calls[found].processedAt), strings.Compare(calls[i].id, calls[found].id)) > 0:
			found = i
		}
	}
	return found
}

// join merges a status into a call's attempt.
func (e *Entity) join(to, from *attempt) {
	if compareAttempts(&Attempt{Name: from.name, Code: from.code, ProcessedAt: from.processedAt.Time()}, to) > 0 {
		to.code, to.name, to.processedAt = from.code, from.name, from.processedAt
	}
	to.started = statecodec.Earlier(to.started, from.started)
	if from.err.by != 0 {
		set(e, &to.err, from.err.value, from.err.by)
	}
	if from.external.by != 0 {
		set(e, &to.external, from.external.value, from.external.by)
	}
}
