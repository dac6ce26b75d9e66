package insights

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Filter selects the part of the rows that a report is about. Empty texts select all.
type Filter struct {
	// From and To limit the days (UTC) in which the codes were ordered: [From, To); without To
	// there is no end. Scorecards are those of From and later.
	From, To time.Time

	Country, Provider, Source string
	// Channel is the first channel.
	Channel avro.Channel
	// Kinds are those of the signals; none means all.
	Kinds []avro.SignalKind
	// Withdrawn adds the claims that were withdrawn at From or later.
	Withdrawn bool
}

// Claims returns the signals that the filter selects: those that hold, the most severe first, then
// the withdrawn ones, the newest first.
func (f *Filter) Claims(signals iter.Seq[*avro.Signal]) []*avro.Signal {
	selected := []*avro.Signal{}
	for s := range signals {
		over := s.State == avro.SignalStateWithdrawn
		if f.concerns(s) && (!over || f.Withdrawn && !s.WithdrawnAt.Value.Before(f.From)) {
			selected = append(selected, s)
		}
	}
	slices.SortFunc(selected, func(a, b *avro.Signal) int {
		over, also := a.State == avro.SignalStateWithdrawn, b.State == avro.SignalStateWithdrawn
		switch {
		case over && also:
			return cmp.Or(b.WithdrawnAt.Value.Compare(a.WithdrawnAt.Value), cmp.Compare(a.SignalID, b.SignalID))
		case over:
			return 1
		case also:
			return -1
		}
		return cmp.Or(severity(b)-severity(a), b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.SignalID, b.SignalID))
	})
	return selected
}

func severity(s *avro.Signal) int {
	return slices.Index([]avro.SignalSeverity{avro.SignalSeverityInfo, avro.SignalSeverityWarning, avro.SignalSeverityCritical}, s.Severity)
}

// selects reports whether a row of the funnel has the dimensions of the filter, whatever its day.
func (f *Filter) selects(row *avro.FunnelRow) bool {
	return match(f.Country, avro.Some(row.Country.Value)) && match(f.Provider, avro.Some(row.Provider)) &&
		match(f.Source, avro.Some(row.Source)) && match(f.Channel, avro.Some(row.Channel.Value))
}

// concerns reports whether a signal is about the dimensions of the filter, or about all of one.
func (f *Filter) concerns(s *avro.Signal) bool {
	for i, kind := range f.Kinds {
		if kind == s.Kind {
			break
		}
		if i == len(f.Kinds)-1 {
			return false
		}
	}
	if s.Kind == avro.SignalKindProviderScorecard && s.EvidenceSince.Value.Before(f.From) {
		return false
	}
	return match(f.Country, s.Country) && match(f.Provider, s.Provider) && match(f.Source, s.Source) && match(f.Channel, s.Channel)
}

// match reports whether a value is the wanted one; null matches, and so does everything if none is wanted.
func match[T ~string](want T, is avro.Optional[T]) bool {
	return want == "" || !is.Set || is.Value == want
}

// Holds reports whether a signal's claim holds at a time. A scorecard is never withdrawn: it
// holds on its day and the next.
func Holds(s *avro.Signal, at time.Time) bool {
	const twoDays = 48 * time.Hour
	if s.Kind == avro.SignalKindProviderScorecard && s.EvidenceSince.Set {
		return at.Before(s.EvidenceSince.Value.Add(twoDays))
	}
	return s.State != avro.SignalStateWithdrawn
}
