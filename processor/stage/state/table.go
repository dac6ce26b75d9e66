// Package state is typed state for stages: tables of keys and values over a stage.Tx,
// so that a stage handles no bytes.
//
//	table := state.Of("visits", state.StringKey(), state.JSON[Visit]())
//	visit, found, err := table.Get(tx, "alice")
//	err = table.Put(tx, "alice", visit, visit.Last.Add(30*time.Minute))
//
// The order of the encoded keys is the order of the keys, so that Scan yields them in
// order. An entry is
//
//	key    table name, escaped | 0x00 0x01 | key as its codec encodes it
//	value  version (1 byte) | value as its codec encodes it
//
// A value of a later version is not misread: Get returns stage.ErrNewerState, which ends
// the engine.
//
// # Cost
//
// The keys and values are built in the memory of the transaction. With a codec that
// itself allocates nothing, such as Varint, Get and Put allocate nothing on the heap.
// Binary and String allocate the value that Get returns. JSON allocates five times for
// each Get and three times for each Put of a struct with a number and a time
// (TestAllocations); a stage of more than some ten thousand records per second should use
// Binary or a Codec of its own.
package state

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// room is the initial capacity of an encoded value. The unused part is returned to the
// transaction.
const room = 512

// Table is a typed part of a stage's state. It is immutable and may be used by several
// goroutines.
type Table[K, V any] struct {
	name  string
	key   Key[K]
	value Codec[V]
	// prefix is the begin of every key of the table.
	prefix []byte
}

// Of returns the table with that name. The names of a stage's tables are distinct, not
// empty, and part of the stored state. Short names make short keys.
func Of[K, V any](name string, key Key[K], value Codec[V]) *Table[K, V] {
	return &Table[K, V]{name: name, key: key, value: value, prefix: StringKey().Append(nil, name)}
}

// Get returns the value under a key; found is false if there is none.
func (t *Table[K, V]) Get(tx stage.Tx, key K) (value V, found bool, err error) {
	entry, err := tx.Get(t.encodeKey(tx, key))
	if err != nil || entry == nil {
		return value, false, err
	}
	value, err = t.decode(entry)
	return value, err == nil, err
}

// Put stores the value under a key. timer is the event time at which OnTimer is called
// for the key; zero means no timer. It replaces the previous timer of the key.
func (t *Table[K, V]) Put(tx stage.Tx, key K, value V, timer time.Time) error {
	k := t.encodeKey(tx, key)
	entry, err := t.value.Append(append(tx.Buffer(room), t.value.version()), value)
	if err != nil {
		return fmt.Errorf("encode a value of table %s: %w", t.name, err)
	}
	tx.Put(k, entry, timer)
	return nil
}

// Delete removes the value under a key, and its timer.
func (t *Table[K, V]) Delete(tx stage.Tx, key K) { tx.Delete(t.encodeKey(tx, key)) }

// Scan yields the entries whose encoded key begins with prefix in the order of their
// keys, until yield returns false. nil yields the whole table. The prefix of all keys
// of a pair with one first part is the encoded first part; that of all strings with one
// beginning is StringPrefix. Put and Delete are not allowed during a Scan.
func (t *Table[K, V]) Scan(tx stage.Tx, prefix []byte, yield func(key K, value V) bool) error {
	var failed error
	from := append(append(tx.Buffer(len(t.prefix)+len(prefix)), t.prefix...), prefix...)
	err := tx.Scan(from, func(k, entry []byte) bool {
		key, found := t.Key(k)
		if !found {
			failed = fmt.Errorf("table %s: a key is not readable by the table's codec", t.name)
			return false
		}
		var value V
		if value, failed = t.decode(entry); failed != nil {
			return false
		}
		return yield(key, value)
	})
	return errors.Join(err, failed)
}

// Key returns the key of a state entry, such as the one that OnTimer gets. found is
// false if the entry belongs to another table.
func (t *Table[K, V]) Key(entry []byte) (key K, found bool) {
	encoded, found := bytes.CutPrefix(entry, t.prefix)
	if !found {
		return key, false
	}
	key, rest, err := t.key.Parse(encoded)
	return key, err == nil && len(rest) == 0
}

func (t *Table[K, V]) encodeKey(tx stage.Tx, key K) []byte {
	return t.key.Append(append(tx.Buffer(len(t.prefix)+t.key.Size(key)), t.prefix...), key)
}

func (t *Table[K, V]) decode(entry []byte) (value V, err error) {
	if len(entry) == 0 || entry[0] == 0 {
		return value, fmt.Errorf("table %s: a value has no version", t.name)
	}
	parse, err := t.value.parser(entry[0])
	if err == nil {
		value, err = parse(entry[1:])
	}
	if err != nil {
		return value, fmt.Errorf("decode a value of table %s: %w", t.name, err)
	}
	return value, nil
}
