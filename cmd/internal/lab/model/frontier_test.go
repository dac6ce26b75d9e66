package model_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The seeds are held out: nothing was tuned on them.
var (
	firstSeed = flag.Uint64("first", 9000, "the first seed of the markets")
	seeds     = flag.Uint64("seeds", 3, "how many markets are played")
)

// object is the body of a webhook.
type object = map[string]any

// ordered is a code as the events tell it.
type ordered struct {
	id       string
	at       time.Time
	timeout  int
	events   int
	attempts []object
	out      *[]stage.Input
	t        *testing.T
}

// event adds an event after some seconds.
func (c *ordered) event(name string, after, status int, channel object) {
	c.events++
	at := c.at.Add(time.Duration(after) * time.Second)
	data := object{
		"id": c.id, "user_id": 1, "phone": "+4915112345678", "status": status, "currency": "EUR", "created_at": c.at.Unix(), "updated_at": at.Unix(),
		"routing_strategy": []object{{"channel": "telegram", "timeout_sec": c.timeout, "sender_id": "x"}, {"channel": "sms", "timeout_sec": 60, "sender_id": "x"}},
		"history":          slices.Clone(c.attempts), "is_code_deleted": false,
	}
	if channel != nil {
		data["channel"] = channel
	}
	value, err := json.Marshal(object{
		"id": fmt.Sprintf("%s-%d", c.id, c.events), "api_version": "2022-05-25", "name": "verify_code." + name, "created_at": at.Unix(), "attempt_total": 3, "attempt_number": 1, "data": data,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	e := raw.Envelope{
		Provider: raw.ProviderLOX24, Source: "lox24", SecretID: "first", ContentType: "application/json", Kind: raw.KindWebhook, ReceivedAt: at.Add(time.Second),
		RequestID: fmt.Sprint(c.id, c.events), Assurance: raw.AssuranceSharedSecret,
	}
	*c.out = append(*c.out, stage.Input{Topic: schemas.RawLOX24, Key: []byte("lox24:" + c.id), Value: value, Headers: raw.Append[stage.Header](nil, &e), Timestamp: e.ReceivedAt})
}

// begin begins an attempt, end ends it.
func (c *ordered) begin(channel string, after int) {
	attempt := object{"id": fmt.Sprintf("%s-a%d", c.id, len(c.attempts)), "channel": channel, "status": 5, "processed_at": c.at.Unix() + int64(after), "external_id": "x"}
	c.attempts = append(c.attempts, attempt)
	c.event("channel.sent", after, 5, attempt)
}

func (c *ordered) end(after, status, cost int) {
	last := len(c.attempts) - 1
	name := map[int]string{10: "channel.success", 20: "channel.failed"}[status]
	attempt := object{"id": c.attempts[last]["id"], "channel": c.attempts[last]["channel"], "status": status, "processed_at": c.at.Unix() + int64(after), "external_id": "x", "cost": cost}
	c.attempts[last] = attempt
	c.event(name, after, 5, attempt)
}

// marketOf draws the webhooks of a day on which the wait for Telegram is too long or too short: some codes are
// confirmed after some seconds, some fail, most are given up, and fewer users wait the longer it takes.
func marketOf(t *testing.T, seed uint64) (out []stage.Input) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 4))
	patience, quick, timeouts := 40+random.Float64()*300, 2+random.ExpFloat64()*10, [][]int{{60}, {40, 60}, {120}, {30, 90}}[random.IntN(4)]
	for n := range 320 {
		c := &ordered{id: fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n), at: noon(time.Duration(n) * 2 * time.Minute), timeout: timeouts[random.IntN(len(timeouts))], out: &out, t: t}
		c.begin("telegram", 1)
		confirmed, leaves := int(2+random.ExpFloat64()*quick), int(random.ExpFloat64()*patience)
		over := 1 + c.timeout
		switch random.IntN(5) {
		case 0, 1:
			if confirmed < over {
				c.end(confirmed, 10, 1)
				if random.IntN(8) > 0 {
					c.event("success", confirmed+random.IntN(90), 10, nil)
				}
				continue
			}
		case 2:
			over = 3 + random.IntN(9)
		}
		c.end(over, 20, 1)
		c.begin("sms", over+1)
		if leaves > over {
			c.end(over+5, 10, 8)
			c.event("success", over+20, 10, nil)
		} else {
			c.end(over+5, 20, 8)
			c.event("failed", over+6, 20, nil)
		}
	}
	slices.SortStableFunc(out, func(a, b stage.Input) int { return a.Timestamp.Compare(b.Timestamp) })
	return out
}

