package export_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/export"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const (
	payments = schemas.EnrichedPayments
	partners = 2
)

// rig is a cluster with topics of two partitions.
type rig struct {
	t      *testing.T
	stack  *embedded.Stack
	config export.Config
	client *kgo.Client
	value  []byte
	// made are the committed records, by partition and offset.
	made map[string]*kgo.Record
	// begin is before all records; brokers keep them for a week.
	begin time.Time
	days  int
}

func newRig(t *testing.T, mode export.Mode, format export.Format, topics ...string) *rig {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	kafka := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...)}
	client, err := kgo.NewClient(append(kafka, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID("writer"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	policy := "compact"
	for _, topic := range topics {
		configs := map[string]*string{}
		if topic == payments {
			configs["cleanup.policy"] = &policy
		}
		if _, err := kadm.NewClient(client).CreateTopic(t.Context(), partners, 1, configs, topic); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{t: t, stack: stack, client: client, value: golden(t, payments), made: map[string]*kgo.Record{}}
	r.begin = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -5)
	r.config = export.Config{
		Dir: filepath.Join(t.TempDir(), "out"), Kafka: kafka, Topics: topics, Mode: mode, Format: format, Patience: 10 * time.Second,
		Progress: scan.Silent{}, Now: time.Now,
		Schema: func(_ context.Context, id uint32) (string, error) {
			if text, ok := schemas.AVSC(payments); ok && id == 7 {
				return text, nil
			}
			return "", fmt.Errorf("no schema %d", id)
		},
	}
	return r
}

// golden is a value of a topic under schema id 7.
func golden(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "schemas", "testdata", "golden", name, "1.hex"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	value := append(wire.AppendPlaceholder(nil), body...)
	wire.Put(value, 7)
	return value
}

// write writes records with the keys in one transaction: "end a1" is a tombstone of a1. Each
// call is six hours later.
func (r *rig) write(end kgo.TransactionEndTry, keys ...string) {
	r.t.Helper()
	if err := r.client.BeginTransaction(); err != nil {
		r.t.Fatal(err)
	}
	r.days++
	at := r.begin.Add(time.Duration(r.days) * 6 * time.Hour)
	for _, key := range keys {
		key, tombstone := strings.CutPrefix(key, "end ")
		rec := &kgo.Record{Topic: r.config.Topics[0], Partition: int32(key[len(key)-1]) % partners, Key: []byte(key), Value: r.value, Timestamp: at}
		if tombstone {
			rec.Value = nil
		}
		if err := r.client.ProduceSync(r.t.Context(), rec).FirstErr(); err != nil {
			r.t.Fatal(err)
		}
		if end == kgo.TryCommit {
			r.made[fmt.Sprintf("%d/%d", rec.Partition, rec.Offset)] = rec
		}
	}
	if err := r.client.EndTransaction(r.t.Context(), end); err != nil {
		r.t.Fatal(err)
	}
}

// row has the columns that are compared.
type row struct {
	PaymentID *string   `parquet:"payment_id,optional"`
	Key       string    `parquet:"kafka_key"`
	Partition int32     `parquet:"kafka_partition"`
	Offset    int64     `parquet:"kafka_offset"`
	Time      time.Time `parquet:"kafka_time,timestamp(millisecond)"`
	Tombstone bool      `parquet:"kafka_tombstone"`
}

// rows reads all files that the manifest names.
func (r *rig) rows() map[string]string {
	r.t.Helper()
	m, err := export.Load(r.config.Dir)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]string{}
	for _, topic := range m.Topics {
		for _, f := range topic.Files {
			read, err := parquet.ReadFile[row](filepath.Join(r.config.Dir, f.Path))
			if err != nil {
				r.t.Fatal(err)
			}
			for _, v := range read {
				at := fmt.Sprintf("%d/%d", v.Partition, v.Offset)
				if _, twice := out[at]; twice {
					r.t.Errorf("%s is there twice", at)
				}
				if day := v.Time.UTC().Format(time.DateOnly); day != f.Day || !strings.Contains(f.Path, "day="+day+"/") {
					r.t.Errorf("%s: a row of %s", f.Path, day)
				}
				out[at] = fmt.Sprintf("%s %t %t", v.Key, v.Tombstone, v.PaymentID != nil)
			}
		}
	}
	return out
}

// want are the committed records.
func (r *rig) want() map[string]string {
	out := map[string]string{}
	for at, rec := range r.made {
		out[at] = fmt.Sprintf("%s %t %t", rec.Key, rec.Value == nil, rec.Value != nil)
	}
	return out
}

func (r *rig) run() *export.Result {
	r.t.Helper()
	result, err := export.Run(r.t.Context(), &r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// check compares the export with the topic and returns the report.
func (r *rig) check() *export.Report {
	r.t.Helper()
	report, err := export.Check(r.t.Context(), &r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// killed is the end of a process: nothing is cleaned up.
type killed struct{}

// TestKilled kills an export at its n-th step, for each n, starts it again, and finds every
// committed record once: with aborted transactions, tombstones, and records that come between.
func TestKilled(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.History, export.Parquet, payments)
	r.config.ChunkRows = 3
	r.write(kgo.TryCommit, "a1", "a2", "b1", "a1", "b2")
	r.write(kgo.TryAbort, "a1", "x1")
	r.write(kgo.TryCommit, "end a1", "a2", "c1", "c2", "b1", "b1")
	r.write(kgo.TryAbort, "x2")
	last := 0
	for n := 1; ; n++ {
		at, names := 0, ""
		r.config.SetFailpoint(func(name string) error {
			if names += name + " "; at == n-last {
				panic(killed{}) //nolint:forbidigo // a kill runs no code after it
			}
			at++
			return nil
		})
		if done := survive(func() { r.run() }); done {
			break
		}
		if n%5 == 0 {
			r.write(kgo.TryCommit, "d1", fmt.Sprintf("d%d", n))
			last = n // from the first step again
		}
		if n > 60 {
			t.Fatal("it never ends")
		}
	}
	if diff := cmp.Diff(r.want(), r.rows()); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	report := r.check()
	if !report.Equal || report.Rows != int64(len(r.made)) || report.Removed != 0 {
		t.Errorf("Check() = %+v", report)
	}
	left, err := filepath.Glob(filepath.Join(r.config.Dir, payments, "*", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if result := r.run(); result.Topics[0].Rows != 0 || result.Topics[0].Total != int64(len(r.made)) {
		t.Errorf("again: %+v", result.Topics[0])
	}
}

func survive(run func()) (done bool) {
	defer func() {
		if v := recover(); v != nil {
			if _, ours := v.(killed); !ours {
				panic(v) //nolint:forbidigo // not ours
			}
		}
	}()
	run()
	return true
}

// TestCompacted exports a log with holes, and checks an export of records that compaction
// removed later.
func TestCompacted(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.History, export.Parquet, payments)
	r.write(kgo.TryCommit, "a1", "a1", "b1", "a1", "c2", "c2")
	r.run()
	r.write(kgo.TryCommit, "a1", "b1", "b1", "end c2")
	r.stack.Cluster().Compact()
	r.run()
	report := r.check()
	if !report.Equal || report.Rows < report.Records {
		t.Errorf("Check() = %+v", report)
	}
	r.config.Dir += "2"
	r.run()
	if got := len(r.rows()); got == 0 || got >= len(r.made) {
		t.Errorf("%d rows of a compacted log of %d records", got, len(r.made))
	}
	if report := r.check(); !report.Equal || report.Removed != 0 {
		t.Errorf("Check() = %+v", report)
	}
}

// TestLatest exports the newest record of each key, again after changes, and keeps the
// former files if it is killed.
func TestLatest(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.Latest, export.Parquet, payments)
	r.write(kgo.TryCommit, "a1", "a1", "b1", "c1", "c2", "end c1")
	r.write(kgo.TryAbort, "a1")
	r.run()
	if len(r.rows()) != 3 || !r.check().Equal {
		t.Errorf("%v, %+v", r.rows(), r.check())
	}
	r.write(kgo.TryCommit, "a1", "end b1", "d1", "d2")
	for n := range 3 {
		at := 0
		r.config.SetFailpoint(func(string) error {
			if at == n {
				panic(killed{}) //nolint:forbidigo // a kill runs no code after it
			}
			at++
			return nil
		})
		survive(func() { r.run() })
		if report := r.check(); !report.Equal && n < 2 {
			t.Errorf("killed at %d: %+v", n, report)
		}
	}
	r.config.SetFailpoint(nil)
	r.run()
	if len(r.rows()) != 4 || !r.check().Equal {
		t.Errorf("%v, %+v", r.rows(), r.check())
	}
}

// TestLost: retention deletes records between two runs, and the manifest names them.
func TestLost(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.History, export.JSONL, payments)
	r.write(kgo.TryCommit, "a1", "a1")
	r.run()
	r.write(kgo.TryCommit, "a1", "a1", "a1")
	until := kadm.Offsets{}
	until.AddOffset(payments, 1, 4, -1)
	if _, err := kadm.NewClient(r.client).DeleteRecords(t.Context(), until); err != nil {
		t.Fatal(err)
	}
	result := r.run()
	if diff := cmp.Diff([]export.LostEntry{{Partition: 1, From: 3, To: 4}}, result.Topics[0].Lost); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	if report := r.check(); !report.Equal || report.Removed != 2 || report.Rows != 4 {
		t.Errorf("Check() = %+v", report)
	}
}

// TestTimes bounds an export by time, and continues it.
func TestTimes(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.History, export.Parquet, payments)
	// Without transactions: their markers have the time of today.
	client, err := kgo.NewClient(append(r.config.Kafka, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for i := range 12 {
		at := r.begin.Add(time.Duration(i/2+1) * 6 * time.Hour)
		err := client.ProduceSync(t.Context(), &kgo.Record{Topic: payments, Partition: int32(i % 2), Key: []byte("k"), Value: r.value, Timestamp: at}).FirstErr()
		if err != nil {
			t.Fatal(err)
		}
	}
	r.config.From, r.config.To = r.begin.Add(12*time.Hour), r.begin.Add(24*time.Hour)
	if n := r.run().Topics[0].Rows; n != 4 {
		t.Errorf("%d rows, want those of two of six times", n)
	}
	if _, err := export.Run(t.Context(), &r.config); !errors.Is(err, export.ErrOptions) {
		t.Errorf("again with --from: %v", err)
	}
	r.config.From, r.config.To = time.Time{}, time.Time{}
	if n := r.run().Topics[0].Rows; n != 6 {
		t.Errorf("%d more rows, want those of three times", n)
	}
	if report := r.check(); !report.Equal {
		t.Errorf("Check() = %+v", report)
	}
}

// TestRestricted topics are refused unless they are named and allowed.
func TestRestricted(t *testing.T) {
	t.Parallel()
	r := newRig(t, export.History, export.Parquet, schemas.RawLOX24)
	r.write(kgo.TryCommit, "a1", "end a2")
	if _, err := export.Run(t.Context(), &r.config); !errors.Is(err, export.ErrRestricted) {
		t.Errorf("Run() = %v, want %v", err, export.ErrRestricted)
	}
	r.config.Restricted = true
	r.run()
	if report := r.check(); !report.Equal || report.Rows != 2 {
		t.Errorf("Check() = %+v", report)
	}
	r.config.Topics = []string{"nothing.v1"}
	if _, err := export.Run(t.Context(), &r.config); !errors.Is(err, export.ErrOptions) {
		t.Errorf("Run() of an unknown topic = %v, want %v", err, export.ErrOptions)
	}
}

// TestCheckFinds changes an export in each way, and has it found.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(r *rig, file string)
		want   string
	}{
		"a changed file": {func(r *rig, file string) { edit(r.t, file, "a1", "a2") }, "size or digest"},
		"no file":        {func(r *rig, file string) { _ = os.Remove(file) }, "the file is missing"},
		"a longer range": {func(r *rig, _ string) {
			r.write(kgo.TryCommit, "a1")
			edit(r.t, filepath.Join(r.config.Dir, export.ManifestName), `"to": 3,`, `"to": 5,`)
		}, "not in the export"},
		"no topics": {func(r *rig, _ string) {
			empty := []byte(`{"version": 1, "topics": {}}`)
			if err := os.WriteFile(filepath.Join(r.config.Dir, export.ManifestName), empty, 0o600); err != nil {
				r.t.Fatal(err)
			}
		}, "no topic"},
		"a wrong count": {func(r *rig, _ string) {
			edit(r.t, filepath.Join(r.config.Dir, export.ManifestName), `"rows": 3,`, `"rows": 4,`)
		}, "it has 3 rows, the manifest counts 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, export.History, export.JSONL, payments)
			r.write(kgo.TryCommit, "a1", "a1", "a2")
			r.run()
			files, err := filepath.Glob(filepath.Join(r.config.Dir, payments, "*", "*.jsonl"))
			if err != nil || len(files) != 1 {
				t.Fatalf("%v, %v", files, err)
			}
			test.change(r, files[0])
			report := r.check()
			if report.Equal || !strings.Contains(strings.Join(report.Listed, "\n"), test.want) {
				t.Errorf("Check() = %+v, want %q", report, test.want)
			}
		})
	}
}

func edit(t *testing.T, path, from, to string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), from) {
		t.Fatalf("no %q in %s: %v", from, b, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
}
