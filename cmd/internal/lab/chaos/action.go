package chaos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
)

// exitState is the processor's exit code when its state or input is unusable.
const exitState = 65

// action is one action of an administrator or a broker on a cluster, and its expected
// consequences.
type action struct {
	name string
	do   func(ctx context.Context, s *scene) error
	// refused is the message with which the processor refuses to run; empty if it must
	// go on. repair is the documented repair; nil if only another prefix helps.
	refused string
	repair  func(ctx context.Context, s *scene) error
	// audit are the kinds of differences that the audit may find; it must find the
	// first. Empty means that the account adds up.
	audit []string
}

func (d *action) expected() string {
	switch {
	case d.refused == "":
		return "the stage goes on"
	case d.repair == nil:
		return "the stage refuses to go on"
	default:
		return "the stage refuses to go on, and is repaired"
	}
}

// leaves reports whether an audit has found the expected kinds of differences.
func (d *action) leaves(kinds map[string]int) bool {
	if len(d.audit) > 0 && kinds[d.audit[0]] == 0 {
		return false
	}
	for kind := range kinds {
		if !slices.Contains(d.audit, kind) {
			return false
		}
	}
	return true
}

func describeKinds(kinds map[string]int) string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		words = append(words, fmt.Sprintf("%s %d", kind, kinds[kind]))
	}
	return cmp.Or(strings.Join(words, ", "), "nothing")
}

// actions returns all actions.
func actions() []action {
	// Facts whose raw records are gone, with other records or none at their offsets.
	lost := []string{audit.KindOtherRecord, audit.KindNoRaw, audit.KindLedger, audit.KindSkipped}
	return []action{
		{name: "group deleted", do: stopped(deleteGroup)},
		{name: "offsets set to the earliest", do: stopped(setBack)},
		{name: "changelog deleted and made anew", do: stopped(remakeChangelog), refused: "the stage's state is lost", repair: resetStage},
		{name: "partitions added", do: addPartitions, refused: "the input has another number of partitions than configured"},
		{name: "output made anew", do: func(ctx context.Context, s *scene) error { return s.remake(ctx, schemas.EnrichedVerifications) }, audit: []string{audit.KindNoSnapshot, audit.KindFacts}},
		{name: "input made anew", do: func(ctx context.Context, s *scene) error { return s.remake(ctx, schemas.RawLOX24) }, audit: lost},
		{name: "input lost its end", do: loseTail, audit: lost},
		{name: "batches made smaller", do: lowerMaxMessage},
	}
}

// stopped wraps an action so that no processor runs during it.
func stopped(do func(ctx context.Context, s *scene) error) func(ctx context.Context, s *scene) error {
	return func(ctx context.Context, s *scene) error {
		if err := s.stop(ctx); err != nil {
			return err
		}
		if err := s.emptied(ctx); err != nil {
			return err
		}
		if err := do(ctx, s); err != nil {
			return err
		}
		return s.start()
	}
}

