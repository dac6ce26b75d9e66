package ingest_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
)

// lines is a log whose lines can be awaited.
type lines struct{ said chan slog.Record }

func (*lines) Enabled(context.Context, slog.Level) bool { return true }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *lines) WithGroup(string) slog.Handler          { return l }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.said <- r
	return nil
}

// next returns the next line about Kafka: its message's first words and its kind.
func (l *lines) next(t *testing.T) (message, kind string) {
	t.Helper()
	for {
		select {
		case r := <-l.said:
			if !strings.HasPrefix(r.Message, "kafka ") {
				continue
			}
			r.Attrs(func(a slog.Attr) bool {
				if a.Key == "error_kind" {
					kind = a.Value.String()
				}
				return true
			})
			message, _, _ = strings.Cut(r.Message, ":")
			return message, kind
		case <-time.After(time.Minute):
			t.Fatal("nothing more is said of Kafka")
		}
	}
}

const (
	saidAway = "kafka does not take records"
	saidBack = "kafka takes records again"
)

// checkedRig asks often, and its log can be awaited. The deadline is that for Kafka's
// answers: a long one where a slow machine must not look like an absent Kafka.
func checkedRig(t *testing.T, deadline time.Duration) (*rig, *lines) {
	t.Helper()
	log := &lines{make(chan slog.Record, 1000)}
	return newRigWith(t, func(c *ingest.Config) {
		c.AnswerDeadline, c.KafkaCheckInterval = deadline, 20*time.Millisecond
	}, func(d *ingest.Deps) { d.Logger = slog.New(log) }), log
}

// TestCheckWithoutWebhooks: that Kafka goes, and comes back, is known without any.
func TestCheckWithoutWebhooks(t *testing.T) {
	t.Parallel()
	r, log := checkedRig(t, 2*time.Second)
	for range 2 {
		began := time.Now()
		r.net.cut(true)
		if message, kind := log.next(t); message != saidAway || kind == "" {
			t.Fatalf("%q, of kind %q", message, kind)
		}
		if h := r.service.Health(); !h.Ready || h.KafkaAwaySince == nil || h.KafkaAwaySince.Before(began) || h.LastErrorKind != "other" {
			t.Errorf("health while away: %+v", h)
		}
		if r.gauge("tributary_ingest_kafka_away_seconds") <= 0 {
			t.Error("the metric does not tell")
		}
		r.net.cut(false)
		if message, _ := log.next(t); message != saidBack {
			t.Fatalf("%q", message)
		}
		if h := r.service.Health(); h.KafkaAwaySince != nil || h.KafkaAwaySeconds != 0 {
			t.Errorf("health when back: %+v", h)
		}
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("%d %s", a.code, a.body)
	}
}

// TestCheckFromTheStart: a process that starts without Kafka knows.
func TestCheckFromTheStart(t *testing.T) {
	t.Parallel()
	log := &lines{make(chan slog.Record, 1000)}
	newRigWith(t, func(c *ingest.Config) { c.AnswerDeadline = 500 * time.Millisecond }, func(d *ingest.Deps) {
		d.Logger = slog.New(log)
		d.Kafka = []kgo.Opt{kgo.SeedBrokers("127.0.0.1:1")}
	})
	if message, kind := log.next(t); message != saidAway || kind != "connection_refused" {
		t.Errorf("%q, of kind %q", message, kind)
	}
}

// TestCheckOfTopics: a broker that is there without the raw topics takes no record.
func TestCheckOfTopics(t *testing.T) {
	t.Parallel()
	r, log := checkedRig(t, 20*time.Second)
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	if _, err := admin.DeleteTopics(t.Context(), "test.raw.uapay.v1"); err != nil {
		t.Fatal(err)
	}
	if message, kind := log.next(t); message != saidAway || kind != "unknown_topic_or_partition" {
		t.Fatalf("%q, of kind %q", message, kind)
	}
	if _, err := admin.CreateTopic(t.Context(), 2, 1, nil, "test.raw.uapay.v1"); err != nil {
		t.Fatal(err)
	}
	if message, _ := log.next(t); message != saidBack {
		t.Errorf("%q", message)
	}
}

// TestCheckHidesNothing: a question that gets no answer in time does not hide what an earlier one found: the
// topic that is missing is away for that reason, and no other is.
func TestCheckHidesNothing(t *testing.T) {
	t.Parallel()
	r, log := checkedRig(t, 2*time.Second)
	admin, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	// The first question after the deletion is answered, the others are not.
	var deleted atomic.Bool
	release := make(chan struct{})
	defer close(release)
	answered := false
	r.broker.ControlKey(int16(kmsg.Metadata), func(kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		if deleted.Load() {
			if answered {
				r.broker.SleepControl(func() { <-release })
			}
			answered = true
		}
		return nil, nil, false
	})
	if _, err := kadm.NewClient(admin).DeleteTopics(t.Context(), "test.raw.uapay.v1"); err != nil {
		t.Fatal(err)
	}
	deleted.Store(true)
	for {
		said := <-log.said
		if !strings.HasPrefix(said.Message, saidAway) {
			continue
		}
		said.Attrs(func(a slog.Attr) bool {
			if want := map[string]string{"topics": "[test.raw.uapay.v1]", "error_kind": "unknown_topic_or_partition"}[a.Key]; want != "" && a.Value.String() != want {
				t.Errorf("%s = %s, want %s", a.Key, a.Value, want)
			}
			return true
		})
		return
	}
}

// TestCheckDoesNotOverrule: what refuses records and answers questions is away until a
// record is taken.
func TestCheckDoesNotOverrule(t *testing.T) {
	t.Parallel()
	r, log := checkedRig(t, 20*time.Second)
	var taken atomic.Bool
	r.broker.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		if taken.Load() {
			return nil, nil, false
		}
		return refuse(request, kerr.InvalidRequiredAcks)
	})
	if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if message, kind := log.next(t); message != saidAway || kind != "invalid_required_acks" {
		t.Fatalf("%q, of kind %q", message, kind)
	}
	// Several questions are answered meanwhile.
	asked := make(chan struct{})
	n := 0
	r.broker.ControlKey(int16(kmsg.Metadata), func(kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		n++
		if n == 5 {
			close(asked)
		}
		return nil, nil, false
	})
	<-asked
	if h := r.service.Health(); h.KafkaAwaySince == nil {
		t.Error("an answered question made it well")
	}
	taken.Store(true)
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if message, _ := log.next(t); message != saidBack {
		t.Errorf("%q", message)
	}
}

// TestCheckNever: with an interval of zero nobody asks.
func TestCheckNever(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline, c.KafkaCheckInterval = 300*time.Millisecond, 0 })
	r.net.cut(true)
	if h := r.service.Health(); h.KafkaAwaySince != nil || h.LastErrorKind != "" {
		t.Errorf("%+v", h)
	}
}
