package chaos

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// finish ends the traffic, waits until all records are processed, and judges.
func (a *scenario) finish(ctx context.Context, stopWitness func()) error {
	a.runLog.sayf("the last fault is over: ending the traffic")
	stopWitness()
	if err := a.simulator.stop(ctx); err != nil {
		a.runLog.findf("simulate: %v", err)
	}
	p, err := a.watcher.until(ctx, "everything accepted is processed", func(p *positions) bool { return p.reached(p.ends) })
	if err != nil {
		return err
	}
	a.runLog.sayf("%d raw records are processed", p.total())
	if err := a.checker.append(a.ledger); err != nil {
		return err
	}
	if err := a.judge(ctx); err != nil {
		return err
	}
	if err := a.testify(ctx); err != nil {
		return err
	}
	for _, p := range append([]*process{a.ingest}, a.processors...) {
		if err := p.stop(ctx); err != nil {
			a.runLog.findf("clean stop: %v", err)
		}
	}
	return a.searchLogs()
}

// judge runs the checks of the program itself: it compares the webhooks sent with the
// topics and with the model, and audits the topics.
func (a *scenario) judge(ctx context.Context) error {
	// Timers due by then have fired: a watermark is at most a few seconds behind.
	const restful = 12 * time.Second
	if err := timespan.Wait(ctx, restful); err != nil {
		return err
	}
	for name, args := range map[string][]string{
		"simulate verify": {"simulate", "verify", "--ledger", a.ledger, "--quiet", "2s", "--unsure", restful.String(), "-c", a.file},
		"audit":           {"audit", "-c", a.file},
	} {
		if err := a.ask(ctx, name, args); err != nil {
			return err
		}
	}
	return nil
}

// ask runs one check, and repeats it for the duration of a recovery: an event-time
// timer whose effect is still passing from stage to stage is not a difference.
func (a *scenario) ask(ctx context.Context, name string, args []string) error {
	for until := time.Now().Add(recovery); ; {
		out, err := a.call(ctx, args...)
		switch {
		case err == nil:
			a.runLog.sayf("%s:\n%s", name, strings.TrimSpace(out))
			return nil
		case ctx.Err() != nil || time.Now().After(until):
			a.runLog.findf("%s: %v", name, err)
			return nil //nolint:nilerr // it is a finding, and the others are still asked
		}
		a.runLog.sayf("%s does not agree yet, asking again", name)
		if err := timespan.Wait(ctx, 5*time.Second); err != nil {
			return err
		}
	}
}

// testify compares the checker's receipts with the raw topic, and its webhooks with the
// decoded topic.
func (a *scenario) testify(ctx context.Context) error {
	a.checker.mu.Lock()
	defer a.checker.mu.Unlock()
	sent, promised := map[string]*testimony{}, map[string]*testimony{}
	at := func(topic string, partition int32, offset int64) string {
		return fmt.Sprintf("%s/%d@%d", topic, partition, offset)
	}
	tries, receipts := 0, 0
	for _, t := range a.checker.sent {
		sent[t.id] = t
		tries += t.tries
		receipts += len(t.receipts)
		if len(t.receipts) != 1 {
			a.runLog.findf("checker: webhook %s has %d receipts", t.id, len(t.receipts))
		}
		for _, r := range t.receipts {
			promised[at(r.Topic, r.Partition, r.Offset)] = t
		}
	}
	kept, decoded := 0, map[string]int{}
	err := a.read(ctx, names().Topic(schemas.RawLOX24), time.Time{}, func(r *kgo.Record) error {
		if t := promised[at(r.Topic, r.Partition, r.Offset)]; t != nil && bytes.Equal(t.body, r.Value) {
			kept++
		}
		return nil
	})
	if err == nil {
		err = a.read(ctx, names().Topic(schemas.DecodedLOX24VerifyCode), time.Time{}, func(r *kgo.Record) error {
			_, body, err := wire.Parse(r.Value)
			if err != nil {
				return fmt.Errorf("%s: %w", at(r.Topic, r.Partition, r.Offset), err)
			}
			var v avro.LOX24VerifyCode
			if err := v.DecodeAvro(body); err != nil {
				return fmt.Errorf("%s: %w", at(r.Topic, r.Partition, r.Offset), err)
			}
			if sent[v.EventID] != nil {
				decoded[v.EventID]++
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("hear the checker: %w", err)
	}
	if kept != receipts {
		a.runLog.findf("checker: %d of %d answers 200 name a record that is not there", receipts-kept, receipts)
	}
	twice := 0
	for _, n := range decoded {
		if n > 1 {
			twice++
		}
	}
	if len(decoded) != len(sent) || twice > 0 {
		a.runLog.findf("checker: of %d webhooks sent until they were taken, %d are decoded, %d of them more than once", len(sent), len(decoded), twice)
	}
	a.runLog.sayf("checker: %d webhooks in %d tries, %d answers 200, each with its record where the receipt says; %d decoded, each once", len(sent), tries, kept, len(decoded))
	return nil
}

// searchLogs searches the processes' logs for text that must not occur in them.
func (a *scenario) searchLogs() error {
	files, err := filepath.Glob(filepath.Join(a.dir, "logs", "*.log"))
	if err != nil {
		return fmt.Errorf("list the logs: %w", err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path) //nolint:gosec // the run's own file
		if err != nil {
			return fmt.Errorf("read a log: %w", err)
		}
		for _, bad := range []string{"panic:", "fatal error:", "DATA RACE"} {
			if strings.Contains(string(text), bad) {
				a.runLog.findf("%s holds %q", path, bad)
			}
		}
	}
	return nil
}
