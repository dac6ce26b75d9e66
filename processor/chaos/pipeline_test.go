//go:build synctests

package chaos_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	format "github.com/tributary-hq/tributary/schemas/wire"
)

// pipelines is the load of all stages, held against the same raw topics in memory.
type pipelines struct{ accepted int }

func (*pipelines) topics(partitions int32) map[string]int32 {
	out := map[string]int32{}
	for _, topic := range schemas.Table() {
		out[topic.Name] = partitions
	}
	return out
}

func (*pipelines) groups() []string { return processor.StageNames() }

// stagesProgram is a processor as a program.
type stagesProgram struct{ *processor.Processor }

func (p stagesProgram) Flush() error { return p.ProbeFlush() }
func (p stagesProgram) End()         { p.ProbeEnd(context.Background()) }

func (*pipelines) program(config engine.Config, deps engine.Deps, workers int) (program, error) {
	all := processor.DefaultConfig()
	all.Engine, all.Workers = config, map[string]int{}
	for _, name := range processor.StageNames() {
		all.Workers[name] = workers
	}
	given, err := processorDeps()
	if err != nil {
		return nil, err
	}
	given.Kafka, given.Names, given.Version, given.Logger, given.Now, given.Fail = deps.Kafka, schemas.Names{Prefix: deps.Prefix}, deps.Version, deps.Logger, deps.Now, deps.Fail
	given.SchemaIDs = func(context.Context) (map[string]uint32, error) {
		ids := map[string]uint32{}
		for i, topic := range schemas.Table() {
			if topic.Format == schemas.FormatAvro {
				ids[topic.Name] = uint32(i + 1)
			}
		}
		return ids, nil
	}
	p, err := processor.New(all, given)
	return stagesProgram{p}, err
}

func processorDeps() (processor.Deps, error) {
	pseudonymiser, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}})
	return processor.Deps{Privacy: pseudonymiser, Sources: []source.Source{
		{ID: "shop-lox24", Provider: "lox24"},
		{ID: "shop-uapay", Provider: "uapay"},
		{ID: "shop-voximplant", Provider: "voximplant"},
		{ID: "shop-unibell", Provider: "unibell", StatusCallback: true},
	}}, err
}

// before is how long ago the history was: all of its deadlines have come, and all of
// its repeats are still known.
const before = 20 * time.Hour

// send implements load.
func (l *pipelines) send(r *run) {
	client, err := kgo.NewClient(r.kafka(newWire(&r.network))...)
	if err != nil {
		r.sayf("driver", "%v", err)
		return
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, sent := range drawHistory(r.plan.seed, r.began.Add(-before)) {
		record := &kgo.Record{Topic: r.names.Topic(sent.topic), Key: []byte(sent.key), Value: sent.value, Timestamp: sent.received}
		for _, h := range sent.headers {
			record.Headers = append(record.Headers, kgo.RecordHeader(h))
		}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			r.sayf("driver", "cannot send: %v", err)
			return
		}
		l.accepted++
		time.Sleep(40 * time.Millisecond)
	}
}

// drained implements load: what is in the topics is what the same raw records come
// to in memory.
func (l *pipelines) drained(ctx context.Context, r *run) bool { return l.compare(ctx, r) == "" }

// judge implements load.
func (l *pipelines) judge(r *run) {
	time.Sleep(8 * time.Second) // what would come twice comes
	r.stopAll()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if difference := l.compare(ctx, r); difference != "" {
		r.sayf("pipeline", "%s", difference)
	}
}

// explain implements load: why it is not drained.
func (l *pipelines) explain(ctx context.Context, r *run) string { return l.compare(ctx, r) }

