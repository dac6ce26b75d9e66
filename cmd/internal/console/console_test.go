package console_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/cases"
	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people of the tests: their tokens.
const (
	viewer   = "a-viewer-with-a-token-of-32-chars"
	support  = "support-with-a-token-of-32-chars-"
	operator = "an-operator-with-a-token-32-chars"
)

// rig is a console over a pipeline.
type rig struct {
	*tracetest.Stack

	url    string
	client *http.Client
}

// start runs a console over a stack; processes are those whose status it shows.
func start(tb testing.TB, s *tracetest.Stack, processes ...feed.Process) *rig {
	tb.Helper()
	c := config.Default()
	c.Kafka.Prefix = tracetest.Prefix
	server, err := console.New(console.Config{
		Listen: "127.0.0.1:0", Place: "a test", Version: "test",
		Access: access.Config{Tokens: []access.Token{{Name: "vera", Role: access.Viewer, Secret: viewer}, {Name: "sam", Role: access.Support, Secret: support}, {Name: "olga", Role: access.Operator, Secret: operator}}},
		Feed:   feed.Config{Kafka: s.Kafka, Names: s.Names, Own: c.OwnGroups(nil), Schema: s.Registry().SchemaByID, Pace: 0.02, Processes: processes},
		Search: cases.Search{Trace: trace.Config{Sources: s.Sources, Privacy: s.Privacy}, Pseudonyms: func(number, _ string) ([]string, error) {
			var out []string
			for _, p := range s.Privacy.Phone(number, time.Now()).Pseudonyms {
				out = append(out, p.HMAC)
			}
			return out, nil
		}},
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) {
			ids, err := s.Registry().Resolve(ctx)
			return ids.ByTopic, err
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	tb.Cleanup(func() {
		web.CloseClientConnections()
		if err := server.Stop(context.WithoutCancel(tb.Context())); err != nil {
			tb.Error(err)
		}
		web.Close()
	})
	client := web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &rig{Stack: s, url: web.URL, client: client}
}

// ask asks as a person; form makes it a POST.
func (r *rig) ask(tb testing.TB, token, path string, form url.Values) (status int, body string, header http.Header) {
	tb.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(tb.Context(), method, r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		tb.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// until asks for JSON until it is as wanted.
func (r *rig) until(t *testing.T, path string, wanted func(body string) bool) string {
	t.Helper()
	for began := time.Now(); ; {
		_, body, _ := r.ask(t, operator, path, nil)
		if wanted(body) {
			return body
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%s is after 30 s still %s", path, body)
		}
		wait(t, 100*time.Millisecond)
	}
}

func wait(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// pipeline is a stack with a case, a dead letter and a running processor.
func pipeline(t *testing.T) *rig {
	t.Helper()
	s := tracetest.Start(t)
	s.Verification(t, 1, "order-1", 1, "channel.success", 5)
	s.Verification(t, 1, "order-1", 2, "success", 10)
	s.Payment(t, 1, "order-1", "FINISHED", "FINISHED")
	s.Webhook(t, "lox24", "lox24:poisoned", []byte(`{"a":"poisoned body","phone":"+4915112345678"`))
	s.Run(t)
	r := start(t, s)
	r.until(t, "/case?id=order-1&format=json", func(body string) bool { return strings.Contains(body, `"complete": true`) })
	r.until(t, "/letters?format=json", func(body string) bool { return strings.Contains(body, `"waiting": 1`) })
	return r
}

// pages are the pages of a running console that answer 200.
func pages() []string {
	return []string{
		"/flow", "/flow?wall=1", "/readers", "/letters", "/letters/issue?provider=lox24&stage=lox24&cause=malformed", "/letters/letter?ref=lox24/0/0", "/case", "/case?id=order-1",
		"/money", "/money?range=30d&country=DE", "/money?range=custom&from=2026-01-01&until=2026-01-31&channel=SMS&source=x", "/account", "/contract", "/contract/topic?name=" + schemas.EnrichedJourneys, "/help",
	}
}

// existing leaves those out that this run does not have: a dead letter may be in either partition.
func existing(t *testing.T, r *rig) []string {
	t.Helper()
	_, body, _ := r.ask(t, operator, "/letters?format=json", nil)
	var m feed.Letters
	if err := json.Unmarshal([]byte(body), &m); err != nil || len(m.Issues) == 0 || len(m.Issues[0].Newest) == 0 {
		t.Fatalf("/letters = %s, %v", body, err)
	}
	i := m.Issues[0]
	ref := i.Newest[0].String()
	out := pages()
	for k, path := range out {
		switch {
		case strings.HasPrefix(path, "/letters/issue"):
			out[k] = "/letters/issue?" + url.Values{"provider": {i.Provider}, "stage": {i.Stage}, "cause": {i.Cause}}.Encode()
		case strings.HasPrefix(path, "/letters/letter"):
			out[k] = "/letters/letter?" + url.Values{"ref": {ref}}.Encode()
		}
	}
	return out
}

// TestPages: each page is the console's own HTML, light, and has its JSON twin; each of its tables is
// CSV.
func TestPages(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	if status, _, header := r.ask(t, viewer, "/", nil); status != http.StatusSeeOther || header.Get("Location") != "/flow" {
		t.Errorf("/ = %d to %s", status, header.Get("Location"))
	}
	csvs := regexp.MustCompile(`href="([^"]*format=csv[^"]*)"`)
	for _, path := range existing(t, r) {
		status, body, header := r.ask(t, viewer, path, nil)
		if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s = %d with %v", path, status, header)
		}
		if faults := consoletest.Check(body); len(faults) > 0 {
			t.Errorf("%s: %s", path, strings.Join(faults, "\n"))
		}
		const most = 150_000
		if len(body) > most {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		twin := path + "?format=json"
		if strings.Contains(path, "?") {
			twin = path + "&format=json"
		}
		if status, body, _ := r.ask(t, viewer, twin, nil); status != http.StatusOK || !json.Valid([]byte(body)) {
			t.Errorf("%s = %d: %s", twin, status, body)
		}
		for _, link := range csvs.FindAllStringSubmatch(body, -1) {
			status, body, _ := r.ask(t, viewer, strings.ReplaceAll(link[1], "&amp;", "&"), nil)
			if rows, err := csv.NewReader(strings.NewReader(body)).ReadAll(); status != http.StatusOK || err != nil || len(rows) < 2 {
				t.Errorf("%s = %d, %v: %s", link[1], status, err, body)
			}
		}
	}
	for path, want := range map[string]int{"/nothing": 404, "/letters/issue?cause=none": 404, "/money?range=never": 400, "/money?range=custom&from=2026-02-01&until=2026-01-01": 400, "/contract/topic?name=raw.lox24.v1": 404, "/case?id=%2B4915112345678": 400, "/case?id=not-there": 404} {
		if status, body, _ := r.ask(t, viewer, path, nil); status != want || len(consoletest.Check(body)) > 0 {
			t.Errorf("%s = %d, want %d", path, status, want)
		}
	}
}

// TestRoles checks the permissions of every role, and that nobody sees a phone or a body without a record.
func TestRoles(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	paths := existing(t, r)
	issue, err := url.Parse(paths[4])
	if err != nil {
		t.Fatal(err)
	}
	letter, err := url.Parse(paths[5])
	if err != nil {
		t.Fatal(err)
	}
	with := func(values url.Values, more ...string) url.Values {
		out := maps.Clone(values)
		for i := 0; i+1 < len(more); i += 2 {
			out.Set(more[i], more[i+1])
		}
		return out
	}
	for _, c := range []struct {
		path                      string
		form                      url.Values
		viewer, support, operator int
	}{
		{"/case/phone", url.Values{"phone": {tracetest.Phone}}, 403, 400, 400},
		{"/case/phone", url.Values{"phone": {tracetest.Phone}, "purpose": {"a call"}}, 403, 303, 303},
		{"/case/unmask", url.Values{"id": {"order-1"}, "purpose": {"a call"}}, 403, 200, 200},
		{"/letters/show", with(letter.Query()), 403, 400, 400},
		{"/letters/show", with(letter.Query(), "purpose", "a call"), 403, 200, 200},
		{"/letters/plan", with(issue.Query()), 403, 403, 200},
		{"/letters/replay", with(issue.Query()), 403, 403, 400},
		{"/account/audit", url.Values{}, 403, 400, 400},
	} {
		for token, want := range map[string]int{viewer: c.viewer, support: c.support, operator: c.operator, "": 401, "nobody": 401} {
			if status, body, _ := r.ask(t, token, c.path, c.form); status != want {
				t.Errorf("%s of %v by %q = %d, want %d: %s", c.path, c.form, token, status, want, body)
			}
		}
	}
	for _, path := range paths {
		if _, body, _ := r.ask(t, operator, path, nil); strings.Contains(body, "poisoned body") || strings.Contains(body, "4915112345678") {
			t.Errorf("%s shows what is masked", path)
		}
	}
}

// operations reads the records of acts.
func (r *rig) operations(t *testing.T) (out []avro.Operation) {
	t.Helper()
	topic := r.Names.Topic(schemas.Operations)
	client, err := kgo.NewClient(append(r.Kafka, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	var left int64
	ends.Each(func(o kadm.ListedOffset) { left += o.Offset })
	for int64(len(out)) < left {
		client.PollFetches(t.Context()).EachRecord(func(record *kgo.Record) {
			var o avro.Operation
			_, body, err := wire.Parse(record.Value)
			if err == nil {
				err = o.DecodeAvro(body)
			}
			if err != nil {
				t.Error(err)
			}
			out = append(out, o)
		})
	}
	// Its partitions are read in any order.
	slices.SortStableFunc(out, func(a, b avro.Operation) int { return a.At.Compare(b.At) })
	return out
}

// TestReplay: a dry run sends nothing; a replay is recorded, then done as the command does it.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	issue, err := url.Parse(existing(t, r)[4])
	if err != nil {
		t.Fatal(err)
	}
	form := issue.Query()
	if _, body, _ := r.ask(t, operator, "/letters/plan?format=json", form); !strings.Contains(body, `"to_send": 1`) {
		t.Fatalf("the plan is %s", body)
	}
	if acts := r.operations(t); len(acts) > 0 {
		t.Errorf("a dry run is recorded: %+v", acts)
	}
	form.Set("purpose", "the new release reads it")
	if status, body, _ := r.ask(t, operator, "/letters/replay", form); status != http.StatusSeeOther {
		t.Fatalf("the replay = %d: %s", status, body)
	}
	acts := r.operations(t)
	if len(acts) == 0 || acts[0].Outcome != avro.OperationOutcomeAsked || acts[0].Actor != "olga" || acts[0].Role != "operator" || acts[0].Action != avro.OperationActionReplayDeadLetters ||
		acts[0].Purpose != "the new release reads it" || acts[0].Records.Value != 1 || !strings.Contains(acts[0].Target, "lox24") {
		t.Errorf("the records are %+v", acts)
	}
	// It is rejected again: a second dead letter, in round 1.
	r.until(t, "/letters?format=json", func(body string) bool {
		return strings.Contains(body, `"replayed": 1`) && strings.Contains(body, `"round": 1`)
	})
	_, body, _ := r.ask(t, viewer, "/letters", nil)
	if !strings.Contains(body, "1 dead letter was replayed.") {
		t.Error("the page does not say that the replay is done")
	}
}

// TestAnActThatCannotBeRecorded: is not done.
func TestAnActThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	client, err := kgo.NewClient(r.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).DeleteTopic(t.Context(), r.Names.Topic(schemas.Operations)); err != nil {
		t.Fatal(err)
	}
	issue, err := url.Parse(existing(t, r)[4])
	if err != nil {
		t.Fatal(err)
	}
	form := issue.Query()
	form.Set("purpose", "trying")
	status, body, _ := r.ask(t, operator, "/letters/replay", form)
	if status != http.StatusBadGateway || !strings.Contains(body, "cannot be recorded") {
		t.Errorf("the replay = %d: %s", status, body)
	}
	if status, body, _ := r.ask(t, support, "/case/phone", url.Values{"phone": {tracetest.Phone}, "purpose": {"a call"}}); status != http.StatusBadGateway {
		t.Errorf("the search = %d: %s", status, body)
	}
	if _, body, _ := r.ask(t, operator, "/letters?format=json", nil); !strings.Contains(body, `"replayed": 0`) {
		t.Errorf("an act that is not recorded was done: %s", body)
	}
}

// TestAudit: it runs once at a time, and its result is on the page.
func TestAudit(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	if status, body, _ := r.ask(t, support, "/account/audit", url.Values{"purpose": {"the month ends"}}); status != http.StatusSeeOther {
		t.Fatalf("the audit = %d: %s", status, body)
	}
	r.until(t, "/account?format=json", func(body string) bool { return strings.Contains(body, `"adds_up": true`) })
	if _, body, _ := r.ask(t, viewer, "/account", nil); !strings.Contains(body, "The account adds up.") {
		t.Error("the page does not say that the account adds up")
	}
}
