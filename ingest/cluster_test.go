package ingest_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// admin does to the cluster what administrators do.
func (r *rig) admin() *kadm.Client {
	r.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

func (r *rig) lox(id string) answer {
	r.t.Helper()
	return r.post(loxPath, `{"data":{"id":"`+id+`"}}`)
}

// TestPartitionsAddedByAStranger: keys stay where the configured count puts them.
func TestPartitionsAddedByAStranger(t *testing.T) {
	t.Parallel()
	log := &lines{make(chan slog.Record, 1000)}
	r := newRigWith(t, nil, func(d *ingest.Deps) {
		d.Partitions = map[string]int32{schemas.RawLOX24: 2}
		d.Logger = slog.New(log)
		client, err := kgo.NewClient(d.Kafka...)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := kadm.NewClient(client).CreatePartitions(t.Context(), 3, "test."+schemas.RawLOX24); err != nil {
			t.Fatal(err)
		}
	})
	by := kgo.StickyKeyPartitioner(nil).ForTopic("any")
	for i := range 40 {
		id := fmt.Sprintf("v-%d", i)
		want := by.Partition(&kgo.Record{Key: []byte("lox24:" + id)}, 2)
		if a := r.lox(id); a.code != http.StatusOK || a.parsed.Records[0].Partition != int32(want) {
			t.Fatalf("%s: %d %s, want partition %d", id, a.code, a.body, want)
		}
	}
	for said := range log.said {
		if strings.HasPrefix(said.Message, "a raw topic has more partitions") {
			break
		}
	}
}

// TestTooFewPartitions: without the partition of a key its webhook is refused, and the
// probe says why.
func TestTooFewPartitions(t *testing.T) {
	t.Parallel()
	log := &lines{make(chan slog.Record, 1000)}
	newRigWith(t, func(c *ingest.Config) { c.AnswerDeadline = 300 * time.Millisecond }, func(d *ingest.Deps) {
		d.Partitions = map[string]int32{schemas.RawLOX24: 5}
		d.Logger = slog.New(log)
	})
	if message, kind := log.next(t); message != saidAway || kind != "too_few_partitions" {
		t.Errorf("%q, of kind %q", message, kind)
	}
}

// TestTopicMadeAnew: ingest forgets the id of a topic that was deleted and made anew,
// with webhooks coming or without.
func TestTopicMadeAnew(t *testing.T) {
	t.Parallel()
	for name, interval := range map[string]time.Duration{"probing": 20 * time.Millisecond, "not probing": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline, c.KafkaCheckInterval = 2*time.Second, interval })
			for _, id := range []string{"a", "b", "c", "d"} { // both partitions
				if a := r.lox(id); a.code != http.StatusOK {
					t.Fatalf("%d %s", a.code, a.body)
				}
			}
			admin := r.admin()
			for range 2 {
				if _, err := admin.DeleteTopics(t.Context(), "test."+schemas.RawLOX24); err != nil {
					t.Fatal(err)
				}
				if _, err := admin.CreateTopic(t.Context(), 2, 1, nil, "test."+schemas.RawLOX24); err != nil {
					t.Fatal(err)
				}
				refused := 0
				for began := time.Now(); r.lox("a").code != http.StatusOK; refused++ {
					if time.Since(began) > time.Minute {
						t.Fatalf("answered 503 for a minute, %d times:\n%s", refused, r.logs.String())
					}
				}
				t.Logf("%d webhooks were answered 503", refused)
				for _, id := range []string{"b", "c", "d"} {
					if a := r.lox(id); a.code != http.StatusOK {
						t.Errorf("after the first: %d %s", a.code, a.body)
					}
				}
			}
			if n, m := strings.Count(r.logs.String(), saidAway), strings.Count(r.logs.String(), saidBack); n > 2 || m != n {
				t.Errorf("%d lines say that Kafka is away, %d that it is back, want at most 2 and as many", n, m)
			}
		})
	}
}

