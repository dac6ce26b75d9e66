package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable/block"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/stage"
)

// ErrDiskFull means that the disk of the state directory is full. The process should
// exit with a distinct code, because a restart does not help.
var ErrDiskFull = errors.New("the disk of the state directory is full")

// ErrStoreBroken means that the state store cannot be read or written any more. The
// next start moves it aside and restores from the changelogs.
var ErrStoreBroken = errors.New("the state store is broken")

// ErrLocked means that another process has the state directory open.
var ErrLocked = errors.New("another process uses this state directory")

// Config limits the memory and disk use of the state store.
type Config struct {
	// CacheBytes is the block cache, memtables included: it must be well above
	// three memtables, or it holds nothing. 48 MiB by default.
	CacheBytes int64 `json:"cache_bytes" koanf:"cache_bytes" yaml:"cache_bytes"`
	// MemtableBytes is the size of one memtable. 16 MiB by default.
	MemtableBytes int `json:"memtable_bytes" koanf:"memtable_bytes" yaml:"memtable_bytes"`
	// WriteBackBytes bounds the write-back cache of the whole process: mostly entries
	// that are changed and not yet written, and entries that were written last and have
	// a deadline within a day. An entity that changes again meanwhile is neither read
	// from the store nor written twice. 0 writes after each transaction. 128 MiB by
	// default.
	WriteBackBytes int64 `json:"write_back_bytes" koanf:"write_back_bytes" yaml:"write_back_bytes"`
	// FilterBytes is the size of the Bloom filter that answers lookups of new entities
	// without the store. An entity needs a byte and a quarter. 0 disables the filter. 8
	// MiB by default.
	FilterBytes int64 `json:"filter_bytes" koanf:"filter_bytes" yaml:"filter_bytes"`
	// fs replaces the disk in tests.
	fs vfs.FS
}

func (c *Config) disk() vfs.FS {
	if c.fs == nil {
		return vfs.Default
	}
	return c.fs
}

// DefaultConfig returns the settings for a few hundred megabytes of memory.
func DefaultConfig() Config {
	return Config{CacheBytes: 48 << 20, MemtableBytes: 16 << 20, WriteBackBytes: 128 << 20, FilterBytes: 8 << 20}
}

// Store holds the state of every partition that a process owns: one Pebble, its keys
// prefixed by stage and partition.
//
//	stage 0x00 partition(4) 's' key                 state entry (see internal/entry)
//	stage 0x00 partition(4) 'd' deadline(8) key     timer index, no value
//	stage 0x00 partition(4) 'p'                     checkpoint: the changelog offset of the state
//	0x00 "format"                                   format of all this (see format.go)
//
// There is no write-ahead log, because the changelog is one. Memtables reach the disk
// whole and in order, so that after a crash the store is as it was after some earlier
// transaction, and the rest is replayed.
type Store struct {
	db   *pebble.DB
	dir  string
	disk vfs.FS
	// Leases are the leases of the partitions in the store.
	Leases *Leases
	health *health
	keys   *keyFilter
	// BatchBytes is the size of the batches of a restore: a memtable's.
	BatchBytes int
}

// Open opens the store under dir. If that fails, it renames the directory and
// creates an empty store, which is restored from the changelogs.
func Open(dir string, config Config, logger *slog.Logger) (*Store, error) {
	health := &health{dir: dir, down: make(chan struct{})}
	db, err := openPebble(dir, config, logger, health)
	if err != nil && !isDiskFull(err) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, stage.ErrNewerState) && !isLocked(err) {
		aside := fmt.Sprintf("%s.broken-%d", dir, time.Now().UnixNano())
		logger.Error("state store does not open, setting it aside and restoring from the changelogs",
			slog.String("dir", dir), slog.String("aside", aside), slog.String("error", err.Error()))
		if renameErr := config.disk().Rename(dir, aside); renameErr != nil {
			return nil, fmt.Errorf("state store %s does not open (%w) and cannot be set aside: %w", dir, err, renameErr)
		}
		db, err = openPebble(dir, config, logger, health)
	}
	if err != nil && isLocked(err) {
		err = ErrLocked // the system's own text is "resource temporarily unavailable"
	}
	if err != nil {
		return nil, diskError(fmt.Errorf("open the state store %s: %w", dir, err))
	}
	s := &Store{db: db, dir: dir, disk: config.disk(), Leases: newLeases(), health: health, BatchBytes: max(config.MemtableBytes, 1<<20)}
	s.keys = newKeyFilter(s, config.FilterBytes)
	return s, nil
}

