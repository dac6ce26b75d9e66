package entry

import (
	"encoding/binary"
	"fmt"
)

// InputPosition is the position up to which a partition's state contains its input.
type InputPosition struct {
	// Offset is the next input offset to read.
	Offset int64
	// Epoch is the leader epoch of the record before Offset, -1 if unknown. With it,
	// the broker can detect that the log was truncated and written anew.
	Epoch int32
	// TopicID is the id of the input topic, which changes if the topic is recreated.
	TopicID [16]byte
}

// Progress is the progress entry of a partition: its watermark and its input position.
// Every transaction that commits an input offset also writes it to the changelog, so
// the position survives the loss of the group's offsets and of the local store.
type Progress struct {
	// Watermark is in unix ms.
	Watermark int64
	// Known is false if the state has no input position: no transaction has written it
	// yet, or only one of an earlier release.
	Known bool
	Input InputPosition
}

// The lengths of the progress entry: the watermark (unix ms), followed by
//
//	offset (8 bytes) | leader epoch (4 bytes) | topic id (16 bytes)
//
// An earlier release wrote only the watermark.
const (
	watermarkBytes = 8
	// ProgressBytes is the current length.
	ProgressBytes = watermarkBytes + 8 + 4 + 16
)

// Append appends the encoded progress entry.
func (p *Progress) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.Watermark))    //nolint:gosec // unix ms
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.Input.Offset)) //nolint:gosec // an offset
	dst = binary.BigEndian.AppendUint32(dst, uint32(p.Input.Epoch))  //nolint:gosec // an epoch, or -1
	return append(dst, p.Input.TopicID[:]...)
}

// ParseProgress decodes a progress entry.
func ParseProgress(b []byte) (p Progress, err error) {
	if len(b) != watermarkBytes && len(b) != ProgressBytes {
		return p, fmt.Errorf("%w: a progress entry of %d bytes", ErrUnreadable, len(b))
	}
	p.Watermark = int64(binary.BigEndian.Uint64(b)) //nolint:gosec // unix ms
	if len(b) == ProgressBytes {
		b = b[watermarkBytes:]
		p.Known = true
		p.Input.Offset = int64(binary.BigEndian.Uint64(b))    //nolint:gosec // an offset
		p.Input.Epoch = int32(binary.BigEndian.Uint32(b[8:])) //nolint:gosec // an epoch, or -1
		p.Input.TopicID = [16]byte(b[12:])
	}
	return p, nil
}

// ReadProgress reads the progress entry; it returns zero if there is none yet.
func ReadProgress(from Reader) (Progress, error) {
	e, err := from.Get([]byte(ProgressKey), Heap{})
	if err != nil || e.Payload == nil {
		return Progress{}, err
	}
	return ParseProgress(e.Payload)
}
