package chaos

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// caughtUp waits until the stage has read its whole input.
func (s *scene) caughtUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	topic := s.names.Topic(schemas.RawLOX24)
	for {
		ends, err := s.watcher.admin.ListEndOffsets(ctx, topic)
		if err == nil {
			err = ends.Error()
		}
		committed, err2 := s.watcher.admin.FetchOffsets(kadm.RequireStable(ctx), s.names.Group("lox24"))
		if errors.Join(err, err2) == nil {
			behind := false
			ends.Each(func(e kadm.ListedOffset) {
				at, ok := committed.Lookup(topic, e.Partition)
				behind = behind || e.Offset > 0 && (!ok || at.At != e.Offset)
			})
			if !behind {
				return nil
			}
		}
		if s.processor.ended() {
			return fmt.Errorf("the processor has ended, exit code %d; it said last:\n%s", s.processor.code, s.processor.log.tail(5))
		}
		if err := timespan.Wait(ctx, 100*time.Millisecond); err != nil {
			return fmt.Errorf("wait until all is read: %w; the processor said last:\n%s", errors.Join(err, err2), s.processor.log.tail(5))
		}
	}
}

// judge counts the facts of each webhook, and checks that the audit finds the
// differences that the action leaves.
func (s *scene) judge(ctx context.Context) error {
	for until := time.Now().Add(recovery / 3); ; {
		none, twice, err := s.count(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("count the facts: %w", err)
		case none+twice == 0:
			return s.audit(ctx)
		case twice > 0 || time.Now().After(until):
			s.runLog.findf("%s: of %d webhooks answered 200, %d are no fact and %d are one more than once", s.action.name, len(s.sent), none, twice)
			return s.audit(ctx)
		}
		// The transaction markers of the last facts may still be missing.
		if err := timespan.Wait(ctx, time.Second); err != nil {
			return err
		}
	}
}

// count returns how many webhooks have no fact, and how many have several.
func (s *scene) count(ctx context.Context) (none, twice int, err error) {
	facts := map[string]int{}
	err = s.read(ctx, s.names.Topic(schemas.DecodedLOX24VerifyCode), time.Time{}, func(r *kgo.Record) error {
		var v avro.LOX24VerifyCode
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = v.DecodeAvro(body)
		}
		facts[v.EventID]++
		return err
	})
	for _, t := range s.sent {
		switch n := facts[t.id]; {
		case n == 0:
			none++
		case n > 1:
			twice++
		}
	}
	return none, twice, err
}

func (s *scene) audit(ctx context.Context) error {
	kinds := map[string]int{}
	for until := time.Now().Add(recovery / 3); ; {
		var report audit.Report
		out, err := s.call(ctx, "audit", "--json", "-c", s.file)
		if broken := json.Unmarshal([]byte(out), &report); broken != nil {
			return fmt.Errorf("audit: %w", errors.Join(err, broken))
		}
		clear(kinds)
		for _, d := range report.Listed {
			kinds[d.Kind]++
		}
		if s.action.leaves(kinds) {
			s.runLog.sayf("      %d webhooks, each a fact once; audit: %s", len(s.sent), describeKinds(kinds))
			return nil
		}
		if time.Now().After(until) {
			s.runLog.findf("%s: the audit finds %s, and should find %s", s.action.name, describeKinds(kinds), cmp.Or(strings.Join(s.action.audit, ", "), "nothing"))
			return nil
		}
		if err := timespan.Wait(ctx, time.Second); err != nil {
			return err
		}
	}
}
