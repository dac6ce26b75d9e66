package bench_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small is a load of a moment.
func small() bench.Load {
	l := bench.DefaultLoad()
	l.Webhooks = 60
	return l
}

// TestNothingProcessed: a pipeline that does nothing is the fastest of all.
func TestNothingProcessed(t *testing.T) {
	t.Parallel()
	o := bench.DefaultOptions()
	o.Patience = 50 * time.Millisecond
	for _, how := range []string{bench.CheckAudit, bench.CheckModel} {
		faults, sent, err := bench.Unprocessed(t.Context(), o, small(), how)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) == 0 {
			t.Errorf("%s found nothing wrong with %v unprocessed", how, sent)
		}
	}
	faults, _, err := bench.Unprocessed(t.Context(), o, small(), bench.CheckNone)
	if err != nil || len(faults) > 0 {
		t.Errorf("without a check: %v, %v", faults, err)
	}
}

func TestAuditFaults(t *testing.T) {
	t.Parallel()
	good := func() *audit.Report {
		return &audit.Report{AddsUp: true, Accounts: []audit.Account{{Raw: 6}, {Raw: 4}}}
	}
	for name, c := range map[string]struct {
		change func(*audit.Report)
		says   string
	}{
		"all is there":        {func(*audit.Report) {}, ""},
		"a record is missing": {func(r *audit.Report) { r.Accounts[1].Raw = 3 }, "10 records were accepted, 9"},
		"one too many":        {func(r *audit.Report) { r.Accounts[1].Raw = 5 }, "10 records were accepted, 11"},
		"one waits":           {func(r *audit.Report) { r.Waiting = 1 }, "1 raw records were not processed"},
		"a difference": {func(r *audit.Report) {
			r.AddsUp, r.Differences = false, 1
			r.Listed = []*audit.Difference{{Kind: audit.KindFacts, Key: "lox24:x", Told: 3, Applied: 2}}
		}, "told 3, applied 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := good()
			c.change(r)
			got := strings.Join(bench.AuditFaults(r, 10), "; ")
			if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
				t.Errorf("faults = %q, want something with %q", got, c.says)
			}
		})
	}
}

func TestStoredIsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records int64
		digest  uint64
		says    string
	}{
		"the same":        {5, 99, ""},
		"one is lost":     {4, 99, "5 records were answered 200, 4"},
		"one twice":       {6, 99, "5 records were answered 200, 6"},
		"another instead": {5, 98, "not those that were sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(bench.CompareStored(5, c.records, 99, c.digest), "; ")
			if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
				t.Errorf("faults = %q, want something with %q", got, c.says)
			}
		})
	}
}

// TestProgramEnds: what a subprocess said is in the error, and nothing is left behind.
func TestProgramEnds(t *testing.T) {
	t.Parallel()
	o := bench.DefaultOptions()
	o.Program = "/bin/false"
	_, err := bench.Processor(t.Context(), o, bench.ProcessorConfig{Load: small()})
	if err == nil || !strings.Contains(err.Error(), "processor ended") {
		t.Errorf("Processor() with a program that ends = %v", err)
	}
	_, err = bench.Ingest(t.Context(), o, bench.DefaultIngestConfig())
	if err == nil || !strings.Contains(err.Error(), "ingest ended") {
		t.Errorf("Ingest() with a program that ends = %v", err)
	}
}

// TestCopiedBodies: what another program was given can be given to ours.
func TestCopiedBodies(t *testing.T) {
	t.Parallel()
	load := small()
	load.Providers = []string{raw.ProviderLOX24}
	first, second, err := bench.Bodies(t.Context(), bench.DefaultOptions(), load, raw.ProviderLOX24)
	if err != nil {
		t.Fatal(err)
	}
	a, b := first[raw.ProviderLOX24], second[raw.ProviderLOX24]
	if a.Accepted == 0 || a.Accepted != b.Accepted || a.Digest != b.Digest {
		t.Errorf("copied %+v of %+v", b, a)
	}
}

func TestSocket(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.URL.Path+" "+r.Header.Get("X-Proof")+" "+string(body))
	}))
	t.Cleanup(server.Close)
	status, answer, err := bench.Post(t.Context(), server.Listener.Addr().String(), "/v1/x", http.Header{"X-Proof": {"p"}}, []byte("body"))
	if err != nil || status != http.StatusTeapot || answer != "/v1/x p body" {
		t.Errorf("Post() = %d %q, %v", status, answer, err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*bench.Options, *bench.Load)
		says   string
	}{
		"a good one":            {func(*bench.Options, *bench.Load) {}, ""},
		"no such check":         {func(o *bench.Options, _ *bench.Load) { o.Check = "hope" }, "--check"},
		"no value":              {func(o *bench.Options, _ *bench.Load) { o.Set = []string{"processor.engine"} }, "--set"},
		"the pipeline's prefix": {func(o *bench.Options, _ *bench.Load) { o.Set = []string{"kafka.prefix=live."} }, "the bench's own"},
		"no runs":               {func(o *bench.Options, _ *bench.Load) { o.Runs = 0 }, "--runs"},
		"no partitions":         {func(o *bench.Options, _ *bench.Load) { o.Partitions = 0 }, "--partitions"},
		"no patience":           {func(o *bench.Options, _ *bench.Load) { o.Patience = 0 }, "--patience"},
		"no webhooks":           {func(_ *bench.Options, l *bench.Load) { l.Webhooks = 0 }, "--webhooks"},
		"all repeats":           {func(_ *bench.Options, l *bench.Load) { l.Repeats = 1 }, "--repeats"},
		"nobody":                {func(_ *bench.Options, l *bench.Load) { l.Providers = []string{"x"} }, "--providers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, l := bench.DefaultOptions(), bench.DefaultLoad()
			c.change(&o, &l)
			got := ""
			if err := errors.Join(o.Validate(), l.Validate()); err != nil {
				got = err.Error()
			}
			if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
				t.Errorf("faults = %q, want something with %q", got, c.says)
			}
		})
	}
}

// TestPeersAreRead: their scripts' figures become ours, in our units.
func TestPeersAreRead(t *testing.T) {
	t.Parallel()
	runs, err := bench.StreamsRun([]map[string]any{
		{"input_done": 1000.0, "seconds": 2.0, "records_per_s": 500.0, "records_per_app_cpu_s": 250.0, "app_cpu_s": 4.0, "broker_cpu_s": 1.0, "app_peak_rss_mb": 100.0},
		{"state_mb": 1.0},
		{"problems": nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]float64{"records_per_cpu_second": 250, "cpu_us_per_record": 4000, "broker_cpu_us_per_record": 1000, "peak_rss_mb": 104.8576} {
		if got, _ := runs[0].Figures.Get(key); got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	if _, err := bench.StreamsRun([]map[string]any{{"input_done": 1.0}, {"problems": []any{"wrong"}}}); err == nil {
		t.Error("a peer whose answers are wrong is a measure")
	}
	line := map[string]any{"name": "x", "conns": 64.0, "ok": 10.0, "records": 10.0, "us_server": 50.0}
	if run, fault := bench.IngestRun(line); run.Name != "x c=64" || fault != "" {
		t.Errorf("IngestRun() = %+v, %q", run, fault)
	}
	line["records"] = 9.0
	if _, fault := bench.IngestRun(line); fault == "" {
		t.Error("an answer of 200 without a record is no fault")
	}
}
