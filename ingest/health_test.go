package ingest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
)

// TestHealthWhileAway: ingest is ready, and says since when and of what kind.
func TestHealthWhileAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline, c.KafkaCheckInterval = time.Second, 0 })
	if h := r.service.Health(); !h.Ready || h.LastErrorKind != "" || h.AckP50Seconds != 0 || h.KafkaAwaySince != nil {
		t.Errorf("before the first: %+v", h)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if h := r.service.Health(); h.AckP50Seconds <= 0 || h.AckP99Seconds < h.AckP50Seconds || h.BufferedRecords != 0 {
		t.Errorf("after it: %+v", h)
	}
	r.net.fail(fmt.Errorf("dial secret.example: %w", syscall.ECONNREFUSED))
	began := time.Now()
	if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable {
		t.Fatalf("%d %s", a.code, a.body)
	}
	h := r.service.Health()
	if !h.Ready || h.KafkaAwaySince == nil || h.KafkaAwaySince.Before(began) || h.KafkaAwaySeconds <= 0 ||
		h.LastErrorKind != "connection_refused" || h.LastErrorAt == nil || h.LastErrorAt.Before(began) {
		t.Errorf("away: %+v", h)
	}
	text, err := json.Marshal(h)
	if err != nil || strings.Contains(string(text), "secret.example") || !strings.Contains(string(text), `"last_error_kind":"connection_refused"`) {
		t.Errorf("%s %v", text, err)
	}
	if r.counter("tributary_ingest_kafka_errors_total", map[string]string{"kind": "connection_refused"}) == 0 ||
		r.counter("tributary_ingest_kafka_errors_total", map[string]string{"kind": "timeout"}) == 0 {
		t.Error("the errors were not counted")
	}
	if log := r.logs.String(); strings.Count(log, "kafka does not take records") != 1 || !strings.Contains(log, "error_kind=connection_refused") ||
		strings.Contains(log, "secret.example") {
		t.Errorf("the log does not say once what is wrong: %s", log)
	}
	r.net.cut(false)
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Fatalf("back: %d %s", a.code, a.body)
	}
	if log := r.logs.String(); strings.Count(log, "kafka takes records again") != 1 {
		t.Errorf("the log does not say that it is over: %s", log)
	}
	if h := r.service.Health(); h.KafkaAwaySince != nil || h.KafkaAwaySeconds != 0 || h.LastErrorKind != "connection_refused" {
		t.Errorf("back: %+v", h)
	}
}

// TestHealthKinds: what Kafka says is told in its own words, and the rest in ours.
func TestHealthKinds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dial   error
		answer *kerr.Error
		want   string
	}{
		"replicas": {nil, kerr.InvalidRequiredAcks, "invalid_required_acks"},
		"auth":     {nil, kerr.TopicAuthorizationFailed, "topic_authorization_failed"},
		"other":    {errors.New("a text with a secret"), nil, "other"},
		"reset":    {syscall.ECONNRESET, nil, "connection_closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) { cfg.AnswerDeadline = time.Second })
			if c.dial != nil {
				r.net.fail(c.dial)
			} else {
				r.produceFails(c.answer)
			}
			if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable {
				t.Errorf("%d %s", a.code, a.body)
			}
			if h := r.service.Health(); h.LastErrorKind != c.want || !h.Ready {
				t.Errorf("%+v, want %s", h, c.want)
			}
		})
	}
}

// TestHealthBuffered counts what waits for Kafka.
func TestHealthBuffered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	release, asked := make(chan struct{}), make(chan struct{}, 1)
	r.broker.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		asked <- struct{}{}
		<-release
		return nil, nil, false
	})
	done := make(chan answer, 1)
	go func() { done <- r.post(loxPath, `{"data":{"id":"1"}}`) }()
	<-asked
	if h := r.service.Health(); h.BufferedRecords != 1 || h.BufferedBytes == 0 {
		t.Errorf("%+v", h)
	}
	close(release)
	if a := <-done; a.code != http.StatusOK {
		t.Errorf("%d %s", a.code, a.body)
	}
	// The client counts a record out just after it has told of it.
	for h := r.service.Health(); h.BufferedRecords != 0 || h.BufferedBytes != 0; h = r.service.Health() {
		if t.Context().Err() != nil {
			t.Fatalf("%+v", h)
		}
		runtime.Gosched()
	}
}

// produceFails makes the broker refuse records.
func (r *rig) produceFails(with *kerr.Error) {
	r.t.Helper()
	r.broker.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		return refuse(request, with)
	})
}

// refuse answers a produce request with an error for each partition.
//
//nolint:revive // the order is that of the broker's control function
func refuse(request kmsg.Request, with *kerr.Error) (kmsg.Response, error, bool) {
	p, ok := request.(*kmsg.ProduceRequest)
	if !ok {
		return nil, nil, false
	}
	response := kmsg.NewPtrProduceResponse()
	response.SetVersion(p.GetVersion())
	for _, topic := range p.Topics {
		rt := kmsg.NewProduceResponseTopic()
		rt.Topic, rt.TopicID = topic.Topic, topic.TopicID
		for _, partition := range topic.Partitions {
			rp := kmsg.NewProduceResponseTopicPartition()
			rp.Partition, rp.ErrorCode = partition.Partition, with.Code
			rt.Partitions = append(rt.Partitions, rp)
		}
		response.Topics = append(response.Topics, rt)
	}
	return response, nil, true
}
