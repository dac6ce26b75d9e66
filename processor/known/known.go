// Package known keeps records from a stage that the stage would process with wrong
// settings: those of a source that this processor does not know, or knows by older
// settings than ingest has.
//
//	raw record ─► source.Set.Match ─► known:     the stage
//	                               ─► otherwise: deadletter.<provider>.v1, cause unknown_source
//	           ─► not of ingest:  deadletter.<provider>.v1, cause foreign_record
//
// Promise: no record is decoded with the settings of another source or of another time
// than its own, none is lost, and none holds up the records behind it. Once the
// processor knows the source (SIGHUP reads the sources again), `tributary deadletter
// replay --cause unknown_source` has them processed, each once.
package known

import (
	"log/slog"
	"sync"

	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Require returns a stage that processes only records of known sources. It implements
// the same optional interfaces as stage. The logger may be nil.
func Require(wrapped stage.Stage, sources *source.Set, logger *slog.Logger) stage.Stage {
	required := &requiring{Stage: wrapped, sources: sources, logger: logger}
	if reporter, ok := wrapped.(stage.WatermarkReporter); ok {
		return &reporting{required, reporter}
	}
	return required
}

type requiring struct {
	stage.Stage

	sources *source.Set
	logger  *slog.Logger
	// warned holds the warnings that were already logged, so that each is logged once.
	warned sync.Map
}

// reporting is a requiring stage that also reports its watermark.
type reporting struct {
	*requiring
	stage.WatermarkReporter
}

// Recycle implements stage.Recycler.
func (r *requiring) Recycle(event stage.Event) {
	if inner, ok := r.Stage.(stage.Recycler); ok {
		inner.Recycle(event)
	}
}

// Decode implements stage.Stage.
func (r *requiring) Decode(in *stage.Input) (stage.Event, error) {
	if erasure.Is(in) {
		return r.Stage.Decode(in)
	}
	var id, provider, stamp []byte
	replayed := false
	for i := range in.Headers {
		h := &in.Headers[i]
		switch h.Key {
		case raw.HeaderSource:
			id = h.Value
		case raw.HeaderProvider:
			provider = h.Value
		case raw.HeaderSettings:
			stamp = h.Value
		case raw.HeaderReplayRound:
			replayed = true
		}
	}
	if len(id) == 0 || len(provider) == 0 {
		return nil, r.refuseForeign(in)
	}
	match := r.sources.Match(id, provider, stamp, replayed)
	if match == source.Known {
		return r.Stage.Decode(in)
	}
	return nil, r.refuse(match, string(id), string(stamp), in)
}

// refuseForeign returns the error of a record that ingest did not write, and logs the
// first.
func (r *requiring) refuseForeign(in *stage.Input) error {
	if _, again := r.warned.LoadOrStore(string(CauseForeignRecord), true); !again && r.logger != nil {
		r.logger.Error("somebody else than ingest writes to a raw topic: such records are dead letters of cause foreign_record; take the right away",
			slog.String("topic", in.Topic), slog.Int("partition", int(in.Partition)), slog.Int64("offset", in.Offset))
	}
	return stage.Permanentf(CauseForeignRecord, "no source and proof in its headers: ingest did not write it")
}

// refuse returns the error of a record that is not processed, and logs the first of
// each kind.
func (r *requiring) refuse(match source.Match, id, stamp string, in *stage.Input) error {
	detail := "the processor does not know the source " + id
	switch match {
	case source.Behind:
		detail = "ingest took the record of source " + id + " under newer settings (" + stamp + ") than the processor has"
	case source.Differs:
		detail = "ingest took the record of source " + id + " under other settings (" + stamp + ") than the processor has, of the same revision"
	default:
	}
	if _, again := r.warned.LoadOrStore(detail, true); !again && r.logger != nil {
		r.logger.Warn("records of a source are not processed: give the processor its settings (SIGHUP), then replay the dead letters of cause unknown_source",
			slog.String("reason", detail), slog.String("source", id), slog.String("topic", in.Topic), slog.Int("partition", int(in.Partition)),
			slog.Int64("offset", in.Offset))
	}
	return stage.Permanentf(CauseUnknownSource, "%s", detail)
}
