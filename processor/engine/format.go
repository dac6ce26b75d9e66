package engine

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// ErrNewerState means that a later release wrote the state in a format that this
// release cannot read. The process should exit with a distinct code: a restart does not
// help, the later release must be deployed again.
var ErrNewerState = errors.New("the state was written by a later release")

// The persistent formats. Every format from 1 on can be read; a later one is refused.
//
//	store      1  without a format key; the timer index has only the entries' deadlines
//	           2  the timer index may also have stale deadlines of an entry: see due
//	entry      1  see entry.go
const storeFormat = 2

// storeFormatKey belongs to the store itself: no stage has an empty name.
const storeFormatKey = "\x00format"

// checkFormat refuses a store of a later format. It upgrades the format key of an
// earlier one, whose entries remain readable.
func checkFormat(db *pebble.DB, dir string) error {
	value, closer, err := db.Get([]byte(storeFormatKey))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
	case err != nil:
		return fmt.Errorf("read the format: %w", err)
	default:
		format := byte(0)
		if len(value) > 0 {
			format = value[0]
		}
		if err := closer.Close(); err != nil {
			return fmt.Errorf("read the format: %w", err)
		}
		if format == storeFormat {
			return nil
		}
		if format > storeFormat {
			return fmt.Errorf("%w: the store in %s has format %d, this release reads up to %d: run the release that wrote it or a later one",
				ErrNewerState, dir, format, storeFormat)
		}
	}
	if err := db.Set([]byte(storeFormatKey), []byte{storeFormat}, pebble.NoSync); err != nil {
		return fmt.Errorf("note the format: %w", err)
	}
	// The store has no write-ahead log: without the flush, the format key could be lost
	// after a crash and entries of the new format be read as the old one.
	if err := db.Flush(); err != nil {
		return fmt.Errorf("note the format: %w", err)
	}
	return nil
}

// headerKey is the entry that names the format of the following changelog entries and the
// release that wrote them. A release writes it before its first entries, so that an
// earlier release reads the header before entries that it cannot decode.
//
//	format (1 byte) | release
const headerKey = "\x00format"

// keepHeader puts the header in front of the changelog record if it differs from the
// previous one.
func (s *scope) keepHeader(before, now string) error {
	// The first transaction of a rebuild always writes the header: it marks the rebuild
	// as begun.
	if before == now || len(s.overlay.dirty()) == 0 && (s.rebuild.Until == 0 || before != "") {
		return nil
	}
	if err := s.overlay.set([]byte(headerKey), s.arena.copy([]byte(now)), 0); err != nil {
		return err
	}
	written := s.overlay.written
	last := written[len(written)-1]
	copy(written[1:], written)
	written[0] = last
	return nil
}

// header returns the changelog header of this release.
func header(release string) string { return string([]byte{entryVersion}) + release }

// readHeader returns a partition's header, empty if there is none.
func readHeader(from stored) (string, error) {
	e, err := from.get([]byte(headerKey), &arena{})
	if err != nil || e.payload == nil {
		return "", err
	}
	return string(e.payload), checkHeader(e.payload)
}

// checkHeader returns ErrNewerState for the header of a later format.
func checkHeader(payload []byte) error {
	if len(payload) == 0 {
		return fmt.Errorf("%w: an empty header", errEntry)
	}
	if payload[0] <= entryVersion {
		return nil
	}
	return fmt.Errorf("%w: release %s wrote the changelog in format %d, this release reads up to %d: run release %s or a later one",
		ErrNewerState, payload[1:], payload[0], entryVersion, payload[1:])
}
