package engine

import (
	"encoding/binary"
	"fmt"
)

// inputPosition is the position up to which a partition's state contains its input.
type inputPosition struct {
	// offset is the next input offset to read.
	offset int64
	// epoch is the leader epoch of the record before offset, -1 if unknown. With it,
	// the broker can detect that the log was truncated and written anew.
	epoch int32
	// topicID is the id of the input topic, which changes if the topic is recreated.
	topicID [16]byte
}

// progress is the progress entry of a partition: its watermark and its input position.
// Every transaction that commits an input offset also writes it to the changelog, so
// the position survives the loss of the group's offsets and of the local store.
type progress struct {
	clock int64
	// known is false if the state has no input position: no transaction has written it
	// yet, or only one of an earlier release.
	known bool
	input inputPosition
}

// The lengths of the progress entry: the watermark (unix ms), followed by
//
//	offset (8 bytes) | leader epoch (4 bytes) | topic id (16 bytes)
//
// An earlier release wrote only the watermark.
const (
	clockBytes    = 8
	progressBytes = clockBytes + 8 + 4 + 16
)

func (p *progress) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.clock))        //nolint:gosec // unix ms
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.input.offset)) //nolint:gosec // an offset
	dst = binary.BigEndian.AppendUint32(dst, uint32(p.input.epoch))  //nolint:gosec // an epoch, or -1
	return append(dst, p.input.topicID[:]...)
}

func parseProgress(b []byte) (p progress, err error) {
	if len(b) != clockBytes && len(b) != progressBytes {
		return p, fmt.Errorf("%w: a progress entry of %d bytes", errEntry, len(b))
	}
	p.clock = int64(binary.BigEndian.Uint64(b)) //nolint:gosec // unix ms
	if len(b) == progressBytes {
		b = b[clockBytes:]
		p.known = true
		p.input.offset = int64(binary.BigEndian.Uint64(b))    //nolint:gosec // an offset
		p.input.epoch = int32(binary.BigEndian.Uint32(b[8:])) //nolint:gosec // an epoch, or -1
		p.input.topicID = [16]byte(b[12:])
	}
	return p, nil
}

// keepProgress writes the progress entry if it changed.
func (s *scope) keepProgress(before progress, input inputPosition) error {
	now := progress{clock: s.clock, known: true, input: input}
	if now == before {
		return nil
	}
	return s.overlay.set([]byte(clockKey), now.append(s.arena.buffer(progressBytes)), 0)
}

// readProgress reads the progress entry; it returns zero if there is none yet.
func readProgress(from stored) (progress, error) {
	e, err := from.get([]byte(clockKey), &arena{})
	if err != nil || e.payload == nil {
		return progress{}, err
	}
	return parseProgress(e.payload)
}
