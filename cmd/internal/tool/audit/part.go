package audit

import (
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// provider is the raw topic of one provider.
type provider struct {
	name, topic string
	parts       map[int32]*part
}

// part is a partition of a raw topic.
type part struct {
	// low and high bound the offsets that are compared: [low, high). cut is the offset
	// up to which the stage has processed the partition.
	low, high, cut int64
	// start and end are the log start offset and the high watermark.
	start, end int64
	raw        *offsetset.Marks
	// identities belong to the records in raw, indexed by offset minus low: 4 bytes
	// each.
	identities []identity
	replays    *offsetset.Marks
	outcomes   [outcomes]*offsetset.Marks
	// replayed are the offsets of records whose dead letters were replayed.
	replayed *offsetset.Marks
	// late are outcomes of records from before the span, by their offset.
	late map[int64]late
	// handled is the offset after the highest record whose outcome was read.
	handled int64
}

func newPart(start, end, low, high, cut int64) *part {
	p := &part{start: start, end: end, low: low, high: high, cut: cut, raw: offsetset.NewMarks(), replays: offsetset.NewMarks(), replayed: offsetset.NewMarks()}
	for i := range p.outcomes {
		p.outcomes[i] = offsetset.NewMarks()
	}
	return p
}

// isErasure reports whether a raw record is a request to erase its entity.
func isErasure(r *kgo.Record) bool {
	return len(r.Value) == 0 && slices.ContainsFunc(r.Headers, func(h kgo.RecordHeader) bool {
		return h.Key == raw.HeaderKind && string(h.Value) == raw.KindErasure
	})
}

// readRaw reads the raw records, which ingest wrote.
func (a *auditor) readRaw(ctx context.Context) error {
	topics := scan.Ranges{}
	for _, name := range schemas.RawTopics() {
		topics[name] = map[int32]scan.Range{}
		for p, at := range a.raw[name].parts {
			topics[name][p] = scan.Range{From: at.low, To: at.high}
		}
	}
	return a.each(ctx, "reading raw records", topics, func(topic string, r *kgo.Record) error {
		p := a.raw[topic]
		at := p.parts[r.Partition]
		if isErasure(r) {
			// An erasure is not a fact; facts of the entity before it no longer count.
			a.erased[p.name+"/"+string(r.Key)] = r.Offset
			a.report.Erasures++
			return nil
		}
		at.hold(r.Offset, a.identifyHeaders(r.Headers))
		if o, replay := deadLetterOrigin(r); replay {
			at.replays.Add(r.Offset)
			if was := p.parts[o.partition]; was != nil && o.topic == p.topic && o.offset >= was.low && o.offset < was.high {
				was.replayed.Add(o.offset)
			}
		}
		return nil
	})
}
