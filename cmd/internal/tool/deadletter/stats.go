package deadletter

import (
	"cmp"
	"slices"
	"time"
)

// Stat counts the dead letters with the same provider, stage, cause and version.
type Stat struct {
	Kind     string    `json:"provider"`
	Stage    string    `json:"stage"`
	Cause    string    `json:"cause"`
	Version  string    `json:"version"`
	Count    int64     `json:"count"`
	Replayed int64     `json:"replayed"`
	First    time.Time `json:"first_at"`
	Last     time.Time `json:"last_at"`
	// Example is the newest of them.
	Example Ref `json:"example"`
	// Detail is the detail of the example.
	Detail string `json:"detail,omitempty"`
}

// Stats collects Stat values.
type Stats struct {
	by map[[4]string]*Stat
}

// NewStats returns an empty collection.
func NewStats() *Stats { return &Stats{by: map[[4]string]*Stat{}} }

// Add counts a dead letter.
func (s *Stats) Add(l *Letter) {
	key := [4]string{l.Kind, l.Stage, l.Cause, l.Version}
	at := s.by[key]
	if at == nil {
		at = &Stat{Kind: l.Kind, Stage: l.Stage, Cause: l.Cause, Version: l.Version, First: l.DeadLettered}
		s.by[key] = at
	}
	at.Count++
	if l.Replayed != nil {
		at.Replayed++
	}
	if l.DeadLettered.Before(at.First) {
		at.First = l.DeadLettered
	}
	if !l.DeadLettered.Before(at.Last) {
		at.Last, at.Example, at.Detail = l.DeadLettered, l.Ref, l.Detail
	}
}

// List returns the counts, the greatest first.
func (s *Stats) List() []Stat {
	out := make([]Stat, 0, len(s.by))
	for _, at := range s.by {
		out = append(out, *at)
	}
	slices.SortFunc(out, func(a, b Stat) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Stage, b.Stage))
	})
	return out
}
