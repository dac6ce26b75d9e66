package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// hostileID sets the title, clears the screen, hides what follows, turns the direction
// of writing, has characters without width and forges a line.
const hostileID = "lox24:x\x1b]0;owned\x07\x1b[2J\x1b[8m\u009b31m\u202e\u200b\U000e0041\r\nforged: yes\x9b"

// TestHostileIDs: no command lets an id steer the terminal, forge a line or, with a
// time beyond the year 9999, end the output in its middle.
func TestHostileIDs(t *testing.T) {
	t.Parallel()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	path := hostileConfig(t, stack)
	command := func(args ...string) string {
		var out strings.Builder
		cli.Run(t.Context(), newRoot, append(args, "-c", path), &out, &out)
		return out.String()
	}
	if out := command("topics", "apply"); !strings.Contains(out, "created") {
		t.Fatal(out)
	}
	writeHostile(t, stack)
	for name, args := range map[string][]string{
		"list": {"deadletter", "list"}, "list as JSON": {"deadletter", "list", "--json"}, "show": {"deadletter", "show", "lox24/0/0"},
		"show unmasked": {"deadletter", "show", "lox24/0/0", "--unmask"}, "stats": {"deadletter", "stats"}, "trace": {"trace", hostileID},
		"trace as JSON": {"trace", hostileID, "--json"}, "trace of nothing": {"trace", hostileID + "2"}, "audit": {"audit"}, "lag": {"lag", "--window", "1s", "--all"},
		"tail": {"tail", schemas.EnrichedJourneys}, "tail of bodies": {"tail", schemas.DeadLetterLOX24, "--bodies"}, "forget": {"forget", hostileID},
		"an error": {hostileID}, "an error of a flag": {"audit", "--" + hostileID}, "an argument": {"version", hostileID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := command(args...)
			if at := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); at >= 0 {
				t.Errorf("steers the terminal at %q", out[max(at-60, 0):min(at+20, len(out))])
			}
			if strings.Contains(out, "\nforged") || strings.Contains(out, "\n│ forged") {
				t.Errorf("has a forged line:\n%s", out)
			}
			if out == "" {
				t.Error("says nothing")
			}
		})
	}
	t.Run("every dead letter as JSON", func(t *testing.T) {
		t.Parallel()
		var out strings.Builder
		if code := cli.Run(t.Context(), newRoot, []string{"deadletter", "list", "--json", "-c", path}, &out, io.Discard); code != cli.ExitOK {
			t.Errorf("exit code %d", code)
		}
		var received []string
		for line := range strings.Lines(out.String()) {
			var l struct {
				Key      string `json:"key"`
				Received string `json:"received_at"`
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatalf("%v in %q", err, line)
			}
			received = append(received, l.Received)
		}
		if len(received) != 2 || received[0] != "9999-12-31T23:59:59.999Z" {
			t.Errorf("received_at = %q", received)
		}
	})
}

func hostileConfig(t *testing.T, stack *embedded.Stack) string {
	t.Helper()
	path := t.TempDir() + "/tributary.yaml"
	text := "kafka: {brokers: [\"" + strings.Join(stack.Brokers(), `","`) + "\"]}\nregistry: {urls: [\"" + stack.RegistryURL() + "\"]}\n" +
		"topics: {partitions: 1, replication_factor: 1, min_insync_replicas: 1}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeHostile writes two dead letters, the first of them received in the year 10000,
// and a journey's snapshot.
func writeHostile(t *testing.T, stack *embedded.Stack) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(stack.Brokers()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	letter := func(received string) *kgo.Record {
		return &kgo.Record{Topic: schemas.DeadLetterLOX24, Key: []byte(hostileID), Value: []byte(`{"id": "` + hostileID + `"}`), Headers: []kgo.RecordHeader{
			{Key: raw.HeaderReceivedAt, Value: []byte(received)},
			{Key: raw.HeaderSource, Value: []byte(hostileID)},
			{Key: raw.HeaderRequestID, Value: []byte(hostileID)},
			{Key: dlq.HeaderCause, Value: []byte("undecodable")},
			{Key: dlq.HeaderDetail, Value: []byte("detail " + hostileID)},
			{Key: dlq.HeaderStage, Value: []byte("lox24")},
			{Key: dlq.HeaderVersion, Value: []byte(hostileID)},
			{Key: dlq.HeaderTopic, Value: []byte(schemas.RawLOX24)},
			{Key: dlq.HeaderPartition, Value: []byte("0")},
			{Key: dlq.HeaderOffset, Value: []byte("7")},
		}}
	}
	id := strings.ToValidUTF8(hostileID, "")
	snapshot := &avro.JourneySnapshot{JourneyID: id, CorrelationID: id, CreatedAt: time.Unix(0, 0).UTC(), Revision: 1, ProcessedAt: time.Unix(0, 0).UTC()}
	value, err := snapshot.AppendAvro(wire.AppendPlaceholder(nil))
	if err != nil {
		t.Fatal(err)
	}
	journey := &kgo.Record{Topic: schemas.EnrichedJourneys, Key: []byte(id), Value: value}
	if err := client.ProduceSync(t.Context(), letter("253402300800000"), letter("1767225600000"), journey).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
