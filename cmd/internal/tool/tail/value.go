package tail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/schemas/wire"
)

// value returns a record's value as JSON.
func (r *reader) value(ctx context.Context, value []byte) (json.RawMessage, error) {
	if value == nil {
		return json.RawMessage("null"), nil
	}
	id, body, err := wire.Parse(value)
	if err != nil {
		return r.plain(value)
	}
	text, err := r.schema(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	c, err := r.codecs.Get(text)
	if err != nil {
		return nil, fmt.Errorf("schema %d: %w", id, err)
	}
	out, err := c.JSON(nil, body)
	if err != nil {
		return nil, fmt.Errorf("value of schema %d: %w", id, err)
	}
	return out, nil
}

// plain shows a value that is not Avro, if Options.Bodies is set.
func (r *reader) plain(value []byte) (json.RawMessage, error) {
	if !r.options.Bodies {
		return json.Marshal(fmt.Sprintf("(%d bytes, not Avro; --bodies shows them)", len(value)))
	}
	if compact := new(bytes.Buffer); json.Compact(compact, value) == nil {
		return compact.Bytes(), nil
	}
	return json.Marshal(string(value))
}

// matches reports whether a value meets every condition path=value. A path goes through
// objects by name and through arrays by index.
func matches(value json.RawMessage, conditions []string) bool {
	if len(conditions) == 0 {
		return true
	}
	// Numbers as they are written: a float would show an id of eleven digits as 2e+10.
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var whole any
	if decoder.Decode(&whole) != nil {
		return false
	}
	for _, condition := range conditions {
		path, want, _ := strings.Cut(condition, "=")
		at := whole
		for part := range strings.SplitSeq(path, ".") {
			at = step(at, part)
		}
		if fmt.Sprint(at) != want && (at != nil || want != "null") {
			return false
		}
	}
	return true
}

func step(at any, part string) any {
	switch v := at.(type) {
	case map[string]any:
		return v[part]
	case []any:
		for i := range v {
			if strconv.Itoa(i) == part {
				return v[i]
			}
		}
	}
	return nil
}
