package ingest_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// TestDrain ends what was accepted before it stops.
func TestDrain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	conn, err := net.Dial("tcp", r.service.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST "+loxPath+" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	buf := make([]byte, 64)
	if n, _ := conn.Read(buf); !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 100") {
		t.Fatalf("%q", buf[:n])
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.service.Stop(context.Background()) }()
	for !r.service.Health().Draining {
		select {
		case err := <-stopped:
			t.Fatalf("stopped with a request open: %v", err)
		default:
		}
	}
	_, _ = io.WriteString(conn, "{}")
	text, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 200 ") {
		t.Errorf("%.300s", text)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestStopWithoutKafka: a stop while Kafka takes nothing answers 503 to those who wait, and
// says how many records it gave up, long before the deadlines of the requests and of the
// stop.
func TestStopWithoutKafka(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline = 500 * time.Millisecond })
	r.net.cut(true)
	if a := r.lox("first"); a.code != http.StatusServiceUnavailable {
		t.Fatalf("%d", a.code)
	}
	began := time.Now()
	if err := r.service.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the stop took %s", took)
	}
}

// TestDrainManyAtOnce: of the requests that were accepted, whose bodies are still to
// come or whose records are still on their way, none is dropped.
func TestDrainManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	release := make(chan struct{})
	r.broker.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		<-release
		return nil, nil, false
	})
	const each = 10
	var wires []*wire
	for i := range 2 * each {
		w := r.wire()
		body := fmt.Sprintf(`{"data":{"id":"%04d"}}`, i)
		w.begin(loxPath, len(body))
		if i < each {
			w.say(body) // waits for the broker
		}
		wires = append(wires, w)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.service.Stop(context.Background()) }()
	for !r.service.Health().Draining {
		select {
		case err := <-stopped:
			t.Fatalf("stopped with requests open: %v", err)
		default:
		}
	}
	for i := each; i < 2*each; i++ {
		wires[i].say(fmt.Sprintf(`{"data":{"id":"%04d"}}`, i))
	}
	close(release)
	for i, w := range wires {
		if code, _ := w.code(); code != http.StatusOK {
			t.Errorf("request %d: %d", i, code)
		}
		w.closed()
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, record := range r.records(schemas.RawLOX24, 2*each) {
		seen[string(record.Key)] = true
	}
	if len(seen) != 2*each {
		t.Errorf("%d of %d records", len(seen), 2*each)
	}
	if conn, err := net.Dial("tcp", r.service.Addr()); err == nil {
		_ = conn.Close()
		t.Error("a connection was taken after the stop")
	}
}

// TestNo200WithoutRecord: while Kafka comes and goes, each 200 has its record in the
// topic, and each receipt names the right place.
func TestNo200WithoutRecord(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline = 600 * time.Millisecond })
	var (
		mu       sync.Mutex
		accepted = map[string]string{} // place by key
		codes    = map[int]int{}
	)
	var senders sync.WaitGroup
	for n := range 8 {
		senders.Go(func() {
			for i := range 40 {
				key := fmt.Sprintf("%d-%d", n, i)
				a := r.post(loxPath, `{"data":{"id":"`+key+`"}}`)
				mu.Lock()
				codes[a.code]++
				if a.code == http.StatusOK {
					accepted["lox24:"+key] = fmt.Sprint(a.parsed.Records[0].Partition, "/", a.parsed.Records[0].Offset)
				}
				mu.Unlock()
			}
		})
	}
	done := make(chan struct{})
	go func() { senders.Wait(); close(done) }()
	random := rand.New(rand.NewPCG(seed, 0))
	for away := false; ; away = !away {
		timer := time.NewTimer(time.Duration(random.IntN(300)) * time.Millisecond)
		select {
		case <-timer.C:
			r.net.cut(!away)
			continue
		case <-done:
			timer.Stop()
		}
		break
	}
	r.net.cut(false)
	if codes[http.StatusOK] == 0 || len(codes) > 2 || codes[http.StatusOK]+codes[http.StatusServiceUnavailable] != 320 {
		t.Errorf("answers: %v", codes)
	}
	t.Logf("answers: %v", codes)
	places := map[string][]string{}
	// Back again, it takes records without a restart.
	for i := 0; r.post(loxPath, fmt.Sprintf(`{"data":{"id":"end-%d"}}`, i)).code != http.StatusOK; i++ {
		if i == 20 {
			t.Fatal("Kafka is back, and no record is taken")
		}
	}
	for _, record := range r.records(schemas.RawLOX24, r.stored(schemas.RawLOX24)) {
		places[string(record.Key)] = append(places[string(record.Key)], fmt.Sprint(record.Partition, "/", record.Offset))
	}
	for key, place := range accepted {
		if got := places[key]; len(got) != 1 || got[0] != place {
			t.Errorf("%s was acknowledged at %s and lies at %v", key, place, got)
		}
	}
}
