package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// checker is a client that keeps every receipt. It sends each webhook until it gets a
// 200, as a provider does, so that testify can look each receipt up in the raw topic.
type checker struct {
	url  string
	rate float64

	mu   sync.Mutex
	sent []*testimony
	// lastOK is when the request with the newest 200 was sent.
	lastOK  time.Time
	changed chan struct{} // closed and made anew with every 200
}

// testimony is a webhook of the checker.
type testimony struct {
	id       string
	body     []byte
	tries    int
	receipts []receipt
	latency  time.Duration
	statuses map[int]int
}

// receipt is the position where ingest stored a record.
type receipt struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

func newChecker(address string, rate float64) *checker {
	a := simulator.DefaultAccounts().First(raw.ProviderLOX24)
	return &checker{url: "http://" + address + "/v1/lox24/" + a.Source + "/" + a.Secret, rate: rate, changed: make(chan struct{})}
}

// witnesses is the number of concurrent senders.
const witnesses = 8

func (*checker) client() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: witnesses}}
}

// run sends until ctx ends; pending webhooks are then sent until they are accepted or
// lasting ends.
func (w *checker) run(ctx, lasting context.Context, rng *rand.Rand) {
	queue := make(chan *testimony)
	var group sync.WaitGroup
	client := w.client()
	defer client.CloseIdleConnections()
	for range witnesses {
		group.Go(func() {
			for t := range queue {
				w.deliver(lasting, client, t)
			}
		})
	}
	for n := 0; timespan.Wait(ctx, time.Duration(float64(time.Second)/w.rate)) == nil; n++ {
		t := &testimony{id: uuid(rng), statuses: map[int]int{}}
		t.body = event(t.id, uuid(rng), n)
		w.mu.Lock()
		w.sent = append(w.sent, t)
		w.mu.Unlock()
		select {
		case queue <- t:
		case <-ctx.Done():
			w.forget(t)
		}
	}
	close(queue)
	group.Wait()
}

// forget drops a webhook that was never sent.
func (w *checker) forget(t *testimony) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.sent) - 1; n >= 0 && w.sent[n] == t {
		w.sent = w.sent[:n]
	}
}

// event is an authentic webhook without a correlation id. Eight of them share an entity.
func event(id, task string, n int) []byte {
	now := time.Now().Unix()
	b, _ := json.Marshal(map[string]any{ //nolint:errchkjson // values of its own
		"id": id, "api_version": "2022-05-25", "name": "verify_code.channel.sent", "created_at": now,
		"attempt_total": 4, "attempt_number": 1, "notification_task_id": task,
		"data": map[string]any{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", n/8), "user_id": 1, "phone": "+4915112345678", "status": 5,
			"routing_strategy": []map[string]any{{"channel": "sms", "timeout_sec": 30, "sender_id": "x"}},
			"currency":         "EUR", "created_at": now, "updated_at": now, "history": []any{}, "is_code_deleted": false,
		},
	})
	return b
}

func uuid(rng *rand.Rand) string {
	a, b := rng.Uint64(), rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}

// deliver sends a webhook until it is accepted.
func (w *checker) deliver(ctx context.Context, client *http.Client, t *testimony) {
	wait := 50 * time.Millisecond
	for {
		began := time.Now()
		status, receipts := w.post(client, t.body)
		w.mu.Lock()
		t.tries++
		t.statuses[status]++
		t.latency = time.Since(began)
		t.receipts = append(t.receipts, receipts...)
		if status == http.StatusOK {
			w.lastOK = began
			close(w.changed)
			w.changed = make(chan struct{})
		}
		w.mu.Unlock()
		if status == http.StatusOK || timespan.Wait(ctx, wait) != nil {
			return
		}
		wait = min(2*wait, time.Second)
	}
}

// post sends once and returns the status, 0 if there was no complete answer.
func (w *checker) post(client *http.Client, body []byte) (int, []receipt) {
	req, err := http.NewRequest(http.MethodPost, w.url, bytes.NewReader(body)) //nolint:noctx // the client's timeout bounds it
	if err != nil {
		return 0, nil
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Records []receipt `json:"records"`
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode == http.StatusOK && json.Unmarshal(text, &answer) != nil {
		return 0, nil
	}
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, nil
	}
	return resp.StatusCode, answer.Records
}

// next waits for a 200 to a request made after a given time.
func (w *checker) next(ctx context.Context, after time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	for {
		w.mu.Lock()
		last, changed := w.lastOK, w.changed
		w.mu.Unlock()
		if last.After(after) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the next 200: %w", context.Cause(ctx))
		}
	}
}

// append adds the webhooks sent to a simulator's ledger.
func (w *checker) append(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the run's own file
	if err != nil {
		return fmt.Errorf("add to the ledger: %w", err)
	}
	lines := json.NewEncoder(file)
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, t := range w.sent {
		e := simulator.Entry{
			Number: int64(n), Provider: raw.ProviderLOX24, Scenario: "checker", Status: http.StatusOK, Tries: t.tries, Accepted: 1,
			Digest: simulator.Digest(t.body), Micros: t.latency.Microseconds(), Lost: len(t.receipts) == 0,
		}
		for status, times := range t.statuses {
			if status == 0 || status >= http.StatusInternalServerError {
				e.Uncertain += times
			}
		}
		if e.Lost {
			e.Accepted, e.Digest, e.Status = 0, 0, 0
		}
		if err := lines.Encode(&e); err != nil {
			return fmt.Errorf("add to the ledger: %w", err)
		}
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("add to the ledger: %w", err)
	}
	return nil
}
