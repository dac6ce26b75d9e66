package bench_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	o := environment.DefaultOptions()
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

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*environment.Options, *environment.Load)
		says   string
	}{
		"a good one":            {func(*environment.Options, *environment.Load) {}, ""},
		"no such check":         {func(o *environment.Options, _ *environment.Load) { o.Check = "hope" }, "--check"},
		"no value":              {func(o *environment.Options, _ *environment.Load) { o.Set = []string{"processor.engine"} }, "--set"},
		"the pipeline's prefix": {func(o *environment.Options, _ *environment.Load) { o.Set = []string{"kafka.prefix=live."} }, "the bench's own"},
		"no runs":               {func(o *environment.Options, _ *environment.Load) { o.Runs = 0 }, "--runs"},
		"no partitions":         {func(o *environment.Options, _ *environment.Load) { o.Partitions = 0 }, "--partitions"},
		"no patience":           {func(o *environment.Options, _ *environment.Load) { o.Patience = 0 }, "--patience"},
		"no webhooks":           {func(_ *environment.Options, l *environment.Load) { l.Webhooks = 0 }, "--webhooks"},
		"all repeats":           {func(_ *environment.Options, l *environment.Load) { l.Repeats = 1 }, "--repeats"},
		"nobody":                {func(_ *environment.Options, l *environment.Load) { l.Providers = []string{"x"} }, "--providers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, l := environment.DefaultOptions(), environment.DefaultLoad()
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

// TestPeerJourneys: a difference between the peer's journeys and the model's is a fault.
func TestPeerJourneys(t *testing.T) {
	t.Parallel()
	good := []byte{1, 2, 4, 9, 9} // Avro: true, 1, 2 and more fields
	for name, c := range map[string]struct {
		value []byte
		says  string
	}{
		"as by the model": {good, ""},
		"not verified":    {[]byte{0, 2, 4}, "{verified:false verifications:1 payments:2}"},
		"a payment less":  {[]byte{1, 2, 2}, "payments:1"},
		"cut short":       {[]byte{1, 2}, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := bench.PeerJourneyFaults(map[string][]byte{"order-1": c.value})
			if text := strings.Join(faults, "; "); (c.says == "") != (text == "") || !strings.Contains(text, c.says) {
				t.Errorf("faults = %q, want something with %q", text, c.says)
			}
		})
	}
	if faults := bench.PeerJourneyFaults(nil); len(faults) == 0 {
		t.Error("a missing journey is no fault")
	}
}

// small is a load of a moment.
func small() environment.Load {
	l := environment.DefaultLoad()
	l.Webhooks = 60
	return l
}
