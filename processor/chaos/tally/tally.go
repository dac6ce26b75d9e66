// Package tally is the stage of the chaos tests: as plain as a stage can be that
// uses all of the engine, so that package check can do its sums again.
//
//	check.Fact (input) ─► Stage: counts, ids, deadlines ─► check.Effect (output)
//
// Promise: every record but poison makes one effect, every deadline one more.
package tally

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Stage implements stage.Stage and stage.WatermarkReporter.
type Stage struct {
	// Output is the topic of the effects, without prefix: one of plain bytes.
	Output string
	// Clocks makes the stage tell its clock, to partition 0 of the output.
	Clocks bool
}

// Decode implements stage.Stage.
func (Stage) Decode(in *stage.Input) (stage.Event, error) {
	fact, err := check.ParseFact(in.Value)
	if err != nil || fact.Kind == check.Poison {
		return nil, stage.Permanentf(stage.CauseUndecodable, "no fact")
	}
	return fact, nil
}

// Apply implements stage.Stage.
func (s Stage) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	fact, ok := event.(check.Fact)
	if !ok {
		return fmt.Errorf("an event of type %T", event)
	}
	tx.AdvanceWatermark(in.Timestamp)
	key := string(in.Key)
	effect := check.Effect{ID: fact.ID, Source: check.Source{Partition: in.Partition, Offset: in.Offset}}
	known, err := tx.Get([]byte(check.SeenKey(key, fact.ID)))
	if err != nil {
		return err
	}
	switch {
	case known != nil:
		effect.Kind = check.Repeated
	case fact.Kind == check.Withdraw:
		err = withdraw(tx, key, fact, &effect)
	case fact.Kind == check.Forget:
		err = forget(tx, key, &effect)
	default:
		err = count(tx, in, fact, &effect)
	}
	if err != nil {
		return err
	}
	tx.Emit(stage.Output{Topic: s.Output, Key: in.Key, Value: effect.Encode()})
	return nil
}

func readEntity(tx stage.Tx, key string) (n int64, chain uint64, err error) {
	entry, err := tx.Get([]byte(check.EntityKey(key)))
	if err != nil || entry == nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscanf(string(entry), "%d %d", &n, &chain); err != nil {
		return 0, 0, fmt.Errorf("an entity of %d bytes: %w", len(entry), err)
	}
	return n, chain, nil
}

func count(tx stage.Tx, in *stage.Input, fact check.Fact, effect *check.Effect) error {
	key := string(in.Key)
	n, chain, err := readEntity(tx, key)
	if err != nil {
		return err
	}
	n, chain = n+1, check.Chain(chain, fact.ID)
	source := fmt.Appendf(nil, "%d %d", in.Partition, in.Offset)
	tx.Put([]byte(check.EntityKey(key)), fmt.Appendf(nil, "%d %d", n, chain), time.Time{})
	tx.Put([]byte(check.SeenKey(key, fact.ID)), source, time.Time{})
	if fact.Kind == check.Due {
		due := in.Timestamp.Add(time.Duration(fact.After) * time.Millisecond)
		tx.Put([]byte(check.DeadlineKey(key, fact.ID)), fmt.Appendf(source, " %d", due.UnixMilli()), due)
	}
	effect.Kind, effect.N, effect.Chain = check.Counted, n, chain
	return nil
}

func withdraw(tx stage.Tx, key string, fact check.Fact, effect *check.Effect) error {
	at := []byte(check.DeadlineKey(key, fact.Of))
	entry, err := tx.Get(at)
	if err != nil {
		return err
	}
	effect.Kind = check.Missed
	if entry != nil {
		tx.Delete(at)
		effect.Kind = check.Withdrawn
	}
	return nil
}

func forget(tx stage.Tx, key string, effect *check.Effect) error {
	n, _, err := readEntity(tx, key)
	if err != nil {
		return err
	}
	var known []string
	if err := tx.Scan([]byte(key+"/"), func(at, _ []byte) bool {
		known = append(known, string(at))
		return true
	}); err != nil {
		return err
	}
	for _, at := range known {
		tx.Delete([]byte(at))
	}
	effect.Kind, effect.N = check.Forgotten, n
	return nil
}

// OnTimer implements stage.Stage.
func (s Stage) OnTimer(tx stage.Tx, at []byte) error {
	key, id, ok := strings.Cut(string(at), "/d/")
	if !ok {
		return fmt.Errorf("a deadline under a key of %d bytes", len(at))
	}
	entry, err := tx.Get(at)
	if err != nil {
		return err
	}
	effect := check.Effect{Kind: check.Fired, ID: id}
	if _, err := fmt.Sscanf(string(entry), "%d %d %d", &effect.Source.Partition, &effect.Source.Offset, &effect.N); err != nil {
		return fmt.Errorf("a deadline of %d bytes: %w", len(entry), err)
	}
	tx.Delete(at)
	tx.Emit(stage.Output{Topic: s.Output, Key: []byte(key), Value: effect.Encode()})
	return nil
}

// ReportWatermark implements stage.WatermarkReporter.
func (s Stage) ReportWatermark(tx stage.Tx, partition int32, clock time.Time) error {
	if !s.Clocks {
		return nil
	}
	effect := check.Effect{Kind: check.Watermark, ID: "-", Source: check.Source{Partition: partition}, N: clock.UnixMilli()}
	tx.Emit(stage.Output{Topic: s.Output, Key: []byte("clock"), Value: effect.Encode(), ToPartition: true, Partition: 0})
	return nil
}
