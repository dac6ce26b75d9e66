package store

import (
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Entry is an entry of the store or of a changelog.
type Entry struct {
	Partition int32
	Key       string
	Payload   string
	// Deadline is unix ms, 0 for none.
	Deadline int64
}

// ParseRecord decodes a changelog record.
func ParseRecord(partition int32, key, value []byte) (Entry, error) {
	payload, deadline, err := entry.Parse(value)
	return Entry{Partition: partition, Key: string(key), Payload: string(payload), Deadline: deadline}, err
}

// Entries returns the entries of a stage's partition in the store, without the engine's
// own, and the changelog offset of its checkpoint. Tests compare them with the changelog.
func (s *Store) Entries(stage string, partition int32) (entries []Entry, offset int64, err error) {
	p := s.Partition(stage, partition)
	at, _, err := p.Checkpoint()
	if err != nil {
		return nil, 0, err
	}
	prefix := string(p.at(kindState))
	err = p.iterate([]byte(prefix), upperBound([]byte(prefix)), func(key, value []byte) (bool, error) {
		e, err := ParseRecord(partition, key[len(prefix):], value)
		if err == nil && (e.Key == "" || e.Key[0] != entry.Prefix) {
			entries = append(entries, e)
		}
		return true, err
	})
	return entries, at.Offset, err
}
