package export

import (
	"fmt"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lock keeps a second export out of the folder; the system releases it when the process ends.
func lock(dir string) (unlock func(), err error) {
	l, err := vfs.Default.Lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, fmt.Errorf("%w in %s is being written by another process: %w", ErrOptions, dir, err)
	}
	return func() { _ = l.Close() }, nil
}
