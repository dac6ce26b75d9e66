//go:build synctests

package chaos_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	format "github.com/tributary-hq/tributary/schemas/wire"
)

// pipelines is the load of all stages, compared with the same raw topics in memory.
type pipelines struct {
	accepted int
	// want is the result of the first records raw ones in memory.
	want    *results
	records int
	// pauses counts the records of pauses.
	pauses atomic.Int64
}

// The bubble's time begins at midnight. A run begins so long before a full hour that the last
// minute of the providers' counts ends, and their scorecards are due, soon after the traffic.
const (
	hour     = 1 * time.Hour
	lead     = 11 * time.Second
	slack    = 5 * time.Second // more than clocks are apart
	emission = time.Second
)

// begin implements load. It waits in virtual time, which costs none.
func (*pipelines) begin() { time.Sleep(hour - lead) }

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

func (*pipelines) program(engineConfig engine.Config, deps engine.Deps, workers int) (program, error) {
	all := config()
	all.Engine, all.Workers = engineConfig, map[string]int{}
	for _, name := range processor.StageNames() {
		all.Workers[name] = workers
	}
	given, err := processorDeps()
	if err != nil {
		return nil, err
	}
	given.Kafka, given.Names, given.Version, given.Logger, given.Now, given.Fail = deps.Kafka, schemas.Names{Prefix: deps.Prefix}, deps.Version, deps.Logger, deps.Now, deps.Fail
	given.SchemaIDs = func(context.Context) (map[string]uint32, error) { return schemaIDs(), nil }
	p, err := processor.New(all, given)
	return stagesProgram{p}, err
}

// pause implements load. It writes a record into the topic of pauses, as the command does.
func (l *pipelines) pause(r *run, name string, paused bool) {
	p := avro.Pause{Stage: name, Revision: l.pauses.Add(1), Paused: paused, At: time.Now(), Actor: "chaos", Purpose: "chaos"}
	value, err := p.AppendAvro(format.Append(nil, schemaIDs()[schemas.InternalPauses]))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err = r.client.ProduceSync(ctx, &kgo.Record{Topic: r.names.Topic(schemas.InternalPauses), Key: []byte(name), Value: value}).FirstErr()
	}
	if err != nil {
		r.sayf("driver", "cannot pause or resume %s: %v", name, err)
	}
}

// schemaIDs returns an id of each Avro topic's schema.
func schemaIDs() map[string]uint32 {
	ids := map[string]uint32{}
	for i, topic := range schemas.Table() {
		if topic.Format == schemas.FormatAvro {
			ids[topic.Name] = uint32(i + 1)
		}
	}
	return ids
}

// config returns the settings of the stages.
func config() processor.Config {
	c := processor.DefaultConfig()
	c.Insights.EmitInterval = emission
	return c
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
	// Otherwise they may be due an hour later.
	r.cards = time.Since(r.began) < lead-slack
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

// compare returns the first difference between the outputs and those of the same raw records
// in memory, empty if there is none.
func (l *pipelines) compare(ctx context.Context, r *run) string {
	var names []string
	for _, topic := range schemas.Table() {
		if topic.Family == schemas.FamilyOutput || strings.HasPrefix(topic.Name, "raw.") || topic.Name == schemas.InternalInsights {
			names = append(names, topic.Name)
		}
	}
	topics, err := r.read(ctx, names...)
	if err != nil {
		return fmt.Sprintf("cannot read: %v", err)
	}
	if err := l.model(topics, r); err != nil {
		return fmt.Sprintf("in memory: %v", err)
	}
	got := newResults()
	for topic, records := range topics {
		for _, record := range records {
			if err := got.add(topic, string(record.Key), record.Value); err != nil {
				return fmt.Sprintf("%s %d/%d: %v", topic, record.Partition, record.Offset, err)
			}
		}
	}
	if sum := got.total(); sum != l.accepted {
		return fmt.Sprintf("%d records were accepted and %d are decoded, repeats or dead letters: %v", l.accepted, sum, got.account)
	}
	for _, of := range []struct {
		what      string
		want, got any
	}{
		{"account", l.want.account, got.account},
		{"revisions that come again", l.want.again, got.again},
		{"breaches of the order of a signal's states", l.want.breaches, got.breaches},
		{"counts of the providers", l.want.counts, got.counts},
		{"last snapshots", l.want.last, got.last},
	} {
		if diff := cmp.Diff(of.want, of.got); diff != "" {
			return of.what + " (-in memory +on the broker): " + diff
		}
	}
	if diff := cmp.Diff(got.scored(), got.cards()); r.cards && diff != "" {
		return "scorecards (-counts of the providers +scorecards): " + diff
	}
	return ""
}

// model feeds the raw topics to all stages in memory.
func (l *pipelines) model(topics map[string][]*kgo.Record, r *run) error {
	records := 0
	for topic := range topics {
		if strings.HasPrefix(topic, "raw.") {
			records += len(topics[topic])
		}
	}
	if l.want != nil && l.records == records {
		return nil
	}
	deps, err := processorDeps()
	if err != nil {
		return err
	}
	memory, err := processortest.NewMemory(config(), deps, r.plan.partitions)
	if err != nil {
		return err
	}
	want := newResults()
	take := func(outputs []stage.Output, err error) error {
		for i := range outputs {
			if err == nil {
				err = want.add(outputs[i].Topic, string(outputs[i].Key), outputs[i].Value)
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
				return err
			}
		}
	}
	// Twice: a deadline upstream makes members whose own deadline comes later. The rows of the
	// funnel come with the emission after that.
	for _, at := range []time.Time{r.began, r.began, r.began.Add(2 * emission)} {
		if err := take(memory.AdvanceTo(at)); err != nil {
			return err
		}
	}
	l.want, l.records = want, records
	return nil
}
