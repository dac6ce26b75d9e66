package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// due is a webhook and when it is to be sent.
type due struct {
	send *simulator.Send
	at   time.Time
}

// send sends the plan at the rate. Those of one order go over one connection, so that
// they keep their order.
func (b *way) send(ctx context.Context, plan *simulator.Plan) error {
	queues := make([]chan due, b.config.Connections)
	var group sync.WaitGroup
	var failed error
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for i := range queues {
		queues[i] = make(chan due, 4096)
		group.Go(func() {
			if err := b.carry(ctx, queues[i]); err != nil {
				cancel(err)
			}
		})
	}
	b.began = time.Now()
	b.readers.from(b.began.Add(b.config.Warm))
	for n := 0; ctx.Err() == nil; n++ {
		s, more := plan.Next()
		if !more {
			break
		}
		at := b.began.Add(time.Duration(float64(n) / b.config.Rate * float64(time.Second)))
		if pause := time.Until(at); pause >= time.Millisecond {
			failed = timespan.Wait(ctx, pause)
		}
		select {
		case queues[environment.Shard(s.Order, len(queues))] <- due{s, at}:
		case <-ctx.Done():
		}
		b.environment.Options.Progress.At(int64(n))
	}
	for _, q := range queues {
		close(q)
	}
	group.Wait()
	return errors.Join(failed, context.Cause(ctx))
}

// carry is one connection.
func (b *way) carry(ctx context.Context, queue <-chan due) error {
	s, err := loadgen.Dial(ctx, b.address)
	if err != nil {
		return err
	}
	defer s.Close()
	var text []byte
	for d := range queue {
		if ctx.Err() != nil {
			continue
		}
		body := d.send.Body(b.start, 0)
		status, err := s.Send(loadgen.EncodeRequest(d.send.Path(), d.send.Header(body, time.Now()), body), &text)
		switch {
		case err != nil:
			return err
		case status != http.StatusOK:
			return fmt.Errorf("ingest answered %d: %s", status, text)
		}
		if err := b.accepted(d, body, text); err != nil {
			return err
		}
	}
	return nil
}

// receipts is the body of ingest's 200.
type receipts struct {
	Records []place3 `json:"records"`
}

// accepted notes a webhook that was answered 200.
func (b *way) accepted(d due, body, text []byte) error {
	now := time.Now()
	var r receipts
	if err := json.Unmarshal(text, &r); err != nil || len(r.Records) != 1 {
		return fmt.Errorf("ingest's receipt is none of one record: %w", errors.Join(err, errors.New(string(text))))
	}
	b.readers.expect(d, r.Records[0], now)
	if d.at.After(b.began.Add(b.config.Warm)) {
		b.answered.Add(now.Sub(d.at))
	}
	c := simulator.Count{Webhooks: 1, Tries: 1, Accepted: 1, Digest: simulator.Digest(body)}
	if d.send.Repeat > 0 {
		c.Repeats = 1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := b.sent[d.send.Provider()]
	sum.Add(c)
	b.sent[d.send.Provider()] = sum
	return nil
}
