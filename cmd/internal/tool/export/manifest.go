package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ManifestName is the name of the manifest in the folder of an export.
const ManifestName = "manifest.json"

const manifestVersion = 1

// Manifest describes an export. The files that it names are complete; no other counts.
type Manifest struct {
	Version   int       `json:"version"`
	UpdatedAt time.Time `json:"updated_at"`
	Mode      Mode      `json:"mode"`
	Format    Format    `json:"format"`
	// Topics are by name without prefix.
	Topics map[string]*TopicEntry `json:"topics"`
}

// TopicEntry is the exported part of a topic.
type TopicEntry struct {
	// Topic is the name on the cluster.
	Topic string `json:"topic"`
	// Relation is the relation of 'tributary contract export' that the files are.
	Relation string `json:"relation"`
	// Rows counts records with and without a value, Tombstones those without.
	Rows       int64 `json:"rows"`
	Tombstones int64 `json:"tombstones"`
	// SchemaIDs are the ids that the values name, sorted.
	SchemaIDs []uint32 `json:"schema_ids"`
	// Partitions are the ranges exported.
	Partitions map[int32]*RangeEntry `json:"partitions"`
	// Lost are ranges that retention deleted before they were exported.
	Lost  []LostEntry `json:"lost,omitempty"`
	Files []FileEntry `json:"files"`
	// LastFile is the number of the last file written.
	LastFile int `json:"last_file"`
}

// RangeEntry is a range of offsets of a partition: [From, To), and the rows of it. Offsets of
// transaction markers, aborted records and compacted records have no row.
type RangeEntry struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
	Rows int64 `json:"rows"`
}

// LostEntry is a range of offsets that was deleted.
type LostEntry struct {
	Partition int32 `json:"partition"`
	From      int64 `json:"from"`
	To        int64 `json:"to"`
}

// FileEntry is a file.
type FileEntry struct {
	// Path is relative to the export, with slashes.
	Path  string `json:"path"`
	Day   string `json:"day"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"`
	// SHA256 is the digest of the file in hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Partitions are the first and last offset of the file's rows, and their number.
	Partitions map[int32]*RangeEntry `json:"partitions"`
}

// clone copies an entry, so that a chunk that fails leaves the old one.
func (t *TopicEntry) clone() *TopicEntry {
	c := *t
	c.SchemaIDs, c.Lost, c.Files = slices.Clone(t.SchemaIDs), slices.Clone(t.Lost), slices.Clone(t.Files)
	c.Partitions = map[int32]*RangeEntry{}
	for p, r := range t.Partitions {
		copied := *r
		c.Partitions[p] = &copied
	}
	return &c
}

// Load reads the manifest of an export; fs.ErrNotExist if there is none.
func Load(dir string) (*Manifest, error) {
	b, err := os.ReadFile(filepath.Clean(filepath.Join(dir, ManifestName)))
	if err != nil {
		return nil, fmt.Errorf("the export's manifest: %w", err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("the export's manifest: %w", err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("the export's manifest has version %d, this program reads %d", m.Version, manifestVersion)
	}
	return m, nil
}

// save replaces the manifest as a whole.
func (m *Manifest) save(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = replaceFile(filepath.Join(dir, ManifestName), append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the export's manifest: %w", err)
	}
	return nil
}

// replaceFile writes a file so that a crash leaves the old one or the new one.
func replaceFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes renames in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// clean deletes files of a topic that the manifest does not name: those of a chunk that was
// not completed.
func clean(dir, topic string, entry *TopicEntry) error {
	named := map[string]bool{}
	for i := range entry.Files {
		named[entry.Files[i].Path] = true
	}
	root := filepath.Join(dir, topic)
	var incomplete []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil || named[filepath.ToSlash(relative)] || filepath.Base(path) == emptyName {
			return err
		}
		incomplete = append(incomplete, path)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, path := range incomplete {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
