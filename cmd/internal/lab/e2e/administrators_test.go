package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// site is a running pipeline with topics of its own.
type site struct {
	t     *testing.T
	env   []string
	file  string
	url   string
	names schemas.Names
	admin *kadm.Client
	// brokers are Kafka's addresses.
	brokers []string
	// sent are the bodies of webhooks, each an event of its own; times is how often each
	// was sent.
	sent  [][]byte
	times int
	// made counts the events.
	made int
}

func newSite(t *testing.T) *site {
	t.Helper()
	brokers := cluster(t)
	registryURL, stopRegistry := embedded.Registry()
	t.Cleanup(stopRegistry)
	accounts := simulator.DefaultAccounts()
	s := &site{t: t, file: settings(t, "http://127.0.0.1:1", accounts), names: schemas.Names{Prefix: "admin" + strconv.FormatUint(rand.Uint64(), 36) + "."}}
	s.env = []string{
		"TRIBUTARY_KAFKA__BROKERS=" + brokers, "TRIBUTARY_KAFKA__PREFIX=" + s.names.Prefix, "TRIBUTARY_REGISTRY__URLS=" + registryURL,
		"TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID=one", "TRIBUTARY_PROCESSOR__ENGINE__STATE_DIR=" + filepath.Join(t.TempDir(), "state"),
	}
	s.brokers = strings.Split(brokers, ",")
	client, err := kgo.NewClient(kgo.SeedBrokers(s.brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	s.admin = kadm.NewClient(client)
	call(t, s.env, "topics", "apply", "-c", s.file)
	call(t, s.env, "schemas", "register", "-c", s.file)
	ingest := start(t, s.env, "ingest", "-c", s.file)
	s.url = "http://" + ingest.says(`ingest is listening" address=(\S+)`) + "/v1/lox24/" + accounts.First(raw.ProviderLOX24).Source + "/" + accounts.First(raw.ProviderLOX24).Secret
	for range 30 {
		s.sent = append(s.sent, s.event())
	}
	return s
}

// event returns the body of a webhook that was not made before.
func (s *site) event() []byte {
	now, i := time.Now().Unix(), s.made
	s.made++
	return fmt.Appendf(nil, `{"id": "00000000-0000-4000-8000-%012d", "api_version": "2022-05-25", "name": "verify_code.channel.sent",
			"created_at": %d, "attempt_total": 4, "attempt_number": 1, "notification_task_id": "3378de83-de66-4de8-9d29-2b10d41bb641", "data": {
			"id": "00000000-0000-4000-9000-%012d", "user_id": 1, "phone": "+4915112345678", "status": 5, "currency": "EUR", "created_at": %d,
			"updated_at": %d, "routing_strategy": [{"channel": "sms", "timeout_sec": 30, "sender_id": "x"}], "history": [], "is_code_deleted": false}}`,
		i, now, i/3, now, now)
}

func (s *site) processor() *process {
	s.t.Helper()
	return start(s.t, s.env, "processor", "-c", s.file)
}

// post sends one webhook and returns the answer's status code.
func (s *site) post(body []byte) int {
	s.t.Helper()
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.Post(s.url, "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// again sends all webhooks, and waits until the account closes: each is a fact once.
func (s *site) again(after string) {
	s.t.Helper()
	s.times++
	for _, body := range s.sent {
		if code := s.post(body); code != http.StatusOK {
			s.t.Fatalf("after %s: a webhook was answered %d", after, code)
		}
	}
	var report audit.Report
	var account audit.Account
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && s.t.Context().Err() == nil; pause(s.t.Context(), 200*time.Millisecond) {
		report = s.audit()
		account = report.Total()[0]
		if report.AddsUp && report.Waiting == 0 && account.Raw == int64(s.times*len(s.sent)) {
			break
		}
	}
	if want := int64(len(s.sent)); !report.AddsUp || account.Decoded != want || account.Duplicates != int64(s.times-1)*want {
		s.t.Fatalf("after %s: account = %+v, %d waiting, want %d facts, each once", after, account, report.Waiting, want)
	}
}

func (s *site) audit() audit.Report {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(path, "audit", "--json", "-c", s.file)
	cmd.Env = append(cmd.Environ(), s.env...)
	out, failed := cmd.Output()
	var report audit.Report
	if err := json.Unmarshal(out, &report); err != nil {
		s.t.Fatal(errors.Join(err, failed))
	}
	return report
}

func (s *site) delete(topic string) {
	s.t.Helper()
	if _, err := s.admin.DeleteTopic(s.t.Context(), s.names.Topic(topic)); err != nil {
		s.t.Fatal(err)
	}
}

// create makes a topic anew that was deleted, as an operator would.
func (s *site) create(topic string) {
	s.t.Helper()
	for !strings.Contains(call(s.t, s.env, "topics", "apply", "-c", s.file), s.names.Topic(topic)) {
		pause(s.t.Context(), 100*time.Millisecond) // it is still about to be deleted
	}
}

// emptied does something to the group once its members have timed out.
func (s *site) emptied(do func() error) {
	s.t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); pause(s.t.Context(), 200*time.Millisecond) {
		described, failed := s.admin.DescribeGroups(s.t.Context(), s.names.Group("lox24"))
		if err = failed; err != nil || len(described[s.names.Group("lox24")].Members) > 0 {
			continue
		}
		if err = do(); !errors.Is(err, kerr.NonEmptyGroup) {
			break
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestAdministrators: a group that somebody deletes costs nothing. A changelog that was
// deleted and made anew is refused by name, and the way out that is named makes it whole.
func TestAdministrators(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one := s.processor()
	s.again("the start")

	one.stop()
	s.emptied(func() error {
		_, err := s.admin.DeleteGroup(t.Context(), s.names.Group("lox24"))
		return err
	})
	if report := s.audit(); report.AddsUp || report.Listed[0].Kind != audit.KindSetBack {
		t.Errorf("the audit does not say that the group is gone: %+v", report.Listed)
	}
	one = s.processor()
	s.again("the group was deleted")

	one.stop()
	s.delete(schemas.ChangelogLOX24)
	s.create(schemas.ChangelogLOX24)
	one = s.processor()
	<-one.done
	const exitState = 65
	err := one.cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitState || !strings.Contains(one.text(), "the stage's state is lost") ||
		!strings.Contains(one.text(), "tributary reset --stage lox24") {
		t.Fatalf("the changelog was made anew: %v, want exit code %d and the way out:\n%s", err, exitState, one.text())
	}
	s.emptied(func() error {
		call(t, s.env, "reset", "--stage", "lox24", "--yes", "-c", s.file)
		return nil
	})
	s.processor()
	s.again("the reset")
}

// TestTopicsMadeAnew: a raw topic is deleted and made anew under a running ingest, and an
// output under a running processor. Webhooks are answered 503 while the raw topic is away,
// and taken soon after it is back; the facts of what is sent then are written. Nothing is
// started again.
func TestTopicsMadeAnew(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.processor()
	s.again("the start")

	s.delete(schemas.RawLOX24)
	if code := s.post(s.sent[0]); code != http.StatusServiceUnavailable {
		t.Errorf("a webhook without its raw topic was answered %d, want 503", code)
	}
	s.create(schemas.RawLOX24)
	s.delete(schemas.DecodedLOX24VerifyCode)
	s.create(schemas.DecodedLOX24VerifyCode)
	back, body := time.Now(), s.event()
	for code := 0; code != http.StatusOK; code = s.post(body) { // an answer of 503 may be stored
		if time.Since(back) > 20*time.Second {
			t.Fatalf("a webhook is answered %d, 20 s after its raw topic was made anew", code)
		}
	}
	for range 9 {
		if code := s.post(s.event()); code != http.StatusOK {
			t.Errorf("a webhook was answered %d, want 200: the topic had taken one", code)
		}
	}
	s.holds(schemas.DecodedLOX24VerifyCode, 10)
}

// holds waits until a topic holds records.
func (s *site) holds(topic string, want int) {
	s.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.brokers...), kgo.ConsumeTopics(s.names.Topic(topic)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	have := 0
	for have < want && ctx.Err() == nil {
		have += client.PollFetches(ctx).NumRecords()
	}
	if have != want {
		s.t.Errorf("%s holds %d records, want %d", topic, have, want)
	}
}