// compare holds the outputs against those of the same raw records in memory.
func (l *pipelines) compare(ctx context.Context, r *run) string {
	var names []string
	for _, topic := range schemas.Table() {
		if topic.Family == schemas.FamilyOutput || strings.HasPrefix(topic.Name, "raw.") {
			names = append(names, topic.Name)
		}
	}
	topics, err := r.read(ctx, names...)
	if err != nil {
		return fmt.Sprintf("cannot read: %v", err)
	}
	want, err := l.model(topics, r)
	if err != nil {
		return fmt.Sprintf("in memory: %v", err)
	}
	got := newConsumer()
	for topic, records := range topics {
		for _, record := range records {
			if err := got.consume(topic, string(record.Key), record.Value); err != nil {
				return fmt.Sprintf("%s %d/%d: %v", topic, record.Partition, record.Offset, err)
			}
		}
	}
	sum := 0
	for _, n := range got.account {
		sum += n
	}
	if sum != l.accepted {
		return fmt.Sprintf("%d records were accepted and %d are decoded, repeats or dead letters: %v", l.accepted, sum, got.account)
	}
	if diff := cmp.Diff(want.account, got.account); diff != "" {
		return "account (-in memory +on the broker): " + diff
	}
	if len(got.again) > 0 {
		return fmt.Sprintf("revisions that come again: %v", got.again)
	}
	if diff := cmp.Diff(want.last, got.last); diff != "" {
		return "last snapshots (-in memory +on the broker): " + diff
	}
	return ""
}

// model feeds the raw topics to all stages in memory.
func (*pipelines) model(topics map[string][]*kgo.Record, r *run) (*consumer, error) {
	deps, err := processorDeps()
	if err != nil {
		return nil, err
	}
	memory, err := processor.NewMemory(processor.DefaultConfig(), deps, r.plan.partitions)
	if err != nil {
		return nil, err
	}
	want := newConsumer()
	take := func(outputs []stage.Output, err error) error {
		for i := range outputs {
			if err == nil {
				err = want.consume(outputs[i].Topic, string(outputs[i].Key), outputs[i].Value)
			}
		}
		return err
	}
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		if !strings.HasPrefix(topic, "raw.") {
			continue
		}
		for _, record := range topics[topic] {
			in := stage.Input{Topic: topic, Key: record.Key, Value: record.Value, Timestamp: record.Timestamp}
			for _, h := range record.Headers {
				in.Headers = append(in.Headers, stage.Header(h))
			}
			if err := take(memory.Feed(in)); err != nil {
				return nil, err
			}
		}
	}
	// Twice: a deadline upstream makes members whose own deadline comes later.
	for range 2 {
		if err := take(memory.AdvanceTo(r.began)); err != nil {
			return nil, err
		}
	}
	return want, nil
}

// consumer is one of everything that the stages emit.
type consumer struct {
	// account is how many records there are of each topic that ends a raw one's way.
	account map[string]int
	// last is the last snapshot by topic and key, without what tells of the arrival.
	last map[string]map[string]any
	// revisions are those seen by topic and key, again those that came twice.
	revisions map[string]bool
	again     []string
}

func newConsumer() *consumer {
	return &consumer{account: map[string]int{}, last: map[string]map[string]any{}, revisions: map[string]bool{}}
}

func (c *consumer) consume(topic, key string, value []byte) error {
	if strings.HasPrefix(topic, "decoded.") || strings.HasPrefix(topic, "deadletter.") || topic == schemas.Duplicates {
		c.account[topic]++
	}
	if !strings.HasPrefix(topic, "enriched.") && !strings.HasPrefix(topic, "facts.") {
		return nil
	}
	name := topic + " " + key
	if value == nil {
		delete(c.last, name)
		return nil
	}
	snapshot, _ := avro.New(topic)
	_, body, err := format.Parse(value)
	if err == nil {
		err = snapshot.DecodeAvro(body)
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	if revision, ok := fields["revision"]; ok {
		seen := fmt.Sprint(name, " ", revision)
		if c.revisions[seen] {
			c.again = append(c.again, seen)
		}
		c.revisions[seen] = true
	}
	maps.DeleteFunc(fields, func(field string, _ any) bool { return slices.Contains(ofTheArrival(), field) })
	c.last[name] = fields
	return nil
}

// ofTheArrival are the fields of snapshots that tell of the arrival itself: a
// deadline counts from when the first of its repeats was received.
func ofTheArrival() []string {
	return []string{"revision", "changed_by", "processed_at", "deadline", "hold_deadline", "late", "lateness_ms"}
}
