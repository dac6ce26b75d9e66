package tail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/registry"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const topic = "things"

const schema = `{"type":"record","name":"Thing","fields":[
	{"name":"id","type":"string"},{"name":"phase","type":["null","string"]},
	{"name":"parts","type":{"type":"array","items":{"type":"record","name":"Part","fields":[{"name":"size","type":"long"}]}}}]}`

// schemaOf knows one schema, id 7; id 8 is one nobody can parse, and at 9 the registry
// is away.
func schemaOf(_ context.Context, id uint32) (string, error) {
	switch id {
	case 7:
		return schema, nil
	case 8:
		return `{"type":`, nil
	case 9:
		return "", fmt.Errorf("schema id 9: %w", registry.ErrUnavailable)
	}
	return "", fmt.Errorf("schema id %d: %w", id, registry.ErrNotRegistered)
}

func thing(t *testing.T, id, phase string, size int64) []byte {
	t.Helper()
	c, err := codec.New().Get(schema)
	if err != nil {
		t.Fatal(err)
	}
	value, err := c.Encode(wire.AppendPlaceholder(nil), map[string]any{
		"id": id, "phase": map[string]any{"string": phase}, "parts": []any{map[string]any{"size": size}},
	})
	if err != nil {
		t.Fatal(err)
	}
	wire.Put(value, 7)
	return value
}

// topicOf makes a topic of one partition that holds the values, the first of the year
// 2001, each a day later, and returns its cluster.
func topicOf(t *testing.T, values ...[]byte) []kgo.Opt {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	cluster := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...)}
	client, err := kgo.NewClient(append(cluster, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	for i, value := range values {
		record := &kgo.Record{
			Topic: topic, Partition: 0, Key: fmt.Appendf(nil, "k%d", i), Value: value, Timestamp: day(i),
			Headers: []kgo.RecordHeader{{Key: "n", Value: fmt.Append(nil, i)}},
		}
		if err := client.ProduceSync(t.Context(), record).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return cluster
}

func day(i int) time.Time { return time.Date(2001, 1, 1+i, 0, 0, 0, 0, time.UTC) }

type line struct {
	Key     string            `json:"key"`
	Value   json.RawMessage   `json:"value"`
	Error   string            `json:"error"`
	Headers map[string]string `json:"headers"`
}

func read(t *testing.T, cluster []kgo.Opt, o tail.Options) ([]line, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	o.Topics = []string{topic}
	var out bytes.Buffer
	failed := tail.Run(ctx, cluster, o, schemaOf, &out)
	if ctx.Err() != nil {
		t.Fatal("it did not end")
	}
	var lines []line
	for text := range strings.Lines(out.String()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%q is no line of JSON: %v", text, err)
		}
		lines = append(lines, l)
	}
	return lines, failed
}

func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	cluster := topicOf(t, thing(t, "a", "NEW", 1), thing(t, "b", "PAID", 20_000_000_000), thing(t, "c", "NEW", 3), nil)
	for name, c := range map[string]struct {
		options tail.Options
		want    []string
	}{
		"all":                     {tail.Options{FromOffset: -1}, []string{"k0", "k1", "k2", "k3"}},
		"a key":                   {tail.Options{FromOffset: -1, Key: "k2"}, []string{"k2"}},
		"a key nobody has":        {tail.Options{FromOffset: -1, Key: "k"}, nil},
		"a field":                 {tail.Options{FromOffset: -1, Fields: []string{"phase=NEW"}}, []string{"k0", "k2"}},
		"two fields":              {tail.Options{FromOffset: -1, Fields: []string{"phase=NEW", "id=c"}}, []string{"k2"}},
		"a field in a list":       {tail.Options{FromOffset: -1, Fields: []string{"parts.0.size=3"}}, []string{"k2"}},
		"a number of many digits": {tail.Options{FromOffset: -1, Fields: []string{"parts.0.size=20000000000"}}, []string{"k1"}},
		"beyond a list's end":     {tail.Options{FromOffset: -1, Fields: []string{"parts.1.size=3"}}, nil},
		"a field nobody has":      {tail.Options{FromOffset: -1, Fields: []string{"colour=red"}}, nil},
		"an offset":               {tail.Options{FromOffset: 2}, []string{"k2", "k3"}},
		"the end":                 {tail.Options{FromOffset: 4}, nil},
		"beyond the end":          {tail.Options{FromOffset: 400}, nil},
		"a time":                  {tail.Options{FromOffset: -1, FromTime: day(2)}, []string{"k2", "k3"}},
		"a time between":          {tail.Options{FromOffset: -1, FromTime: day(0).Add(time.Second)}, []string{"k1", "k2", "k3"}},
		"a time after all":        {tail.Options{FromOffset: -1, FromTime: day(9)}, nil},
		"so many":                 {tail.Options{FromOffset: -1, Limit: 3}, []string{"k0", "k1", "k2"}},
		"so many, followed":       {tail.Options{FromOffset: -1, Limit: 4, Follow: true}, []string{"k0", "k1", "k2", "k3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Partition = -1
			lines, err := read(t, cluster, c.options)
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, l := range lines {
				keys = append(keys, l.Key)
			}
			if d := cmp.Diff(c.want, keys); d != "" {
				t.Errorf("keys (-want +got):\n%s", d)
			}
		})
	}
}

