package engine_test

import (
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestIdleWorkerIsReadyAgain: a worker whose partitions get no records commits nothing,
// so that no committed round clears what ended its former session. Once it has joined
// again and restored it is ready all the same.
func TestIdleWorkerIsReadyAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if b.fake == nil {
		t.Skip("the fault is injected into the embedded broker")
	}
	b.shortSession()
	const workers = partitions
	e := b.start("one", workers, nil)
	defer b.stop(e)
	b.send(20, now(), keys(20)...)
	b.check()

	var mu sync.Mutex
	lost := map[string]bool{}
	b.fake.ControlKey(int16(kmsg.Heartbeat), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		beat, ok := req.(*kmsg.HeartbeatRequest)
		if !ok || beat.InstanceID == nil {
			return nil, nil, false
		}
		mu.Lock()
		defer mu.Unlock()
		if lost[*beat.InstanceID] {
			return nil, nil, false
		}
		lost[*beat.InstanceID] = true
		resp, ok := beat.ResponseKind().(*kmsg.HeartbeatResponse)
		if ok {
			resp.ErrorCode = kerr.UnknownMemberID.Code
		}
		return resp, nil, ok
	})
	failed, ready := map[int]bool{}, 0
	for deadline := time.Now().Add(30 * time.Second); len(failed) < workers || ready < workers; {
		if time.Now().After(deadline) {
			t.Fatalf("%d workers lost their session, %d are ready again: %+v", len(failed), ready, e.Health())
		}
		b.send(1, now(), keys(20)...)
		ready = 0
		for i, s := range e.Health() {
			if s.Err != "" {
				failed[i] = true
			}
			if s.OK() {
				ready++
			}
		}
	}
}
