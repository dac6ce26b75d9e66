package deadletter_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor/known"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// lines is a log that a test reads beside the processor.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestASourceThatOnlyIngestKnows: two shops have an order 777. One was added at ingest
// and not yet at the processor, then one is changed in the same way. Nothing of theirs is
// decoded with other settings than their own; after SIGHUP and a replay all is there,
// each once, and the two orders are two journeys.
func TestASourceThatOnlyIngestKnows(t *testing.T) {
	t.Parallel()
	s, log := tracetest.Start(t), &lines{}
	s.Logger = slog.New(slog.NewTextHandler(log, nil))
	s.Run(t)
	first := s.Verification(t, 1, "777", 1, "success", 10)
	kiosk := source.Source{ID: "kiosk", Provider: "lox24", Namespace: "kiosk", Revision: 1}
	// like is the body of a verification, made one of another.
	like := func(body []byte, from, to int) []byte {
		for of, is := range map[string]string{
			strings.TrimPrefix(tracetest.VerificationKey(from), "lox24:"): strings.TrimPrefix(tracetest.VerificationKey(to), "lox24:"),
			tracetest.EventID(from, 1):                                    tracetest.EventID(to, 1),
		} {
			body = bytes.ReplaceAll(body, []byte(of), []byte(is))
		}
		return body
	}
	body := like(first.Value, 1, 2)
	for range 2 { // the provider sends it twice
		s.WebhookOf(t, &kiosk, tracetest.VerificationKey(2), body)
	}
	cause := func(r *kgo.Record) string {
		for _, h := range r.Headers {
			if h.Key == dlq.HeaderCause {
				return string(h.Value)
			}
		}
		return ""
	}
	s.Await(t, schemas.DeadLetterLOX24, func(r *kgo.Record) bool { return cause(r) == string(known.CauseUnknownSource) })
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "777" })
	s.Closes(t)
	if n := strings.Count(log.String(), "does not know the source kiosk"); n != 1 {
		t.Errorf("%d warnings of the source, want one:\n%s", n, log)
	}

	s.Sources = append(s.Sources, kiosk)
	if err := s.Refresh(t); err != nil {
		t.Fatal(err)
	}
	replay := func(want int64) {
		t.Helper()
		filter := deadletter.Filter{Causes: []string{string(known.CauseUnknownSource)}}
		done, err := deadletter.NewReplayer(deadletter.NewReader(s.Kafka, s.Names), deadletter.Replay{Filter: filter, By: "anna", Rate: 1e6, Rounds: 3}).Run(t.Context())
		if err != nil || done.Sent != want {
			t.Fatalf("replayed %+v, %v; want %d", done, err, want)
		}
	}
	replay(2)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "kiosk:777" })
	s.Await(t, schemas.Duplicates, func(r *kgo.Record) bool { return string(r.Key) == tracetest.VerificationKey(2) })
	s.Closes(t)

	// Changed: the order stands elsewhere now, which only ingest knows.
	changed := kiosk
	changed.Revision, changed.Correlation = 2, []source.Correlation{{Field: "payload", Pointer: "/order"}}
	payload, err := json.Marshal(`{"order":"778"}`)
	if err != nil {
		t.Fatal(err)
	}
	s.WebhookOf(t, &changed, tracetest.VerificationKey(3), bytes.ReplaceAll(like(body, 2, 3), []byte(`"777"`), payload))
	s.Await(t, schemas.DeadLetterLOX24, func(r *kgo.Record) bool {
		return cause(r) == string(known.CauseUnknownSource) && string(r.Key) == tracetest.VerificationKey(3)
	})
	unraised := changed
	unraised.Revision = 1
	s.Sources[len(s.Sources)-1] = unraised
	if err := s.Refresh(t); err == nil || !strings.Contains(err.Error(), "raise the revision to 2") {
		t.Errorf("a change without a higher revision: %v", err)
	}
	s.Sources[len(s.Sources)-1] = changed
	if err := s.Refresh(t); err != nil {
		t.Fatal(err)
	}
	replay(1)
	r := s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "kiosk:778" })
	var j avro.JourneySnapshot
	_, value, err := wire.Parse(r.Value)
	if err == nil {
		err = j.DecodeAvro(value)
	}
	if err != nil || j.Verifications != 1 {
		t.Errorf("journey %+v, %v; want one verification", j, err)
	}
	s.Closes(t)
	s.Sources = nil
	if err := s.Refresh(t); err == nil || !strings.Contains(err.Error(), "empty or cut") {
		t.Errorf("no sources at all: %v", err)
	}
	s.Verification(t, 4, "779", 1, "success", 10)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "779" })
}