func TestALine(t *testing.T) {
	t.Parallel()
	lines, err := read(t, topicOf(t, thing(t, "a", "NEW", 1), nil), tail.Options{Partition: -1, FromOffset: -1})
	if err != nil {
		t.Fatal(err)
	}
	want := []line{
		{Key: "k0", Value: json.RawMessage(`{"id":"a","phase":"NEW","parts":[{"size":1}]}`), Headers: map[string]string{"n": "0"}},
		{Key: "k1", Value: json.RawMessage(`null`), Headers: map[string]string{"n": "1"}},
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("lines (-want +got):\n%s", d)
	}
}

// TestABadRecordHidesNoOther: whatever a producer wrote, what follows is shown, and the
// end says that something was not.
func TestABadRecordHidesNoOther(t *testing.T) {
	t.Parallel()
	good := thing(t, "good", "NEW", 1)
	for name, c := range map[string]struct {
		value []byte
		says  string
	}{
		"a schema nobody knows":         {[]byte{0, 0, 0, 0, 77, 1}, "schema 77: "},
		"a schema nobody can parse":     {[]byte{0, 0, 0, 0, 8, 1}, "schema 8: "},
		"an end too soon":               {good[:len(good)-1], "value of schema 7: "},
		"nothing after the id":          {[]byte{0, 0, 0, 0, 7}, "value of schema 7: "},
		"bytes after the end":           {append(bytes.Clone(good), 1, 2, 3), "value of schema 7: "},
		"a string of two billion bytes": {[]byte{0, 0, 0, 0, 7, 0xfe, 0xff, 0xff, 0xff, 0x0f, 'x'}, "value of schema 7: "},
		"a negative length":             {[]byte{0, 0, 0, 0, 7, 1}, "value of schema 7: "},
		"a list of nine quintillion": {[]byte{
			0, 0, 0, 0, 7, 2, 'a', 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
		}, "value of schema 7: "},
		"a branch that is none": {[]byte{0, 0, 0, 0, 7, 2, 'a', 8, 0}, "value of schema 7: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, err := read(t, topicOf(t, c.value, good), tail.Options{Partition: -1, FromOffset: -1})
			if err == nil || !strings.Contains(err.Error(), "1 records could not be decoded") {
				t.Errorf("error %v, want one record that could not be decoded", err)
			}
			if len(lines) != 2 {
				t.Fatalf("%d lines, want 2: %v", len(lines), lines)
			}
			if !strings.HasPrefix(lines[0].Error, c.says) || string(lines[0].Value) != "null" {
				t.Errorf("the first is %+v, want an error that begins with %q", lines[0], c.says)
			}
			if lines[1].Error != "" || !bytes.Contains(lines[1].Value, []byte("good")) {
				t.Errorf("the second is %+v, want the good one", lines[1])
			}
		})
	}
}

