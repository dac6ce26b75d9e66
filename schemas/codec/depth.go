package codec

import (
	"encoding/binary"
	"fmt"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// maxDepth bounds how deep a value of a schema that contains itself may be nested:
// goavro calls itself for each level, and each level of an error copies the text
// of those below.
const maxDepth = 256

// walker measures how deep a body is nested without decoding its values.
type walker struct {
	body []byte
}

func (w *walker) long() (int64, error) {
	v, n := binary.Varint(w.body)
	if n <= 0 {
		return 0, fmt.Errorf("%w: a number ends too early", ErrDecode)
	}
	w.body = w.body[n:]
	return v, nil
}

func (w *walker) drop(n int64) error {
	if n < 0 || n > int64(len(w.body)) {
		return fmt.Errorf("%w: the bytes end too early", ErrDecode)
	}
	w.body = w.body[n:]
	return nil
}

func (w *walker) walk(t *schema.Schema, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrDecode, maxDepth)
	}
	switch t.Kind {
	case schema.Null:
		return nil
	case schema.Boolean:
		return w.drop(1)
	case schema.Float:
		return w.drop(4)
	case schema.Double:
		return w.drop(8)
	case schema.Fixed:
		return w.drop(int64(t.Size))
	case schema.Int, schema.Long, schema.Enum:
		_, err := w.long()
		return err
	case schema.Bytes, schema.String:
		n, err := w.long()
		if err != nil {
			return err
		}
		return w.drop(n)
	default:
		return w.walkComplex(t, depth)
	}
}

func (w *walker) walkComplex(t *schema.Schema, depth int) error {
	switch t.Kind {
	case schema.Record:
		for i := range t.Fields {
			if err := w.walk(t.Fields[i].Type, depth+1); err != nil {
				return err
			}
		}
		return nil
	case schema.Union:
		i, err := w.long()
		if err != nil {
			return err
		}
		if i < 0 || i >= int64(len(t.Branches)) {
			return fmt.Errorf("%w: no branch of a union", ErrDecode)
		}
		return w.walk(t.Branches[i], depth+1)
	default:
		return w.walkBlocks(t, depth)
	}
}

func (w *walker) walkBlocks(t *schema.Schema, depth int) error {
	for {
		n, err := w.long()
		if err != nil || n == 0 {
			return err
		}
		if n < 0 {
			// Skip the block's size in bytes: its elements are read anyway.
			if _, err := w.long(); err != nil {
				return err
			}
			n = -n
		}
		// An element takes a byte or more: compile refuses arrays of others.
		if n < 0 || n > int64(len(w.body)) {
			return fmt.Errorf("%w: more elements than bytes", ErrDecode)
		}
		for range n {
			if t.Kind == schema.Map {
				if err := w.walk(&schema.Schema{Kind: schema.String}, depth+1); err != nil {
					return err
				}
			}
			if err := w.walk(t.Items, depth+1); err != nil {
				return err
			}
		}
	}
}
