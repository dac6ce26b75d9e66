package source

import (
	"maps"
	"strings"
	"sync/atomic"
)

// Set finds sources by id. Replace may be called while stages use the set.
type Set struct {
	current atomic.Pointer[table]
	// OnDefaults is called with an id for which Find returned its provider's defaults;
	// it may be nil. Set it before the set is used.
	OnDefaults func(id string)
}

// table is an immutable set of sources.
type table struct {
	known map[string]*entry
	// former are sources that were removed since the process started. Their new records
	// become dead letters, but entities that are in the state are still shown with
	// their settings.
	former map[string]*Source
}

type entry struct {
	Source

	fingerprint string
}

// NewSet returns a set of sources with their defaults filled in.
func NewSet(sources []Source) *Set {
	set := &Set{}
	set.Replace(sources)
	return set
}

// Replace replaces the sources. A record is processed with the source that Find
// returned when the record was decoded.
func (s *Set) Replace(sources []Source) {
	next := &table{known: make(map[string]*entry, len(sources)), former: map[string]*Source{}}
	for i := range sources {
		next.known[sources[i].ID] = &entry{Source: sources[i].WithDefaults(), fingerprint: sources[i].fingerprint()}
	}
	if before := s.current.Load(); before != nil {
		maps.Copy(next.former, before.former)
		for id, e := range before.known {
			next.former[id] = &e.Source
		}
	}
	for id := range next.known {
		delete(next.former, id)
	}
	s.current.Store(next)
}

// Find returns the source with the id. For an unknown one it returns the settings with
// which it was removed, or its provider's defaults. These are used only for entities in
// the state whose source was removed, because Match keeps records of such sources from
// the stages.
func (s *Set) Find(id, provider string) *Source {
	now := s.current.Load()
	if found, ok := now.known[id]; ok {
		return &found.Source
	}
	if removed, ok := now.former[id]; ok {
		return removed
	}
	if s.OnDefaults != nil {
		s.OnDefaults(strings.Clone(id))
	}
	unknown := &Source{ID: id, Provider: provider}
	filled := unknown.WithDefaults()
	return &filled
}

// Match says whether a record may be processed with the settings of its source.
type Match int

// The results of Set.Match.
const (
	// Known: the settings are those of the record, or newer ones.
	Known Match = iota
	// Unknown: there is no such source of this provider.
	Unknown
	// Behind: the record was taken under a higher revision of the settings.
	Behind
	// Differs: the record was taken under other settings of the same revision, so that
	// it is unknown which of the two are newer.
	Differs
)

// Match compares the current settings of a record's source with those that ingest had
// when it took the record, according to the record's Stamp. Without a stamp only the
// source must be known. A replayed record never yields Differs, because an operator
// decided to replay it.
func (s *Set) Match(id, provider, stamp []byte, replayed bool) Match {
	found, ok := s.current.Load().known[string(id)]
	if !ok || found.Provider != string(provider) {
		return Unknown
	}
	if len(stamp) == 0 {
		return Known
	}
	revision, fingerprint, ok := readStamp(stamp)
	switch {
	case revision > found.Revision:
		return Behind
	case (!ok || revision == found.Revision && string(fingerprint) != found.fingerprint) && !replayed:
		return Differs
	}
	return Known
}
