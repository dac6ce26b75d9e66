package entry

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/stage"
)

// HeaderKey is the entry that names the format of the following changelog entries and the
// release that wrote them. A release writes it before its first entries, so that an
// earlier release reads the header before entries that it cannot decode.
//
//	format (1 byte) | release
const HeaderKey = "\x00format"

// Header returns the changelog header of this release.
func Header(release string) string { return string([]byte{Version}) + release }

// ReadHeader returns a partition's header, empty if there is none.
func ReadHeader(from Reader) (string, error) {
	e, err := from.Get([]byte(HeaderKey), Heap{})
	if err != nil || e.Payload == nil {
		return "", err
	}
	return string(e.Payload), CheckHeader(e.Payload)
}

// CheckHeader returns stage.ErrNewerState for the header of a later format.
func CheckHeader(payload []byte) error {
	if len(payload) == 0 {
		return fmt.Errorf("%w: an empty header", ErrUnreadable)
	}
	if payload[0] <= Version {
		return nil
	}
	return fmt.Errorf("%w: release %s wrote the changelog in format %d, this release reads up to %d: run release %s or a later one",
		stage.ErrNewerState, payload[1:], payload[0], Version, payload[1:])
}
