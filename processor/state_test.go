package processor_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestStateIsFlat: traffic that lasts for many retentions. Once the first entities
// are forgotten, no stage's state grows any more.
func TestStateIsFlat(t *testing.T) {
	t.Parallel()
	const hours = 8 * 24
	config := processor.DefaultConfig()
	config.DedupeSpan, config.Retention.Verification, config.Retention.Payment = 12*time.Hour, 24*time.Hour, 48*time.Hour
	config.Deadlines.Hold, config.Insights.SignalRetention = 6*time.Hour, 24*time.Hour
	config.Insights.Retention, config.Insights.DayRetention = 24*time.Hour, 48*time.Hour
	memory, err := processortest.NewMemory(config, deps(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	most := map[string][2]int{} // in the quarter before and in the last one, by stage
	for hour := range hours {
		h := &history{}
		start := time.Duration(hour) * time.Hour
		for way := range 4 {
			h.addVerification(4*hour+way+1, fmt.Sprintf("order-%d-%d", hour, way), start, way)
		}
		h.addPayment(1000+2*hour, fmt.Sprintf("order-%d-0", hour), start, "NEW/OPEN", "FINISHED/FINISHED")
		h.addPayment(1001+2*hour, fmt.Sprintf("order-%d-1", hour), start, "PAID/HOLDED")
		h.addCall(hour+1, fmt.Sprintf("call-%d", hour), start, []string{"delivered", ""}[hour%2], hour%4 == 0)
		h.addCallback(hour%3, hour, start)
		h.addEvent(hour, fmt.Sprintf("order-%d-0", hour), start)
		for i := range h.records {
			if _, err := memory.Feed(h.records[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := memory.AdvanceTo(noon(start + 59*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if hour < hours/2 {
			continue
		}
		for _, name := range processor.StageNames() {
			quarter := (hour - hours/2) / (hours / 4)
			sizes := most[name]
			sizes[quarter] = max(sizes[quarter], len(memory.Stage(name).Dump(0)))
			most[name] = sizes
		}
	}
	for name, sizes := range most {
		// Numbers grow by a digit now and then.
		if sizes[0] == 0 || float64(sizes[1]) > 1.05*float64(sizes[0]) {
			t.Errorf("stage %s: %d bytes of state at most in the third quarter, %d in the last, want no growth", name, sizes[0], sizes[1])
		}
	}
}

// addEvent adds one event of a sender of Standard Webhooks.
func (h *history) addEvent(n int, order string, start time.Duration) {
	h.add(schemas.RawStandard, "standard:shop-standard:"+order, raw.Envelope{Assurance: raw.AssuranceSignedBody, ReceivedAt: noon(start)}, object{
		"type": "order.packed", "data": object{"order": order},
	})
	last := &h.records[len(h.records)-1]
	last.Headers = append(last.Headers, stage.Header{Key: raw.HeaderWebhookID, Value: fmt.Append(nil, "msg_", n)})
}

// addCallback adds one callback of a Voximplant account.
func (h *history) addCallback(account, n int, start time.Duration) {
	h.add(schemas.RawVoximplant, fmt.Sprint("voximplant:", account), raw.Envelope{Assurance: raw.AssuranceSignedID, ReceivedAt: noon(start)}, object{
		"callback_id": 1200 + n, "account_id": account, "hash": "00000000000000000000000000000000", "account_name": "acme",
		"account_email": "a@example.com", "language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee",
		"balance": n % 10, "currency": "USD", "type": "min_balance", "min_balance": object{"is_min_credit": false, "is_repeated": false},
	})
}

// hot are entities to which something happens all the time, by the stage that
// keeps them.
func hot() map[string]func(h *history, n int) {
	return map[string]func(h *history, n int){
		"voximplant": func(h *history, n int) { h.addCallback(1, n, time.Duration(n)*time.Second) },
		"uapay": func(h *history, n int) {
			at := time.Duration(n) * time.Second
			h.addPayment(7, "order-hot", at, []string{"NEW/OPEN", "PAID/PENDING", "FINISHED/FINISHED"}[n%3])
		},
		"lox24": func(h *history, n int) {
			v := &verification{h: h, n: 7, order: "order-hot", start: time.Duration(n) * time.Second, events: n}
			v.event("channel.sent", time.Second, 5, nil, v.attempt(1, "telegram", time.Second, 5))
		},
		// One order with a new payment again and again.
		"journey": func(h *history, n int) {
			h.addPayment(1000+n, "order-hot", time.Duration(n)*time.Second, "FINISHED/FINISHED")
		},
	}
}

// TestHotEntityCostsTheSame: what a record reads and writes does not grow with what
// its entity has seen.
func TestHotEntityCostsTheSame(t *testing.T) {
	t.Parallel()
	const records, window = 1200, 250
	for name, next := range hot() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			memory, err := processortest.NewMemory(processor.DefaultConfig(), deps(t), 1)
			if err != nil {
				t.Fatal(err)
			}
			var early, last enginetest.Work
			for n := range records {
				before := memory.Stage(name).Work(0)
				feedOne(t, memory, next, n)
				switch spent := since(memory.Stage(name).Work(0), before); {
				case n >= records-window:
					last = plus(last, spent)
				case n >= window && n < 2*window:
					early = plus(early, spent)
				}
			}
			if early.WrittenBytes == 0 || !constant(early, last) {
				t.Errorf("%d records of one entity: %+v for %d of the first, %+v for the last", records, early, window, last)
			}
		})
	}
}

func feedOne(tb testing.TB, memory *processortest.Memory, next func(*history, int), n int) {
	tb.Helper()
	h := &history{}
	next(h, n)
	for i := range h.records {
		if _, err := memory.Feed(h.records[i]); err != nil {
			tb.Fatal(err)
		}
	}
}

func since(now, before enginetest.Work) enginetest.Work {
	return enginetest.Work{
		Reads: now.Reads - before.Reads, ReadBytes: now.ReadBytes - before.ReadBytes, WrittenBytes: now.WrittenBytes - before.WrittenBytes,
	}
}

func plus(a, b enginetest.Work) enginetest.Work {
	return enginetest.Work{Reads: a.Reads + b.Reads, ReadBytes: a.ReadBytes + b.ReadBytes, WrittenBytes: a.WrittenBytes + b.WrittenBytes}
}

// constant says that the last records cost at most half as much again as the first.
func constant(early, last enginetest.Work) bool {
	return 2*last.Reads <= 3*early.Reads && 2*last.ReadBytes <= 3*early.ReadBytes && 2*last.WrittenBytes <= 3*early.WrittenBytes
}

// BenchmarkHotEntity feeds one entity of each kind:
//
//	go test ./processor -run '^$' -bench '^BenchmarkHotEntity$' -benchtime 1000000x
func BenchmarkHotEntity(b *testing.B) {
	for name, next := range hot() {
		if name == processor.StageJourney {
			continue // Memory looks at all entries to scan a few; the store does not
		}
		b.Run(name, func(b *testing.B) {
			config := processor.DefaultConfig()
			config.Stages = []string{name}
			memory, err := processortest.NewMemory(config, depsOf(b), 1)
			if err != nil {
				b.Fatal(err)
			}
			tenth := max(b.N/10, 1)
			var first, last time.Duration
			for n := range b.N {
				began := time.Now()
				feedOne(b, memory, next, n)
				switch took := time.Since(began); {
				case n < tenth:
					first += took
				case n >= b.N-tenth:
					last += took
				}
			}
			b.ReportMetric(float64(first.Nanoseconds())/float64(tenth), "ns-first-tenth")
			b.ReportMetric(float64(last.Nanoseconds())/float64(tenth), "ns-last-tenth")
		})
	}
}

// TestExitCode: what no restart mends has an exit code of its own.
func TestExitCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"anything":      {err: fmt.Errorf("worker: %w", errors.ErrUnsupported), want: 1},
		"disk full":     {err: fmt.Errorf("worker: %w", engine.ErrDiskFull), want: 74},
		"later release": {err: fmt.Errorf("worker: %w", stage.ErrNewerState), want: 65},
		"state lost":    {err: fmt.Errorf("worker: %w", engine.ErrStateLost), want: 65},
		"partitions":    {err: fmt.Errorf("worker: %w", engine.ErrPartitionCount), want: 65},
	} {
		if got := processor.ExitCode(c.err); got != c.want {
			t.Errorf("%s: ExitCode() = %d, want %d", name, got, c.want)
		}
	}
}
