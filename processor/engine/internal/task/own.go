package task

import "github.com/tributary-hq/tributary/processor/engine/internal/entry"

// SetHeader puts the changelog header in front of the pending writes if it differs from
// the previous one.
func (c *Context) SetHeader(before, now string) error {
	// The first transaction of a rebuild always writes the header: it marks the rebuild
	// as begun.
	if before == now || len(c.buffer.Writes()) == 0 && (c.rebuild.Until == 0 || before != "") {
		return nil
	}
	if err := c.buffer.Set([]byte(entry.HeaderKey), c.arena.Copy([]byte(now)), 0); err != nil {
		return err
	}
	written := c.buffer.written
	last := written[len(written)-1]
	copy(written[1:], written)
	written[0] = last
	return nil
}

// SetProgress writes the progress entry if it changed.
func (c *Context) SetProgress(before entry.Progress, input entry.InputPosition) error {
	now := entry.Progress{Watermark: c.watermark, Known: true, Input: input}
	if now == before {
		return nil
	}
	return c.buffer.Set([]byte(entry.ProgressKey), now.Append(c.arena.Buffer(entry.ProgressBytes)), 0)
}

// Encode returns the encoded entry of a pending write. If there is room before the
// payload, it writes the entry's head there and does not copy the payload.
func (c *Context) Encode(e *Entry) []byte {
	if !e.roomy {
		return entry.Append(c.arena.Buffer(entry.Room+len(e.Payload)), e.Payload, e.Deadline)
	}
	var room [entry.Room]byte
	head := entry.Append(room[:0], nil, e.Deadline)
	whole := withRoom(e.Payload)
	whole = whole[entry.Room-len(head):]
	copy(whole, head)
	return whole
}
