package engine_test

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// TestLostCommit: a broker confirms a commit and loses it, as Kafka does when the
// coordinator finds partitions without a leader (KAFKA-20734). The state on disk is then
// ahead of the topics; the records come again and must not be taken for their own
// repeats.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the fault is injected into the embedded broker")
	}
	var lost atomic.Bool
	var armed atomic.Bool
	b.fake.ControlKey(int16(kmsg.EndTxn), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		if end, ok := req.(*kmsg.EndTxnRequest); ok && end.Commit && armed.CompareAndSwap(true, false) {
			end.Commit = false
			lost.Store(true)
		}
		return nil, nil, false
	})
	e := b.start("one", 1, func(step failpoint.Point, _ int) error {
		if step == failpoint.Stored && lost.CompareAndSwap(true, false) {
			return errCrash
		}
		return nil
	})
	defer b.stop(e)
	for range 3 {
		b.send(20, now(), keys(5)...)
		b.check()
		armed.Store(true)
	}
	b.send(20, now(), keys(5)...)
	b.check()
	if armed.Load() {
		t.Error("no commit was lost: the test tried nothing")
	}
}