// TestOneTopicAway: Kafka refuses one raw topic and takes another.
func TestOneTopicAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.KafkaCheckInterval = 20 * time.Millisecond })
	id := r.broker.TopicInfo("test." + schemas.RawLOX24).TopicID
	var well atomic.Bool
	r.broker.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		p, ok := request.(*kmsg.ProduceRequest)
		if !ok || well.Load() || len(p.Topics) != 1 || p.Topics[0].TopicID != id && p.Topics[0].Topic != "test."+schemas.RawLOX24 {
			return nil, nil, false
		}
		return refuse(request, kerr.InvalidTimestamp)
	})
	for range 10 {
		if a := r.lox("a"); a.code != http.StatusServiceUnavailable {
			t.Fatalf("lox24: %d %s", a.code, a.body)
		}
		if a := r.post("/v1/unibell/uni/"+uniSecret, `{"reference":"r","status":"X"}`); a.code != http.StatusOK {
			t.Fatalf("unibell: %d %s", a.code, a.body)
		}
	}
	const away = "tributary_ingest_kafka_away_seconds"
	if lox, uni := r.labelled(away, "test.raw.lox24.v1"), r.labelled(away, "test.raw.unibell.v1"); lox <= 0 || uni != 0 {
		t.Errorf("lox24 is away for %v, unibell for %v", lox, uni)
	}
	h := r.service.Health()
	if len(h.KafkaAway) != 1 || h.KafkaAway[0].Topic != "test.raw.lox24.v1" || h.KafkaAway[0].ErrorKind != "invalid_timestamp" || h.KafkaAwaySince == nil {
		t.Errorf("health: %+v", h)
	}
	well.Store(true)
	if a := r.lox("a"); a.code != http.StatusOK {
		t.Fatalf("lox24: %d %s", a.code, a.body)
	}
	if lox := r.labelled(away, "test.raw.lox24.v1"); lox != 0 {
		t.Errorf("lox24 is away for %v after it was taken", lox)
	}
	if n, m := strings.Count(r.logs.String(), saidAway), strings.Count(r.logs.String(), saidBack); n != 1 || m != 1 {
		t.Errorf("%d lines say that Kafka is away, %d that it is back, want one each", n, m)
	}
}

// TestSmallWebhooksOfALargeBatch: where the topic takes less than the batch that
// ingest made of them, small webhooks are taken one by one; 413 is for one that is too
// large by itself.
func TestSmallWebhooksOfALargeBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) {
		c.Linger, c.AnswerDeadline, c.Compression = 200*time.Millisecond, time.Minute, "none"
	})
	limit := "4000"
	set := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "max.message.bytes", Value: &limit}}
	if _, err := r.admin().AlterTopicConfigs(t.Context(), set, "test."+schemas.RawLOX24); err != nil {
		t.Fatal(err)
	}
	body := func(id string, size int) string {
		return `{"data":{"id":"` + id + `"},"x":"` + strings.Repeat("x", size) + `"}`
	}
	var senders sync.WaitGroup
	for i := range 40 {
		senders.Go(func() {
			if a := r.post(loxPath, body(strconv.Itoa(i), 700)); a.code != http.StatusOK {
				t.Errorf("%d %s", a.code, a.body)
			}
		})
	}
	senders.Wait()
	if n := r.stored(schemas.RawLOX24); n != 40 {
		t.Errorf("%d records, want 40", n)
	}
	if a := r.post(loxPath, body("large", 5000)); a.code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", a.code, a.body)
	}
	said := regexp.MustCompile("a raw topic takes smaller batches.*tributary topics diff.*test."+regexp.QuoteMeta(schemas.RawLOX24)).FindAllString(r.logs.String(), -1)
	if len(said) != 1 {
		t.Errorf("%d lines about the limit, want one that names the topic and how to see it:\n%s", len(said), r.logs.String())
	}
	if h := r.service.Health(); len(h.KafkaAway) > 0 {
		t.Errorf("health: %+v", h)
	}
}
