package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas"
)

// IDs are the schema ids of the Avro topics.
type IDs struct {
	// ByTopic is keyed by the topic's name without prefix.
	ByTopic map[string]uint32
	// Cached is set if the registry was not available and the ids come from the file;
	// Unavailable is then the error.
	Cached      bool
	Unavailable error
	// NotKept is the error of writing the ids to the file, nil if they were written.
	// With it, the next start without a registry would fail.
	NotKept error
}

// Resolve returns the ids of the schemas of this version. If the registry is not
// available it returns those that an earlier call wrote to the file, if they are of the
// same registry, subjects and schemas. A schema that the registry does not have is
// ErrNotRegistered even then: its id may now be another schema's.
func (c *Client) Resolve(ctx context.Context) (IDs, error) {
	results, err := c.insist(ctx)
	if errors.Is(err, ErrUnavailable) {
		return c.fromCache(err)
	}
	if err != nil {
		return IDs{}, err
	}
	ids := IDs{ByTopic: map[string]uint32{}}
	var missing []string
	for _, r := range results {
		if !r.Registered {
			missing = append(missing, r.Subject)
		}
		ids.ByTopic[r.Topic] = r.ID
	}
	if len(missing) > 0 {
		return IDs{}, fmt.Errorf("%w: %d subjects, the first is %s", ErrNotRegistered, len(missing), missing[0])
	}
	ids.NotKept = c.toCache(ids.ByTopic)
	return ids, nil
}

// insist retries a few times, so that one lost answer does not prevent a start. It does
// not retry after a timeout.
func (c *Client) insist(ctx context.Context) (results []Result, err error) {
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		results, err = c.Status(ctx)
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || wait > 800*time.Millisecond {
			return results, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return results, err
		}
	}
}

// cacheFile is the content of the cache file. A file of another version, registry or
// schema is ignored.
type cacheFile struct {
	Version  int                   `json:"version"`
	Registry string                `json:"registry"`
	Subjects map[string]cacheEntry `json:"subjects"`
}

type cacheEntry struct {
	ID uint32 `json:"id"`
	// Schema is the SHA-256 of the schema text.
	Schema string `json:"schema"`
}

const cacheVersion = 1

func (c *Client) fromCache(unavailable error) (IDs, error) {
	if c.config.CacheFile == "" {
		return IDs{}, unavailable
	}
	b, err := os.ReadFile(c.config.CacheFile)
	if err != nil {
		return IDs{}, fmt.Errorf("%w; and no ids are kept on disk: %w", unavailable, err)
	}
	var file cacheFile
	if err := json.Unmarshal(b, &file); err != nil {
		return IDs{}, fmt.Errorf("%w; and the ids kept on disk cannot be read: %w", unavailable, err)
	}
	if file.Registry != c.registry() {
		return IDs{}, fmt.Errorf("%w; and the ids kept on disk are of another registry", unavailable)
	}
	ids := IDs{ByTopic: map[string]uint32{}, Cached: true, Unavailable: unavailable}
	for _, t := range avroTopics() {
		text, _ := schemas.AVSC(t.Schema)
		entry, ok := file.Subjects[c.config.Names.Subject(t.Name)]
		if !ok || entry.Schema != digest(text) || file.Version != cacheVersion {
			return IDs{}, fmt.Errorf("%w; and the ids kept on disk are not of this version", unavailable)
		}
		if entry.ID < 1 || entry.ID > math.MaxInt32 {
			return IDs{}, fmt.Errorf("%w; and the ids kept on disk have %d for %s: delete %s", unavailable, entry.ID, t.Name, c.config.CacheFile)
		}
		ids.ByTopic[t.Name] = entry.ID
	}
	return ids, nil
}

// toCache replaces the file as a whole: a crash leaves the old one or the new one.
func (c *Client) toCache(byTopic map[string]uint32) error {
	if c.config.CacheFile == "" {
		return nil
	}
	file := cacheFile{Version: cacheVersion, Registry: c.registry(), Subjects: map[string]cacheEntry{}}
	for _, t := range avroTopics() {
		text, _ := schemas.AVSC(t.Schema)
		file.Subjects[c.config.Names.Subject(t.Name)] = cacheEntry{ID: byTopic[t.Name], Schema: digest(text)}
	}
	b, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("keep schema ids: %w", err)
	}
	if err := writeFile(c.config.CacheFile, b); err != nil {
		return fmt.Errorf("keep schema ids: %w", err)
	}
	return nil
}

func writeFile(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
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
	return nil
}

// registry identifies the registry in the file without containing its address.
func (c *Client) registry() string { return digest(strings.Join(c.config.URLs, " ")) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
