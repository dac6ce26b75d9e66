package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// entryVersion is the format of a state entry, in the changelog and in the store:
//
//	version (1 byte) | deadline (uvarint: 0 for none, else 1 + unix ms) | payload
//
// The payload is the stage's, with a version of its own.
const entryVersion = 1

// entryRoom is the maximum length of an entry's head, before the payload.
const entryRoom = 1 + binary.MaxVarintLen64

// errEntry is wrapped by every error about a stored entry that cannot be read.
var errEntry = errors.New("state entry")

func appendEntry(dst, payload []byte, deadline int64) []byte {
	dst = append(dst, entryVersion)
	if deadline == 0 {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(deadline)+1) //nolint:gosec // unix ms
	}
	return append(dst, payload...)
}

// parseEntry splits an entry. payload is a part of b, never nil.
func parseEntry(b []byte) (payload []byte, deadline int64, err error) {
	if len(b) < 2 {
		return nil, 0, fmt.Errorf("%w: %d bytes are too few", errEntry, len(b))
	}
	if b[0] > entryVersion {
		return nil, 0, fmt.Errorf("%w: an entry has format version %d, this release reads up to %d: run the release that wrote it or a later one",
			ErrNewerState, b[0], entryVersion)
	}
	if b[0] == 0 {
		return nil, 0, fmt.Errorf("%w: format version 0", errEntry)
	}
	v, n := binary.Uvarint(b[1:])
	if n <= 0 {
		return nil, 0, fmt.Errorf("%w: the deadline is cut", errEntry)
	}
	if v > 0 {
		deadline = int64(v - 1) //nolint:gosec // unix ms
	}
	return b[1+n:], deadline, nil
}

// The keys of the engine's own entries begin with 0x00.
const enginePrefix = 0x00

// clockKey is the key of a partition's progress entry: its watermark and its input
// position.
const clockKey = "\x00clock"

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