func openPebble(dir string, config Config, logger *slog.Logger, health *health) (*pebble.DB, error) {
	disk := config.disk()
	if _, err := disk.Stat(disk.PathJoin(dir, brokenMark)); err == nil {
		return nil, ErrStoreBroken
	}
	if err := disk.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	blocks := pebble.NewCache(config.CacheBytes)
	defer blocks.Unref()
	options := &pebble.Options{
		Cache:        blocks,
		FS:           newTableFiles(disk),
		MemTableSize: uint64(max(config.MemtableBytes, 1<<20)),
		// The changelog replaces the write-ahead log.
		DisableWAL: true,
		// Pebble's default logger ends the process on a failed write.
		Logger:        pebbleLogger{logger, health},
		EventListener: &pebble.EventListener{BackgroundError: health.report},
		// Most writes are the last one of an entity, and the key filter answers look-
		// ups of new keys: reading a few more tables is cheaper than repeated
		// compaction.
		L0CompactionThreshold: 16,
		LBaseMaxBytes:         256 << 20,
		// A restore writes faster than compaction can follow, and must not be
		// throttled: until compaction catches up, a lookup tests the Bloom filters of
		// more tables.
		L0StopWritesThreshold: 1000,
	}
	for i := range options.Levels {
		options.TargetFileSizes[i] = 8 << 20
		// Large enough that most tables have a single index block.
		options.Levels[i].IndexBlockSize = 256 << 10
		// A lookup of a missing key should not read a data block.
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		if i < len(options.Levels)-1 {
			// Data above the last level is soon rewritten; most bytes are in the last
			// level.
			options.Levels[i].Compression = func() *block.CompressionProfile { return block.NoCompression }
		}
	}
	db, err := pebble.Open(dir, options)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(db, dir); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// SetFS replaces the disk, in tests.
func (c *Config) SetFS(disk vfs.FS) { c.fs = disk }

// FlushNow writes the memtable to disk and waits for it.
func (s *Store) FlushNow() error { return s.failed(s.db.Flush()) }

// Abandon closes the store without flushing it, as a crash would.
func (s *Store) Abandon() error { return s.db.Close() }

// Flush starts writing the memtable to disk.
func (s *Store) Flush() error {
	if s.gone() {
		return fmt.Errorf("%s was deleted or replaced", s.dir)
	}
	_, err := s.db.AsyncFlush()
	return s.failed(err)
}

// Close flushes the memtable, so that the next start replays nothing, and closes the
// store.
func (s *Store) Close() error {
	s.keys.close()
	if s.gone() {
		return errors.Join(fmt.Errorf("%w, a restart restores it from the changelogs: %s was deleted or replaced", ErrStoreBroken, s.dir), s.db.Close())
	}
	flushed, err := s.db.AsyncFlush()
	if err != nil {
		return s.failed(errors.Join(err, s.db.Close()))
	}
	select {
	case <-flushed:
		return s.failed(s.db.Close())
	case <-s.health.down:
		// Pebble would retry forever. Entries that are not on disk are in the
		// changelog.
		err := s.Broken()
		if !errors.Is(err, ErrDiskFull) {
			err = errors.Join(err, s.db.Close())
		}
		return err
	}
}

// gone reports whether the store's directory was deleted or replaced. Pebble would try for ever, and
// without a pause, to write a memtable there.
func (s *Store) gone() bool {
	_, err := s.disk.Stat(s.disk.PathJoin(s.dir, "LOCK"))
	return errors.Is(err, fs.ErrNotExist)
}

// SizeBytes returns the space the store takes on disk.
func (s *Store) SizeBytes() uint64 { return s.db.Metrics().DiskSpaceUsage() }

// Partition returns the view of the state of one partition of a stage.
func (s *Store) Partition(name string, partition int32) *Partition {
	prefix := append([]byte(name), 0)
	prefix = binary.BigEndian.AppendUint32(prefix, uint32(partition)) //nolint:gosec // partitions are not negative
	return &Partition{store: s, db: s.db, prefix: prefix}
}

// Partition is one partition's state: the write-back cache over its part of the store. The
// lease guarantees that only one goroutine uses it at a time.
type Partition struct {
	store  *Store
	db     *pebble.DB
	prefix []byte
	// key and value are buffers for Pebble's keys and values.
	key, value []byte
	// Cache holds the changes that the store does not hold yet; reads see them.
	Cache cache.Cache
	// quiet is a lower bound of the deadlines in the timer index, unix ms; 0 is
	// unknown.
	quiet int64
}

// Found is a partition whose state the store contains.
type Found struct {
	Stage      string
	Partition  int32
	Checkpoint cache.Checkpoint
}

// Partitions lists the partitions in the store, by stage and partition.
func (s *Store) Partitions() ([]Found, error) {
	it, err := s.db.NewIter(nil)
	if err != nil {
		return nil, s.failed(fmt.Errorf("read the state store: %w", err))
	}
	var out []Found
	for valid := it.First(); valid; {
		name, rest, ok := bytes.Cut(it.Key(), []byte{0})
		if !ok || len(rest) < 4 || len(name) == 0 {
			valid = it.Next() // a key of the store itself
			continue
		}
		at := s.Partition(string(name), int32(binary.BigEndian.Uint32(rest))) //nolint:gosec // written from an int32
		pos, ok, err := at.Checkpoint()
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		if ok {
			out = append(out, Found{Stage: string(name), Partition: int32(binary.BigEndian.Uint32(rest)), Checkpoint: pos}) //nolint:gosec // as above
		}
		valid = it.SeekGE(upperBound(at.prefix))
	}
	return out, s.failed(it.Close())
}
