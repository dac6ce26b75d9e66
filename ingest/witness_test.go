package ingest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// TestReceiptsAreTrue: whatever becomes of a produce request, each 200 names the
// place where its record lies, and senders that repeat what was not 200 end with
// exactly their set.
func TestReceiptsAreTrue(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			for _, v := range witness(t, seed, nil) {
				t.Error(v)
			}
		})
	}
}

// testimony is what the senders of a run were told.
type testimony struct {
	mu sync.Mutex
	// said is which webhook's record lies at a place.
	said map[string]string
	sent map[string]bool
	bad  []string
}

func place(partition int32, offset int64) string { return fmt.Sprintf("%d/%d", partition, offset) }

// witness sends webhooks while their produce requests fail as the seed says, and
// returns what is not as it was answered.
func witness(t *testing.T, seed uint64, change func(*ingest.Deps)) []string {
	t.Helper()
	r := newRigWith(t, func(c *ingest.Config) { c.AnswerDeadline = 5 * time.Second }, change)
	misbehave(r, seed)
	const senders, each = 4, 25
	heard := &testimony{said: map[string]string{}, sent: map[string]bool{}}
	var group sync.WaitGroup
	for s := range senders {
		group.Go(func() {
			for i := range each {
				heard.insist(r, fmt.Sprintf("%d-%d", s, i))
			}
		})
	}
	group.Wait()
	// The last produce request settles what was still under way; from here on none
	// fails.
	r.broker.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) { return nil, nil, false })
	heard.insist(r, "last")
	return heard.compare(r)
}

// misbehave makes the broker refuse and cut produce requests, one in two. A refusal
// that no retry mends fails the record; the others only delay it.
func misbehave(r *rig, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x696e67))
	refusals := []*kerr.Error{kerr.NotLeaderForPartition, kerr.NotEnoughReplicas, kerr.InvalidRecord, kerr.TopicAuthorizationFailed, kerr.KafkaStorageError}
	left := 12
	r.broker.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		if left == 0 || rng.IntN(2) == 0 {
			return nil, nil, false
		}
		left--
		if rng.IntN(4) == 0 {
			return nil, errors.New("the connection is cut"), true
		}
		return refuse(request, refusals[rng.IntN(len(refusals))])
	})
}

// insist sends a webhook until it is taken, as a provider does.
func (h *testimony) insist(r *rig, id string) {
	for range 200 {
		a := r.post(loxPath, `{"data":{"id":"`+id+`"}}`)
		h.mu.Lock()
		h.sent["lox24:"+id] = true
		switch {
		case a.code == http.StatusOK && len(a.parsed.Records) == 1:
			record := a.parsed.Records[0]
			h.said[place(record.Partition, record.Offset)] = "lox24:" + id
			h.mu.Unlock()
			return
		case a.code != http.StatusServiceUnavailable:
			h.bad = append(h.bad, fmt.Sprintf("webhook %s: %d %s", id, a.code, a.body))
		}
		h.mu.Unlock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bad = append(h.bad, "webhook "+id+" was never taken")
}

// compare reads the topic and says what is not as the senders were told.
func (h *testimony) compare(r *rig) []string {
	var total int
	for p := range int32(2) {
		total += int(r.broker.PartitionInfo("test."+schemas.RawLOX24, p).HighWatermark)
	}
	there, keys := map[string]string{}, map[string]bool{}
	for _, record := range r.records(schemas.RawLOX24, total) {
		there[place(record.Partition, record.Offset)] = string(record.Key)
		keys[string(record.Key)] = true
	}
	for at, key := range h.said {
		if there[at] != key {
			h.bad = append(h.bad, fmt.Sprintf("%s was answered 200 with %s, where %q lies", key, at, there[at]))
		}
	}
	for key := range h.sent {
		if !keys[key] {
			h.bad = append(h.bad, key+" is not in the topic")
		}
	}
	for key := range keys {
		if !h.sent[key] {
			h.bad = append(h.bad, key+" was never sent")
		}
	}
	return h.bad
}
