package store

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tributary-hq/tributary/processor/stage"
)

// The persistent formats. Every format from 1 on can be read; a later one is refused.
//
//	store      1  without a format key; the timer index has only the entries' deadlines
//	           2  the timer index may also have stale deadlines of an entry: see due
//	entry      1  see internal/entry
const latestFormat = 2

// formatKey belongs to the store itself: no stage has an empty name.
const formatKey = "\x00format"

// checkFormat refuses a store of a later format. It upgrades the format key of an
// earlier one, whose entries remain readable.
func checkFormat(db *pebble.DB, dir string) error {
	value, closer, err := db.Get([]byte(formatKey))
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
		if format == latestFormat {
			return nil
		}
		if format > latestFormat {
			return fmt.Errorf("%w: the store in %s has format %d, this release reads up to %d: run the release that wrote it or a later one",
				stage.ErrNewerState, dir, format, latestFormat)
		}
	}
	if err := db.Set([]byte(formatKey), []byte{latestFormat}, pebble.NoSync); err != nil {
		return fmt.Errorf("note the format: %w", err)
	}
	// The store has no write-ahead log: without the flush, the format key could be lost
	// after a crash and entries of the new format be read as the old one.
	if err := db.Flush(); err != nil {
		return fmt.Errorf("note the format: %w", err)
	}
	return nil
}
