package catalogue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/registry"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Pipeline is the running pipeline that the service levels are proved on.
type Pipeline struct {
	Kafka []kgo.Opt
	Names schemas.Names
	// Waiting returns the age of the oldest record that a stage has not processed.
	Waiting func(ctx context.Context) (time.Duration, error)
	// Status returns the state of each subject in the registry.
	Status   func(ctx context.Context) ([]registry.Result, error)
	Patience time.Duration
	Progress scan.Progress
	Now      func() time.Time
}

// Proof is the result for one service level.
type Proof struct {
	Level string `json:"level"`
	Holds bool   `json:"holds"`
	// Found is the measurement as a phrase, such as "the oldest unprocessed record waits for 3s".
	Found string `json:"found"`
}

// Prove measures every service level now.
func Prove(ctx context.Context, p *Pipeline) ([]Proof, error) {
	waiting, err := p.Waiting(ctx)
	if err != nil {
		return nil, fmt.Errorf("measure freshness: %w", err)
	}
	proofs := []Proof{{
		Level: "freshness", Holds: waiting <= Freshness,
		Found: fmt.Sprintf("the oldest unprocessed record waits for %s, the limit is %s", waiting.Round(time.Second), Freshness),
	}}
	last, err := p.ledger(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the registry: %w", err)
	}
	return append(proofs, completeness(last), heartbeat(last, p.Now()), compatibility(status)), nil
}

// ledger returns the newest entry of each raw partition.
func (p *Pipeline) ledger(ctx context.Context) (map[string]*avro.LedgerEntry, error) {
	client, err := kgo.NewClient(p.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	admin, topic := kadm.NewClient(client), p.Names.Topic(schemas.Ledger)
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	ends, err := admin.ListCommittedOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	ranges := map[int32]scan.Range{}
	for partition, end := range ends[topic] {
		ranges[partition] = scan.Range{From: starts[topic][partition].Offset, To: end.Offset}
	}
	last := map[string]*avro.LedgerEntry{}
	config := scan.Config{Kafka: p.Kafka, Patience: p.Patience, Progress: p.Progress, Now: p.Now}
	err = scan.Each(ctx, config, "reading the ledger", scan.Ranges{topic: ranges}, func(rec *kgo.Record) error {
		if rec.Value == nil {
			return nil
		}
		_, body, err := wire.Parse(rec.Value)
		if err != nil {
			return err
		}
		e := &avro.LedgerEntry{}
		if err := e.DecodeAvro(body); err != nil {
			return err
		}
		name := fmt.Sprintf("%s/%d", e.Topic, e.Partition)
		if e.SkippedOffsets > 0 || last[name] == nil || e.Minute.After(last[name].Minute) {
			if before := last[name]; before != nil {
				e.SkippedOffsets += before.SkippedOffsets
			}
			last[name] = e
		}
		return nil
	})
	return last, err
}

// completeness holds if the ledger accounts for every record.
func completeness(last map[string]*avro.LedgerEntry) Proof {
	var faults []string
	var accepted int64
	for _, name := range slices.Sorted(maps.Keys(last)) {
		t := last[name]
		accepted += t.TotalAccepted
		if in, out := t.TotalAccepted+t.TotalReplayed, t.TotalDecoded+t.TotalDuplicates+t.TotalDeadLetters; t.TotalUnaccounted != 0 || in != out {
			faults = append(faults, fmt.Sprintf("%s: %d accepted, %d accounted for", name, in, out))
		}
		if n := last[name].SkippedOffsets; n > 0 {
			faults = append(faults, fmt.Sprintf("%s: %d offsets skipped", name, n))
		}
	}
	found := fmt.Sprintf("%d records in %d partitions, all accounted for", accepted, len(last))
	if len(faults) > 0 {
		found = strings.Join(faults, "; ")
	}
	return Proof{Level: "completeness", Holds: len(faults) == 0, Found: found}
}

// heartbeat holds if the newest entry of each partition is young.
func heartbeat(last map[string]*avro.LedgerEntry, now time.Time) Proof {
	if len(last) == 0 {
		return Proof{Level: "heartbeat", Found: "the ledger has no entry: nothing was processed yet"}
	}
	var oldest time.Duration
	at := ""
	for name, e := range last {
		if age := max(0, now.Sub(e.Minute)); at == "" || age > oldest {
			oldest, at = age, name
		}
	}
	return Proof{
		Level: "heartbeat", Holds: oldest <= LedgerAge,
		Found: fmt.Sprintf("the newest entry of %s is of %s ago, the limit is %s", at, oldest.Round(time.Second), LedgerAge),
	}
}

func compatibility(status []registry.Result) Proof {
	var missing []string
	for i := range status {
		if !status[i].Registered {
			missing = append(missing, status[i].Subject)
		}
	}
	found := fmt.Sprintf("the registry has the schemas of all %d subjects", len(status))
	if len(missing) > 0 {
		found = "not registered: " + strings.Join(missing, ", ")
	}
	return Proof{Level: "compatibility", Holds: len(missing) == 0, Found: found}
}
