package acl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// TestRoles plays a cluster's life with an authorizer: each role does its real work
// with its own user, and is refused everything else.
func TestRoles(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	life := &life{cluster: c, logs: &logs{}, stateAt: t.TempDir()}
	for _, step := range []struct {
		name string
		play func(*testing.T)
	}{
		{"the super user gives the roles", life.rules},
		{"topics creates them", life.topics},
		{"the authorizer agrees", life.matrix},
		{"ingest accepts webhooks", life.accept},
		{"processor fences and commits", life.process},
		{"analytics reads", life.analyse},
		{"processor restores on another disk", life.restore},
		{"operator audits", life.audit},
		{"operator looks at the lag", life.lag},
		{"operator replays dead letters", life.replay},
		{"operator finds a case and forgets it", life.forget},
		{"reset makes a stage's state again", life.reset},
		{"everything else is refused", life.forbidden},
		{"a role that is taken away is gone", life.prune},
	} {
		if !t.Run(step.name, step.play) {
			return
		}
	}
}

// life is what the steps share.
type life struct {
	*cluster
	logs    *logs
	stateAt string
	runs    int
}

// logs is what the processors say.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) say(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.b.String(), text)
}

func (l *life) rules(t *testing.T) {
	t.Helper()
	d, err := acl.Diff(t.Context(), l.admin, l.config, l.names, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := acl.Apply(t.Context(), l.admin, d.Add, nil); err != nil {
		t.Fatal(err)
	}
	await(t, "the rules", func() bool {
		d, err := acl.Diff(t.Context(), l.admin, l.config, l.names, nil)
		return err == nil && d.Empty()
	})
}

func (l *life) topics(t *testing.T) {
	t.Helper()
	admin := kadm.NewClient(l.client(userTopics))
	config := topicSettings()
	change := func() int {
		changes, err := topics.Diff(t.Context(), admin, topics.Want(&config, l.names))
		if err == nil {
			err = topics.Apply(t.Context(), admin, config.ReplicationFactor, changes, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		return len(changes)
	}
	change()
	// A setting is altered, too, and then there is nothing left to do.
	config.Retention = map[string]time.Duration{schemas.RawLOX24: 48 * time.Hour}
	if n := change(); n != 1 {
		t.Errorf("%d changes of one setting", n)
	}
	await(t, "the topics", func() bool { return change() == 0 })
}

func topicSettings() topics.Config {
	return topics.Config{Partitions: 2, ReplicationFactor: 1, MinInsyncReplicas: 1}
}

// matrix asks the broker what each user may do with each topic.
func (l *life) matrix(t *testing.T) {
	t.Helper()
	for _, user := range users() {
		if diff := cmp.Diff(l.wantByTopic(user), l.mayByTopic(user)); diff != "" {
			t.Errorf("what %s may do (-want +got):\n%s", user, diff)
		}
	}
}

const sourceSecret = "the-source-secret"

// version is that of the provider's data structure.
const version = "2022-05-25"

// webhook is one of LOX24's, in a version of its structure.
func webhook(n int, version string) string {
	now := time.Now().Unix()
	return fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","api_version":%q,"name":"verify_code.success","created_at":%d,"attempt_total":3,
"attempt_number":1,"notification_task_id":"3378de83-de66-4de8-9d29-2b10d41bb641","data":{"id":"a1b2c3d4-e5f6-7890-abcd-%012d","user_id":1,
"phone":"+4915112345678","status":10,"routing_strategy":[{"channel":"telegram","timeout_sec":30,"sender_id":"x"}],"delivered_channel":"telegram",
"cost":5,"currency":"EUR","code":"1234","code_length":4,"payload":"order-%d","created_at":%d,"updated_at":%d,"history":[],"is_code_deleted":false}}`,
		n, version, now, n, n, now, now)
}

// send sends webhooks through an ingest that runs as long.
func (l *life) send(t *testing.T, bodies ...string) {
	t.Helper()
	config := ingest.DefaultConfig()
	config.Listen, config.AccessLog, config.AnswerDeadline = "127.0.0.1:0", false, time.Minute
	config.Sources = []ingest.Source{{ID: "shop", Provider: "lox24", Secrets: []ingest.Secret{{ID: "one", Ref: ingest.Ref{Value: sourceSecret}}}}}
	service, err := ingest.New(config, ingest.Deps{Kafka: l.as(userIngest), Names: l.names, Logger: slog.New(slog.NewTextHandler(l.logs, nil)), Now: time.Now})
	if err == nil {
		err = service.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{}
	for _, body := range bodies {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+service.Addr()+"/v1/lox24/shop", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+sourceSecret)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("answered %d: %s", resp.StatusCode, answer)
		}
	}
	client.CloseIdleConnections()
	if err := service.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func (l *life) accept(t *testing.T) {
	t.Helper()
	l.send(t, webhook(1, version), webhook(1, version), webhook(2, "2099-01-01"))
}

func shop() []source.Source { return []source.Source{{ID: "shop", Provider: "lox24"}} }

// start runs a processor on a disk of its own until the test's end, or stop.
func (l *life) start(t *testing.T) (stop func()) {
	t.Helper()
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k", Secret: []byte("0123456789abcdef0123456789abcdef")}}})
	if err != nil {
		t.Fatal(err)
	}
	config := processor.DefaultConfig()
	config.Workers = map[string]int{}
	for _, stage := range processor.StageNames() {
		config.Workers[stage] = 1
	}
	l.runs++
	// The same name: the group gives it its partitions back at once.
	config.Engine.InstanceID = "host"
	config.Engine.StateDir = filepath.Join(l.stateAt, strconv.Itoa(l.runs))
	config.Engine.CommitInterval, config.Engine.FenceAfter = 50*time.Millisecond, 200*time.Millisecond
	p, err := processor.New(config, processor.Deps{
		Kafka: l.as(userProcessor), Names: l.names, Privacy: pseudonyms, Version: "test", Logger: slog.New(slog.NewTextHandler(l.logs, nil)),
		Sources: shop(), Fail: func(err error) { t.Error(err) },
		SchemaIDs: func(context.Context) (map[string]uint32, error) {
			ids := map[string]uint32{}
			for i, topic := range schemas.Table() {
				ids[topic.Name] = uint32(i + 1)
			}
			return ids, nil
		},
	})
	if err == nil {
		err = p.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			if err := p.Stop(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	await(t, "the processor", p.Ready)
	return stop
}

// process lets a process that has died leave a transaction open on a changelog: the
// one that comes must see it, know whose it is, and end it.
func (l *life) process(t *testing.T) {
	t.Helper()
	ghost := l.client(userProcessor, kgo.TransactionalID(l.names.Group(processor.StageLOX24)+".ghost.0"), kgo.TransactionTimeout(10*time.Minute),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := ghost.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for p := range int32(2) {
		record := &kgo.Record{Topic: l.names.Topic(schemas.ChangelogLOX24), Partition: p, Key: []byte("ghost"), Value: []byte("ghost")}
		if err := ghost.ProduceSync(t.Context(), record).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	stop := l.start(t)
	if !l.logs.say("fenced the owner of an open transaction") {
		t.Error("the transaction that was left open was not ended by the one who came")
	}
	if err := ghost.EndTransaction(t.Context(), kgo.TryCommit); err == nil {
		t.Error("the ghost has committed")
	}
	if err := l.reads(userProcessor, l.names.Topic(schemas.InternalReplays)); !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Errorf("the processor reads the notes of replays: %v", err)
	}
	l.settled(t)
	stop()
}

// settled waits, as an operator, until every raw record has had its effect.
func (l *life) settled(t *testing.T) {
	t.Helper()
	await(t, "the processor's commits", func() bool {
		report, err := audit.Run(t.Context(), audit.Config{Kafka: l.as(userOperator), Names: l.names})
		if err != nil {
			t.Fatal(err)
		}
		return report.Waiting == 0 && report.AddsUp
	})
}

func (l *life) analyse(t *testing.T) {
	t.Helper()
	client := l.client(userBI, kgo.ConsumerGroup(l.names.Group("analytics.bi.dashboard")), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.ConsumeTopics(l.names.Topic(schemas.EnrichedJourneys), l.names.Topic(schemas.DecodedLOX24VerifyCode)), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	seen := map[string]bool{}
	await(t, "a journey and a fact", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) { seen[strings.TrimPrefix(r.Topic, l.names.Prefix)] = true })
		return seen[schemas.EnrichedJourneys] && seen[schemas.DecodedLOX24VerifyCode]
	})
	if err := client.CommitUncommittedOffsets(t.Context()); err != nil {
		t.Errorf("commit: %v", err)
	}
	client.Close()
}

func (l *life) restore(t *testing.T) {
	t.Helper()
	stop := l.start(t)
	// The state knows the first delivery: this one is a duplicate.
	l.send(t, webhook(1, version), webhook(3, version))
	l.settled(t)
	stop()
}

func (l *life) audit(t *testing.T) {
	t.Helper()
	report, err := audit.Run(t.Context(), audit.Config{Kafka: l.as(userOperator), Names: l.names})
	if err != nil {
		t.Fatal(err)
	}
	var accepted, decoded, duplicates, buried int64
	for i := range report.Accounts {
		a := &report.Accounts[i]
		accepted, decoded, duplicates, buried = accepted+a.Accepted, decoded+a.Decoded, duplicates+a.Duplicates, buried+a.DeadLetters
	}
	if !report.AddsUp || accepted != 5 || decoded != 2 || duplicates != 2 || buried != 1 {
		t.Errorf("%d accepted = %d decoded + %d duplicates + %d dead letters, adds up %v", accepted, decoded, duplicates, buried, report.AddsUp)
	}
}

func (l *life) lag(t *testing.T) {
	t.Helper()
	own := map[string][]string{}
	for _, stage := range processor.StageNames() {
		of, _ := processor.TopicsOf(stage)
		own[l.names.Group(stage)] = []string{l.names.Topic(of.Input)}
	}
	watcher := lag.New(lag.Config{Kafka: l.as(userOperator), Groups: []string{"*"}, Own: own})
	if err := watcher.Open(); err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	report, err := watcher.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]bool{}
	for i := range report.Groups {
		g := &report.Groups[i]
		groups[g.Group] = true
		for j := range g.Partitions {
			if p := &g.Partitions[j]; p.Err != "" {
				t.Errorf("%s, %s/%d: %s", g.Group, p.Topic, p.Partition, p.Err)
			}
		}
	}
	if len(report.Warnings) > 0 || !groups[l.names.Group(processor.StageJourney)] || !groups[l.names.Group("analytics.bi.dashboard")] {
		t.Errorf("groups %v, warnings %v", groups, report.Warnings)
	}
}

func (l *life) replay(t *testing.T) {
	t.Helper()
	reader := deadletter.NewReader(l.as(userOperator), l.names)
	plan, err := deadletter.NewReplayer(reader, deadletter.Replay{By: "the suite"}).Run(t.Context())
	if err != nil || plan.Sent != 1 {
		t.Fatalf("replayed %+v: %v", plan, err)
	}
	stop := l.start(t)
	l.settled(t)
	stop()
	again, err := deadletter.NewReplayer(deadletter.NewReader(l.as(userOperator), l.names), deadletter.Replay{Rounds: 1}).Plan(t.Context())
	if err != nil || again.Selected != 2 || again.Send != 0 {
		t.Errorf("after the replay: %+v, %v", again, err)
	}
}
