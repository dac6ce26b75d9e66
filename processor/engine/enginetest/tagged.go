package enginetest

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// tag is the header in which an output carries the input partition that it comes from.
const tag = "enginetest-partition"

// wall is the wall clock of every transaction: no result may depend on the real one.
func wall() time.Time { return time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) }

// tagged wraps a stage: its outputs carry their input partition, and its wall clock stands
// still. The outputs of watermark reports carry no tag.
type tagged struct{ stage.Stage }

// taggedAuditor is tagged for a stage.Auditor, whose outputs carry no tag either. They
// belong to a transaction and not to a record.
type taggedAuditor struct {
	tagged

	stage.Auditor
}

func tagOutputs(s stage.Stage) stage.Stage {
	if auditor, ok := s.(stage.Auditor); ok {
		return taggedAuditor{tagged{s}, auditor}
	}
	return tagged{s}
}

// Apply implements stage.Stage.
func (t tagged) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	return t.Stage.Apply(taggingTx{tx}, in, event) //nolint:wrapcheck // a wrapper
}

// OnTimer implements stage.Stage.
func (t tagged) OnTimer(tx stage.Tx, key []byte) error {
	return t.Stage.OnTimer(taggingTx{tx}, key) //nolint:wrapcheck // a wrapper
}

// Start implements stage.Starter.
func (t tagged) Start(tx stage.Tx) error {
	if starter, ok := t.Stage.(stage.Starter); ok {
		return starter.Start(taggingTx{tx}) //nolint:wrapcheck // a wrapper
	}
	return nil
}

// Recycle implements stage.Recycler.
func (t tagged) Recycle(event stage.Event) {
	if recycler, ok := t.Stage.(stage.Recycler); ok {
		recycler.Recycle(event)
	}
}

// ReportWatermark implements stage.WatermarkReporter.
func (t tagged) ReportWatermark(tx stage.Tx, partition int32, watermark time.Time) error {
	if reporter, ok := t.Stage.(stage.WatermarkReporter); ok {
		return reporter.ReportWatermark(tx, partition, watermark) //nolint:wrapcheck // a wrapper
	}
	return nil
}

// Audit implements stage.Auditor.
func (t taggedAuditor) Audit(tx stage.Tx, outcomes iter.Seq[stage.Outcome], counts []stage.Count) error {
	return t.Auditor.Audit(tx, outcomes, counts) //nolint:wrapcheck // a wrapper
}

// taggingTx adds the tag to outputs.
type taggingTx struct{ stage.Tx }

// WallClock implements stage.Tx.
func (taggingTx) WallClock() time.Time { return wall() }

// Emit implements stage.Tx.
func (t taggingTx) Emit(out stage.Output) {
	out.Headers = append(slices.Clip(out.Headers), stage.Header{Key: tag, Value: strconv.AppendInt(nil, int64(t.Partition()), 10)})
	if out.Timestamp.IsZero() {
		out.Timestamp = wall()
	}
	t.Tx.Emit(out)
}

// source returns the input partition of an output and removes the tag. ok is false for an
// output that comes from no record or timer. A dead letter names its partition itself, and
// the time, which is removed.
func source(out *stage.Output, deadLetter string) (partition int32, ok bool) {
	take := func(is func(key string) bool) (value string, found bool) {
		i := slices.IndexFunc(out.Headers, func(h stage.Header) bool { return is(h.Key) })
		if i < 0 {
			return "", false
		}
		value = string(out.Headers[i].Value)
		out.Headers = slices.Delete(slices.Clone(out.Headers), i, i+1)
		return value, true
	}
	value, ok := take(func(key string) bool { return key == tag })
	if !ok && out.Topic == deadLetter {
		take(func(key string) bool { return strings.HasSuffix(key, "-dlq-time") })
		i := slices.IndexFunc(out.Headers, func(h stage.Header) bool { return strings.HasSuffix(h.Key, "-dlq-partition") })
		if ok = i >= 0; ok {
			value = string(out.Headers[i].Value)
		}
	}
	n, err := strconv.ParseInt(value, 10, 32)
	return int32(n), ok && err == nil
}
