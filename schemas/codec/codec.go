// Package codec is the general Avro codec and validator of schemas: the only package
// that uses goavro.
//
//	schema text ──► Cache.Get ──► *Codec ──► Native, JSON, Encode
//
// It reads any schema that a registry returns, not only ours: tail, trace, audit and
// tests decode with it, and code that need not be fast encodes with it. goavro writes
// values that other readers cannot read, so every value is checked before it is encoded.
// Hostile bytes and hostile schemas end in an error.
package codec

import (
	"errors"
	"fmt"
	"sync"

	"github.com/linkedin/goavro/v2"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

const (
	// maxBlockCount bounds the allocation that goavro makes for an announced block
	// count; its own default is 2 billion.
	maxBlockCount = 1 << 20
	// maxBlockSize is above every topic's max.message.bytes.
	maxBlockSize = 4 << 20
)

var (
	// ErrSchema is a schema that cannot be used.
	ErrSchema = errors.New("avro schema")
	// ErrDecode is bytes that are not a value of the schema.
	ErrDecode = errors.New("avro decode")
	// ErrEncode is a value that is not one of the schema, or that some reader could
	// not read.
	ErrEncode = errors.New("avro encode")
)

// limits sets the limits of goavro, which are package variables, once.
var limits = sync.OnceValue(func() bool { //nolint:gochecknoglobals // goavro keeps its limits in globals
	goavro.MaxBlockCount = maxBlockCount
	goavro.MaxBlockSize = maxBlockSize
	return true
})

// Cache keeps the codecs it has made: making one costs more than encoding a
// hundred records. It is for use by several goroutines.
type Cache struct {
	mu     sync.Mutex
	codecs map[string]*Codec // by schema text
}

// New returns an empty cache.
func New() *Cache {
	limits()
	return &Cache{codecs: map[string]*Codec{}}
}

// Codec reads and writes values of one schema. It is for use by several
// goroutines.
type Codec struct {
	goavro    *goavro.Codec
	schema    *schema.Schema
	recursive bool
}

// Get returns the codec of a schema text. An error wraps ErrSchema.
func (c *Cache) Get(text string) (*Codec, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.codecs[text]; ok {
		return known, nil
	}
	codec, err := compile(text)
	if err != nil {
		return nil, err
	}
	c.codecs[text] = codec
	return codec, nil
}

// Named returns the codec of one of our own schemas, by the name of its .avsc.
func (c *Cache) Named(name string) (*Codec, error) {
	text, ok := schemas.AVSC(name)
	if !ok {
		return nil, fmt.Errorf("%w: there is none named %s", ErrSchema, name)
	}
	codec, err := c.Get(text)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return codec, nil
}

// Validate parses all of our own schemas and reports every fault at once.
func (c *Cache) Validate() error {
	var errs []error
	for _, name := range schemas.AVSCNames() {
		_, err := c.Named(name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func compile(text string) (codec *Codec, err error) {
	parsed, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	danger := shape{open: map[*schema.Schema]bool{}, done: map[*schema.Schema]bool{}}
	if err := danger.walk(parsed); err != nil {
		return nil, err
	}
	// goavro panics on some schemas, for instance on the second decimal without a
	// scale; a schema may come from anyone's registry.
	defer func() {
		if r := recover(); r != nil {
			codec, err = nil, fmt.Errorf("%w: goavro cannot use it", ErrSchema)
		}
	}()
	made, err := goavro.NewCodec(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	return &Codec{goavro: made, schema: parsed, recursive: danger.recursive}, nil
}

// shape finds schemas that are dangerous to decode.
type shape struct {
	open, done map[*schema.Schema]bool
	recursive  bool
}

func (s *shape) walk(t *schema.Schema) error {
	if s.open[t] {
		s.recursive = true
		return nil
	}
	if s.done[t] {
		return nil
	}
	if t.Kind == schema.Array && empty(t.Items, 0) {
		return fmt.Errorf("%w: an array of values without bytes: a few bytes could claim any number of them", ErrSchema)
	}
	s.open[t] = true
	for _, child := range t.Children() {
		if err := s.walk(child); err != nil {
			return err
		}
	}
	delete(s.open, t)
	s.done[t] = true
	return nil
}

// empty reports whether a value takes no bytes.
func empty(t *schema.Schema, depth int) bool {
	switch t.Kind {
	case schema.Null:
		return true
	case schema.Fixed:
		return t.Size <= 0
	case schema.Record:
		for i := range t.Fields {
			// A record that contains itself without a field that takes bytes has no
			// finite value, so the result for it does not matter.
			if depth > len(t.Fields)+64 || !empty(t.Fields[i].Type, depth+1) {
				return false
			}
		}
		return true
	default:
		return false
	}
}
