package entry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Version is the format of a state entry, in the changelog and in the store:
//
//	version (1 byte) | deadline (uvarint: 0 for none, else 1 + unix ms) | payload
//
// The payload is the stage's, with a version of its own.
const Version = 1

// Room is the maximum length of an entry's head, before the payload.
const Room = 1 + binary.MaxVarintLen64

// ErrUnreadable is wrapped by every error about a stored entry that cannot be read.
var ErrUnreadable = errors.New("state entry")

// Append appends an encoded entry.
func Append(dst, payload []byte, deadline int64) []byte {
	dst = append(dst, Version)
	if deadline == 0 {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(deadline)+1) //nolint:gosec // unix ms
	}
	return append(dst, payload...)
}

// Parse splits an entry. payload is a part of b, never nil.
func Parse(b []byte) (payload []byte, deadline int64, err error) {
	if len(b) < 2 {
		return nil, 0, fmt.Errorf("%w: %d bytes are too few", ErrUnreadable, len(b))
	}
	if b[0] > Version {
		return nil, 0, fmt.Errorf("%w: an entry has format version %d, this release reads up to %d: run the release that wrote it or a later one",
			stage.ErrNewerState, b[0], Version)
	}
	if b[0] == 0 {
		return nil, 0, fmt.Errorf("%w: format version 0", ErrUnreadable)
	}
	v, n := binary.Uvarint(b[1:])
	if n <= 0 {
		return nil, 0, fmt.Errorf("%w: the deadline is cut", ErrUnreadable)
	}
	if v > 0 {
		deadline = int64(v - 1) //nolint:gosec // unix ms
	}
	return b[1+n:], deadline, nil
}

// Prefix begins the keys of the engine's own entries.
const Prefix = 0x00

// ProgressKey is the key of a partition's progress entry: its watermark and its input
// position.
const ProgressKey = "\x00clock"

// Millis returns a time as unix ms, 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMillis is the reverse of Millis.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
