package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/schemas"
)

const phoneKey = "the-e2e-key-for-phone-numbers"

// webhooks is how many TestPipeline sends: fewer where it is one of the unit tests.
func webhooks() int64 {
	if os.Getenv("TRIBUTARY_KAFKA_BROKERS") != "" {
		return 1500
	}
	return 400
}

// cluster returns a broker's addresses: the real one's, or those of the embedded.
func cluster(t *testing.T) string {
	t.Helper()
	if brokers := os.Getenv("TRIBUTARY_KAFKA_BROKERS"); brokers != "" {
		return brokers
	}
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	return strings.Join(stack.Brokers(), ",")
}

// settings writes the configuration of the stack.
func settings(t *testing.T, unibell string, accounts simulator.Accounts) string {
	t.Helper()
	return write(t, demo.Settings(accounts, unibell))
}

// write writes the configuration of the stack with sources.
func write(t *testing.T, sources []map[string]any) string {
	t.Helper()
	type object = map[string]any
	text, err := yaml.Marshal(object{
		"topics": object{"partitions": 3, "replication_factor": 1, "min_insync_replicas": 1},
		"ingest": object{"listen": "127.0.0.1:0"}, "ops": object{"listen": "127.0.0.1:0"},
		"processor": object{
			"engine":   object{"watermark_interval": "200ms", "session_timeout": "6s", "fence_after": "500ms"},
			"insights": object{"emit_interval": "1s"},
		},
		"privacy": object{"keys": []object{{"id": "k", "value": phoneKey}}},
		"sources": sources,
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tributary.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPipeline: scenarios of four providers through the real program, a processor
// killed under way; the account adds up and every journey is what the naive model
// says; nothing secret is in a log or an open topic.
func TestPipeline(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	brokers := cluster(t)
	registryURL, stopRegistry := embedded.Registry()
	t.Cleanup(stopRegistry)
	unibell := httptest.NewServer(simulator.Unibell())
	t.Cleanup(unibell.Close)
	accounts := simulator.DefaultAccounts()
	file := settings(t, unibell.URL, accounts)
	prefix := "e2e" + strconv.FormatUint(seed, 36) + "."
	env := []string{"TRIBUTARY_KAFKA__BROKERS=" + brokers, "TRIBUTARY_KAFKA__PREFIX=" + prefix, "TRIBUTARY_REGISTRY__URLS=" + registryURL}
	of := func(instance string) []string {
		return append(env, "TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID="+instance, "TRIBUTARY_PROCESSOR__ENGINE__STATE_DIR="+filepath.Join(t.TempDir(), instance))
	}
	call(t, env, "topics", "apply", "-c", file)
	call(t, env, "topics", "diff", "-c", file)
	call(t, env, "schemas", "register", "-c", file)
	in := start(t, env, "ingest", "-c", file)
	url := "http://" + in.says(`ingest is listening" address=(\S+)`)
	envs := [][]string{of("one"), of("two")}
	one, two := start(t, envs[0], "processor", "-c", file), start(t, envs[1], "processor", "-c", file)

	topics, await := watch(t, strings.Split(brokers, ","), prefix, accounts)
	ledger := simulator.NewLedger(nil, false)
	plan := simulator.Options{
		Seed: seed, Start: time.Now().Add(-4 * time.Hour), Accounts: accounts, Webhooks: webhooks(), Spacing: time.Second,
		Repeats: 0.3, Disorder: 0.2, Forgeries: 0.02,
	}
	half := make(chan struct{})
	go func() {
		defer close(half)
		for ledger.Total().Webhooks < webhooks()/2 && t.Context().Err() == nil {
			pause(t.Context(), 10*time.Millisecond)
		}
	}()
	ended := make(chan error, 1)
	go func() {
		ended <- simulator.Run(t.Context(), simulator.NewPlan(plan), simulator.Target{URL: url, Concurrency: 16}, ledger)
	}()
	<-half
	two.kill()
	two = start(t, envs[1], "processor", "-c", file)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	ready(t, one)
	ready(t, two)
	result := await(ledger)
	if faults := demo.Faults(ledger.Counts(), &result); len(faults) > 0 {
		t.Errorf("the account does not add up:\n%s", strings.Join(faults, "\n"))
	}
	for _, d := range result.Differences() {
		t.Errorf("journey: %s", d)
	}
	t.Logf("sent %+v; %d journeys equal, %d undecided; dead letters %v", ledger.Total(), result.Comparison.Equal, result.Comparison.Undecided, result.Causes)
	if result.Comparison.Equal == 0 || result.Funnel.Equal == 0 || topics.Total().Duplicates == 0 {
		t.Error("nothing was compared, or nothing repeated: the test tried nothing")
	}
	audited(t, env, file, ledger)
	in.stop()
	one.stop()
	two.stop()
	leaks(t, strings.Split(brokers, ","), prefix, accounts, in, one, two)
}

// audited wants the program's own audit, beside the running stack, to close: its exit
// code is 0, and it has counted what was accepted.
func audited(t *testing.T, env []string, file string, ledger *simulator.Ledger) {
	t.Helper()
	var report audit.Report
	if err := json.Unmarshal([]byte(answer(t, env, "audit", "-c", file, "--json")), &report); err != nil {
		t.Fatal(err)
	}
	counts := ledger.Counts()
	for _, a := range report.Total() {
		// A webhook whose answer was lost is stored all the same.
		if c := counts[a.Provider]; a.Accepted < c.Accepted || a.Accepted > c.Accepted+c.Uncertain {
			t.Errorf("audit has %d records of %s, %d were accepted", a.Accepted, a.Provider, c.Accepted)
		}
	}
	if report.Journeys.Journeys == 0 {
		t.Error("audit compared no journey")
	}
}

// watch reads the topics beside the run. await waits until everything accepted has
// ended in its way and returns what came of it.
func watch(t *testing.T, brokers []string, prefix string, accounts simulator.Accounts) (topics *model.Topics, await func(*simulator.Ledger) model.Result) {
	t.Helper()
	keys := []privacy.Key{{ID: "k", Secret: []byte(phoneKey)}}
	config := processor.DefaultConfig()
	topics = model.NewTopics(schemas.Names{Prefix: prefix}, model.New(demo.ModelSettings(&config, demo.ProcessorSources(accounts), keys), simulator.Digest), nil)
	client, err := kgo.NewClient(append(topics.Options(), kgo.SeedBrokers(brokers...))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return topics, func(ledger *simulator.Ledger) model.Result {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		for {
			poll, stop := context.WithTimeout(ctx, 300*time.Millisecond)
			n, err := topics.Poll(poll, client)
			stop()
			if err != nil && poll.Err() == nil {
				t.Fatal(err)
			}
			now := time.Now()
			result := topics.Result(now.Add(-time.Minute), now)
			if n == 0 && (ctx.Err() != nil || complete(ledger, &result)) {
				return result
			}
		}
	}
}

func complete(ledger *simulator.Ledger, r *model.Result) bool {
	for p, c := range ledger.Counts() {
		if a := r.Accounts[p]; a.Raw < c.Accepted || !a.AddsUp() {
			return false
		}
	}
	return r.Different() == 0
}

// ready waits until a processor says so on its ops port.
func ready(t *testing.T, p *process) {
	t.Helper()
	url := "http://" + p.says(`metrics and health" address=(\S+)`) + "/readyz"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if ctx.Err() != nil {
			t.Fatalf("%s: not ready in time", url)
		}
		pause(ctx, 50*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// leaks looks for phones, tokens and secrets where they must not be.
func leaks(t *testing.T, brokers []string, prefix string, accounts simulator.Accounts, processes ...*process) {
	t.Helper()
	secrets := map[string]bool{phoneKey: true}
	for i := range accounts {
		for _, secret := range []string{accounts[i].Secret, accounts[i].APIKey, accounts[i].Caller} {
			if secret != "" {
				secrets[secret] = true
			}
		}
	}
	phone := regexp.MustCompile(`"(?:phone|sourceAddr|destAddr)":\s*"\+?(\d{10,15})"`)
	read(t, brokers, prefix, schemas.FormatRaw, func(r *kgo.Record) {
		for _, found := range phone.FindAllSubmatch(r.Value, -1) {
			secrets[string(found[1])] = true
		}
		var body struct{ Token string }
		if json.Unmarshal(r.Value, &body) == nil && len(body.Token) > 40 {
			secrets[body.Token[len(body.Token)-40:]] = true
		}
	})
	t.Logf("looking for %d secrets, phones and tokens", len(secrets))
	read(t, brokers, prefix, schemas.FormatAvro, func(r *kgo.Record) {
		row, _ := schemas.Find(strings.TrimPrefix(r.Topic, prefix))
		if row.Access != schemas.AccessOpen {
			return
		}
		for secret := range secrets {
			if bytes.Contains(r.Value, []byte(secret)) || bytes.Contains(r.Key, []byte(secret)) {
				t.Errorf("%s/%d at offset %d holds a phone, token or secret", r.Topic, r.Partition, r.Offset)
			}
		}
	})
	for _, p := range processes {
		text := p.text()
		for secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%v logged a phone, token or secret", p.cmd.Args[1:2])
			}
		}
	}
}

// read passes every committed record of the topics of a format.
func read(t *testing.T, brokers []string, prefix string, format schemas.Format, each func(*kgo.Record)) {
	t.Helper()
	var names []string
	for _, row := range schemas.Table() {
		if row.Format == format {
			names = append(names, prefix+row.Name)
		}
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(names...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for idle := 0; idle < 3; {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		fetches := client.PollFetches(ctx)
		cancel()
		if fetches.NumRecords() == 0 {
			idle++
			continue
		}
		idle = 0
		fetches.EachRecord(each)
	}
}

// TestAuditExits: wrong words and a cluster without topics end with the code a
// program can tell them by, and say what to do.
func TestAuditExits(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	brokers := cluster(t)
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a time that is none":   {[]string{"--from", "yesterday"}, 2, "is no time such as"},
		"the end comes first":   {[]string{"--from", "1h", "--to", "2h"}, 2, "is not before --to"},
		"nothing to be listed":  {[]string{"--limit", "0"}, 2, "--limit"},
		"a word that is none":   {[]string{"everything"}, 2, "unknown command"},
		"topics are not there":  {nil, 1, "topics do not exist"},
		"a flag that is not ok": {[]string{"--since", "1h"}, 2, "unknown flag"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(path, append([]string{"audit"}, test.args...)...)
			cmd.Env = append(os.Environ(), "TRIBUTARY_KAFKA__BROKERS="+brokers, "TRIBUTARY_KAFKA__PREFIX=nobody.")
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(out), test.says) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, test.code, test.says, out)
			}
		})
	}
}