// emptied waits until the group has no members: a member that has ended stays until its
// session times out.
func (s *scene) emptied(ctx context.Context) error {
	group, _ := s.group()
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, errors.New("the group still has members"))
	defer cancel()
	for {
		described, err := s.watcher.admin.DescribeGroups(ctx, group)
		if err == nil && described[group].Err == nil && len(described[group].Members) == 0 {
			return nil
		}
		if err := timespan.Wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func deleteGroup(ctx context.Context, s *scene) error {
	group, _ := s.group()
	_, err := s.watcher.admin.DeleteGroup(ctx, group)
	return err
}

func setBack(ctx context.Context, s *scene) error {
	group, input := s.group()
	var offsets kadm.Offsets
	for p := range int32(3) {
		offsets.AddOffset(input, p, 0, -1)
	}
	return s.watcher.admin.CommitAllOffsets(ctx, group, offsets)
}

// remakeChangelog recreates the changelog: the obvious but wrong reaction to a
// processor that reports missing topics.
func remakeChangelog(ctx context.Context, s *scene) error {
	return s.remake(ctx, schemas.ChangelogLOX24)
}

func resetStage(ctx context.Context, s *scene) error {
	if err := s.emptied(ctx); err != nil {
		return err
	}
	_, err := s.call(ctx, "reset", "--stage", "lox24", "--yes", "-c", s.file)
	return err
}

// remake deletes a topic and recreates it with the same settings.
func (s *scene) remake(ctx context.Context, name string) error {
	topic := s.names.Topic(name)
	if _, err := s.watcher.admin.DeleteTopic(ctx, topic); err != nil {
		return err
	}
	for {
		details, err := s.watcher.admin.ListTopics(ctx, topic)
		if err == nil && !details.Has(topic) {
			break
		}
		if err := timespan.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	_, err := s.call(ctx, "topics", "apply", "-c", s.file)
	return err
}

// addPartitions adds partitions to the input while a processor runs.
func addPartitions(ctx context.Context, s *scene) error {
	_, input := s.group()
	responses, err := s.watcher.admin.UpdatePartitions(ctx, 5, input)
	return errors.Join(err, responses.Error())
}

// lowerMaxMessage sets the topic's max.message.bytes below the size of ingest's
// batches, but above that of a single webhook.
func lowerMaxMessage(ctx context.Context, s *scene) error {
	_, input := s.group()
	const bytes = "2048"
	value := bytes
	responses, err := s.watcher.admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "max.message.bytes", Value: &value}}, input)
	for _, r := range responses {
		err = errors.Join(err, r.Err)
	}
	return err
}

// loseTail restores the raw topic's partition directories from a copy made before the
// last writes: the result of an unclean leader election, or of a broker that lost its
// last writes.
func loseTail(ctx context.Context, s *scene) error {
	kept, err := s.withoutBroker(ctx, func(kafka string) error { return s.eachLog(kafka, copyLog) })
	if err != nil {
		return err
	}
	if err := s.send(ctx, s.fresh(sendings)); err != nil {
		return err
	}
	if err := s.caughtUp(ctx); err != nil {
		return err
	}
	_, err = s.withoutBroker(ctx, func(string) error { return s.eachLog(kept, restoreLog) })
	return err
}

// withoutBroker changes the broker's files while nothing runs.
func (s *scene) withoutBroker(ctx context.Context, do func(kafka string) error) (data string, err error) {
	if err := errors.Join(s.stop(ctx), s.ingest.stop(ctx)); err != nil {
		return "", err
	}
	if _, err := s.kafka.run(ctx, "stop", 0); err != nil {
		return "", err
	}
	data = filepath.Join(s.kafka.dir, "data")
	if err := do(data); err != nil {
		return "", err
	}
	if _, err := s.kafka.run(ctx, "start", 0); err != nil {
		return "", err
	}
	if err := s.startIngest(ctx); err != nil {
		return "", err
	}
	return data, s.start()
}

// eachLog calls a function with the directory of each partition of the raw topic, and
// the directory for its copy.
func (s *scene) eachLog(data string, do func(log, copied string) error) error {
	_, input := s.group()
	for p := range 3 {
		name := fmt.Sprintf("%s-%d", input, p)
		if err := do(filepath.Join(data, name), filepath.Join(s.dir, "kept-"+name)); err != nil {
			return err
		}
	}
	return nil
}

func copyLog(log, copied string) error {
	if err := os.CopyFS(copied, os.DirFS(log)); err != nil {
		return fmt.Errorf("keep a partition's log: %w", err)
	}
	return nil
}

func restoreLog(log, copied string) error {
	if err := os.RemoveAll(log); err != nil {
		return fmt.Errorf("take a partition's log away: %w", err)
	}
	if err := os.CopyFS(log, os.DirFS(copied)); err != nil {
		return fmt.Errorf("put back a partition's log: %w", err)
	}
	return nil
}