// TestFrontierIsThatOfTheCodes: the claims about waits have the figures that the codes give, and each
// figure that is changed is noticed.
func TestFrontierIsThatOfTheCodes(t *testing.T) {
	t.Parallel()
	sources := []source.Source{{ID: "lox24", Provider: raw.ProviderLOX24}}
	pseudonymiser, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}})
	if err != nil {
		t.Fatal(err)
	}
	claimed := 0
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		memory, err := processortest.NewMemory(processor.DefaultConfig(), processor.Deps{Privacy: pseudonymiser, Sources: sources}, 1)
		if err != nil {
			t.Fatal(err)
		}
		m := model.New(model.Settings{Sources: sources, Span: 72 * time.Hour, Grace: 5 * time.Minute, Least: time.Hour}, simulator.Digest)
		var signals claims.Signals
		take := func(outputs []stage.Output, err error) {
			for i := range outputs {
				if err == nil {
					err = addSignal(&signals, &outputs[i])
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		all := marketOf(t, seed)
		for i := range all {
			r := &kgo.Record{Key: all[i].Key, Value: slices.Clone(all[i].Value)}
			for _, h := range all[i].Headers {
				r.Headers = append(r.Headers, kgo.RecordHeader(h))
			}
			if err := m.Add(schemas.RawLOX24, r); err != nil {
				t.Fatal(err)
			}
			take(memory.Feed(all[i]))
		}
		end := all[len(all)-1].Timestamp.Add(4 * time.Hour)
		for at := all[len(all)-1].Timestamp; at.Before(end); at = at.Add(20 * time.Minute) {
			take(memory.AdvanceTo(at))
		}
		take(memory.AdvanceTo(end))
		open := signals.Open(avro.SignalKindFallbackFrontier)
		got := m.Frontiers(open, end, end)
		if got.Different > 0 || got.Undecided > 0 || len(signals.Breaches) > 0 {
			t.Errorf("seed %d: %+v %v", seed, got, signals.Breaches)
		}
		for key, s := range open {
			claimed++
			for i := range s.Evidence {
				wrong := *s
				wrong.Evidence = slices.Clone(s.Evidence)
				wrong.Evidence[i].Value.Value = 1.02*wrong.Evidence[i].Value.Value + 1
				if got := m.Frontiers(map[string]*avro.Signal{key: &wrong}, end, end); got.Different == 0 {
					t.Errorf("seed %d: a wrong %s is not noticed", seed, s.Evidence[i].Name)
				}
			}
			t.Logf("seed %d: %s", seed, s.Claim)
		}
	}
	if claimed == 0 {
		t.Error("no market has a claim: the seeds try nothing")
	}
}

// addSignal keeps a signal among outputs.
func addSignal(signals *claims.Signals, o *stage.Output) error {
	switch {
	case strings.HasPrefix(o.Topic, "deadletter."):
		return fmt.Errorf("a dead letter: %q", o.Headers)
	case o.Topic != schemas.Signals:
		return nil
	case o.Value == nil:
		signals.Add(string(o.Key), nil)
		return nil
	}
	s := &avro.Signal{}
	_, body, err := wire.Parse(o.Value)
	if err == nil {
		err = s.DecodeAvro(body)
	}
	signals.Add(string(o.Key), s)
	return err
}
