package claims

import (
	"fmt"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Signals are the revisions of signals.v1 in the order of their keys' records.
type Signals struct {
	// Last is the last revision by key, without those that ended with a tombstone.
	Last map[string]*avro.Signal
	// Breaches are the revisions that must not follow the one before.
	Breaches []string
}

// Add adds a record; nil is a tombstone.
func (s *Signals) Add(key string, next *avro.Signal) {
	if s.Last == nil {
		s.Last = map[string]*avro.Signal{}
	}
	before := s.Last[key]
	if next == nil {
		delete(s.Last, key)
		return
	}
	s.Last[key] = next
	for _, fault := range faults(before, next) {
		s.Breaches = append(s.Breaches, fmt.Sprintf("%s revision %d, %s: %s", key, next.Revision, next.State, fault))
	}
}

// Open returns the claims of a kind that were raised and not withdrawn.
func (s *Signals) Open(kind avro.SignalKind) map[string]*avro.Signal {
	out := map[string]*avro.Signal{}
	for key, last := range s.Last {
		if last.Kind == kind && open(last) {
			out[key] = last
		}
	}
	return out
}

func open(s *avro.Signal) bool { return s != nil && s.State != avro.SignalStateWithdrawn }

// faults returns the rules that a revision breaks, given the revision before it; nil if it
// breaks none.
func faults(before, next *avro.Signal) (out []string) {
	check := func(ok bool, fault string) {
		if !ok {
			out = append(out, fault)
		}
	}
	raised, withdrawn := next.State == avro.SignalStateRaised, next.State == avro.SignalStateWithdrawn
	check(raised != open(before), "raised while open, or changed while not")
	check(before == nil || next.Revision == before.Revision+1, "its revision is not the next")
	check(next.WithdrawnAt.Set == withdrawn, "withdrawn_at is set exactly if it is withdrawn")
	check(!raised || next.RaisedAt.Equal(next.AsOf), "it is not raised at the time of its evidence")
	check(!open(before) || next.RaisedAt.Equal(before.RaisedAt), "an open claim has another raised_at")
	check(before == nil || !next.UpdatedAt.Before(before.UpdatedAt), "updated_at goes back")
	check(next.Claim != "" && next.Confidence >= 0 && next.Confidence <= 1, "no text, or a confidence beyond 0 to 1")
	return out
}
