package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
)

// Mode is which records are exported.
type Mode string

// The modes.
const (
	// History exports every record, and continues an earlier export.
	History Mode = "history"
	// Latest exports the newest record of each key of topics of snapshots, without ended
	// keys, and every record of other topics. It replaces an earlier export.
	Latest Mode = "latest"
)

// Format is the format of the files.
type Format string

// The formats.
const (
	Parquet Format = "parquet"
	JSONL   Format = "jsonl"
)

// Config is the configuration of an export.
type Config struct {
	// Dir is the folder; it is made if it does not exist.
	Dir string
	// Kafka are the options of the clients, Names the names of the topics.
	Kafka []kgo.Opt
	Names schemas.Names
	// Schema returns the text of the schema of an id.
	Schema func(ctx context.Context, id uint32) (string, error)
	// Topics are names without prefix, or relations; none means all open Avro topics.
	Topics []string
	// Restricted allows restricted topics in Topics.
	Restricted bool
	// From and To bound the records by their timestamps; zero means no bound.
	From, To time.Time
	Mode     Mode
	Format   Format
	// ChunkRows and ChunkBytes bound a chunk; zero means the default.
	ChunkRows  int
	ChunkBytes int64
	// Patience is how long nothing may be read before the export fails.
	Patience time.Duration
	Progress scan.Progress
	Now      func() time.Time

	// failpoint is called at named points by tests.
	failpoint func(name string) error
}

const (
	usualChunkRows  = 1_000_000
	usualChunkBytes = 128 << 20
)

var (
	// ErrOptions is options that do not fit each other or the export in the folder.
	ErrOptions = errors.New("the export")
	// ErrRestricted is a restricted topic that was not allowed.
	ErrRestricted = errors.New("restricted")
)

// Result describes an export after a run.
type Result struct {
	Dir    string        `json:"dir"`
	Topics []TopicResult `json:"topics"`
}

// TopicResult counts the rows of a topic that this run added, and all rows and files of the
// export.
type TopicResult struct {
	Name     string      `json:"name"`
	Relation string      `json:"relation"`
	Rows     int64       `json:"rows"`
	Total    int64       `json:"total_rows"`
	Files    int         `json:"total_files"`
	Bytes    int64       `json:"total_bytes"`
	Lost     []LostEntry `json:"lost"`
}

// Run exports. After an error or a kill it goes on where the manifest ends.
func Run(ctx context.Context, c *Config) (*Result, error) {
	if c.ChunkRows == 0 {
		c.ChunkRows = usualChunkRows
	}
	if c.ChunkBytes == 0 {
		c.ChunkBytes = usualChunkBytes
	}
	if c.failpoint == nil {
		c.failpoint = func(string) error { return nil }
	}
	tables, err := c.tables()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("the export's folder: %w", err)
	}
	unlock, err := lock(c.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	m, err := c.manifest()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(c.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	r := &runner{Config: c, manifest: m, admin: kadm.NewClient(client)}
	result := &Result{Dir: c.Dir}
	for i := range tables {
		done, err := r.topic(ctx, &tables[i])
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", tables[i].Topic.Name, err)
		}
		result.Topics = append(result.Topics, *done)
	}
	return result, r.finish()
}

// runner is an export in progress.
type runner struct {
	*Config
	manifest *Manifest
	admin    *kadm.Client
}

// manifest reads the manifest of the folder, or begins one.
func (c *Config) manifest() (*Manifest, error) {
	m, err := Load(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		m = &Manifest{Version: manifestVersion, Mode: c.Mode, Format: c.Format, Topics: map[string]*TopicEntry{}}
		err = m.save(c.Dir)
		return m, err
	}
	if err != nil {
		return nil, err
	}
	switch {
	case m.Mode != c.Mode || m.Format != c.Format:
		return nil, fmt.Errorf("%w in %s is one of %s as %s, not of %s as %s: take another folder", ErrOptions, c.Dir, m.Mode, m.Format, c.Mode, c.Format)
	case !c.From.IsZero() && c.Mode == History && len(m.Topics) > 0:
		return nil, fmt.Errorf("%w in %s is continued where it ends: leave --from out, or take another folder", ErrOptions, c.Dir)
	}
	return m, nil
}

// tables returns the tables of the topics asked for.
func (c *Config) tables() ([]contract.Table, error) {
	open, err := contract.Tables()
	if err != nil {
		return nil, err
	}
	if len(c.Topics) == 0 {
		return open, nil
	}
	var tables []contract.Table
	for _, name := range c.Topics {
		i := slices.IndexFunc(open, func(t contract.Table) bool { return t.Topic.Name == name || t.Name == name })
		if i >= 0 {
			tables = append(tables, open[i])
			continue
		}
		row, ok := schemas.Find(name)
		switch {
		case !ok:
			return nil, fmt.Errorf("%w: no topic %q; tributary topics list shows them", ErrOptions, name)
		case !c.Restricted:
			return nil, fmt.Errorf("%w: %s holds codes, phones and ids as the providers sent them: --restricted exports it all the same", ErrRestricted, name)
		}
		t, err := restrictedTable(row)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// restrictedTable is the table of a topic whose value is not Avro: the value and headers.
func restrictedTable(row schemas.Topic) (contract.Table, error) {
	if text, ok := schemas.AVSC(row.Schema); ok {
		return contract.NewTable(row, text)
	}
	return contract.RawTable(row), nil
}

// finish writes the views over the files.
func (r *runner) finish() error {
	if r.Format != Parquet {
		return nil
	}
	var tables []contract.Table
	all, err := contract.Tables()
	if err != nil {
		return err
	}
	for i := range all {
		if r.manifest.Topics[all[i].Topic.Name] != nil {
			tables = append(tables, all[i])
		}
	}
	files, err := contract.Generate("duckdb", tables, &contract.Options{})
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(r.Dir, f.Name), []byte(f.Text)); err != nil {
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
	}
	return nil
}