func TestARegistryThatIsAwayEndsIt(t *testing.T) {
	t.Parallel()
	lines, err := read(t, topicOf(t, []byte{0, 0, 0, 0, 9, 1}), tail.Options{Partition: -1, FromOffset: -1})
	if !errors.Is(err, registry.ErrUnavailable) || !strings.Contains(err.Error(), "things/0 at offset 0") {
		t.Errorf("error %v, want the record and that the registry is away", err)
	}
	if len(lines) > 0 {
		t.Errorf("lines: %v", lines)
	}
}

// TestBodiesAreShownOnRequestOnly: they hold codes and phones.
func TestBodiesAreShownOnRequestOnly(t *testing.T) {
	t.Parallel()
	cluster := topicOf(t, []byte(`{ "code": "4711" }`), []byte("code=4711"), []byte("4711\xff\xfe"), []byte{})
	hidden, err := read(t, cluster, tail.Options{Partition: -1, FromOffset: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range hidden {
		if bytes.Contains(l.Value, []byte("4711")) || !bytes.Contains(l.Value, []byte("--bodies")) {
			t.Errorf("without being asked: %s", l.Value)
		}
	}
	shown, err := read(t, cluster, tail.Options{Partition: -1, FromOffset: -1, Bodies: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range shown {
		got = append(got, string(l.Value))
	}
	want := []string{`{"code":"4711"}`, `"code=4711"`, `"4711\ufffd\ufffd"`, `""`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("values (-want +got):\n%s", d)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	cluster := topicOf(t, []byte("x"))
	var out bytes.Buffer
	err := tail.Run(t.Context(), cluster, tail.Options{Topics: []string{"nothing"}, Partition: -1, FromOffset: -1}, schemaOf, &out)
	if err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("error %v, want the topic's name", err)
	}
	if _, err := read(t, cluster, tail.Options{Partition: 1000, FromOffset: -1}); err == nil || !strings.Contains(err.Error(), "no such partition") {
		t.Errorf("error %v, want that there is no such partition", err)
	}
}

// TestLast reads the last records behind enough others that the first look back is too short, among
// records of another time.
func TestLast(t *testing.T) {
	t.Parallel()
	var values [][]byte
	for i := range 100 {
		values = append(values, thing(t, strconv.Itoa(i), "NEW", int64(i)))
	}
	cluster := topicOf(t, values...)
	for name, c := range map[string]struct {
		options     tail.Options
		first, last string
		n           int
	}{
		"the last three":               {tail.Options{Last: 3}, "k97", "k99", 3},
		"more than there are":          {tail.Options{Last: 1000}, "k0", "k99", 100},
		"the last of a key":            {tail.Options{Last: 3, Key: "k7"}, "k7", "k7", 1},
		"the last before a time":       {tail.Options{Last: 2, ToTime: day(10)}, "k8", "k9", 2},
		"from before the end":          {tail.Options{BeforeEnd: 5}, "k95", "k99", 5},
		"from before the end, some":    {tail.Options{BeforeEnd: 5, Limit: 2}, "k95", "k96", 2},
		"a span":                       {tail.Options{FromTime: day(3), ToTime: day(6)}, "k3", "k5", 3},
		"the last, where fields match": {tail.Options{Last: 1, Fields: []string{"parts.0.size=42"}}, "k42", "k42", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Partition, c.options.FromOffset = -1, -1
			lines, err := read(t, cluster, c.options)
			if err != nil || len(lines) != c.n || lines[0].Key != c.first || lines[len(lines)-1].Key != c.last {
				t.Errorf("%d lines %+v, %v; want %d, %s to %s", len(lines), lines, err, c.n, c.first, c.last)
			}
		})
	}
}
