package chaos_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/lab/chaos"
)

// TestPlan: the seed alone decides, every kind comes as often as it should, and no
// injection is of two faults that cannot meet.
func TestPlan(t *testing.T) {
	t.Parallel()
	for _, scenario := range chaos.Scenarios() {
		for seed := range uint64(200) {
			if diff := cmp.Diff(chaos.Plan(scenario, seed, false), chaos.Plan(scenario, seed, false)); diff != "" {
				t.Fatalf("scenario %s, seed %d: not the same again:\n%s", scenario, seed, diff)
			}
			for _, few := range []bool{false, true} {
				got, want := chaos.Counts(scenario, seed, few)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("scenario %s, seed %d, few %v: (-want +got)\n%s", scenario, seed, few, diff)
				}
			}
			if clashes := chaos.Clashes(scenario, seed); len(clashes) > 0 {
				t.Fatalf("scenario %s, seed %d: %v", scenario, seed, clashes)
			}
		}
		if cmp.Equal(chaos.Plan(scenario, 1, false), chaos.Plan(scenario, 2, false)) {
			t.Errorf("scenario %s: the seed decides nothing", scenario)
		}
	}
}

func TestOwnerOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]int{"chaos.lox24.one.0": 0, "chaos.unibell-call.three.1": 2, "chaos.lox24.other.0": -1} {
		if got := chaos.OwnerOf(id); got != want {
			t.Errorf("%s: processor %d, want %d", id, got, want)
		}
	}
}

func TestSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script, found string
		fails         bool
	}{
		"a line that comes":         {script: "echo address=here; exec cat </dev/zero >/dev/null", found: "here"},
		"ends without it":           {script: "echo nothing of it", fails: true},
		"says it with its last end": {script: "echo address=there", found: "there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, _, err := chaos.Said(t.Context(), t.TempDir(), c.script, `address=(\S+)`)
			if found != c.found || (err != nil) != c.fails {
				t.Errorf("%q, %v", found, err)
			}
		})
	}
}

// TestWitness: it sends every webhook until it is taken, and keeps one receipt of each.
func TestWitness(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var mu sync.Mutex
	stored := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		var body struct {
			ID string `json:"id"`
		}
		text, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(text, &body); err != nil || body.ID == "" {
			t.Errorf("a body without id: %s", text)
		}
		switch n % 4 {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler) //nolint:forbidigo // what net/http wants for a connection that is cut
		default:
			mu.Lock()
			stored[body.ID] = true
			mu.Unlock()
			_, _ = fmt.Fprintf(w, `{"request_id":"x","records":[{"topic":"t","partition":1,"offset":%d}]}`, n)
		}
	}))
	t.Cleanup(server.Close)
	tries, receipts := chaos.Testify(t.Context(), strings.TrimPrefix(server.URL, "http://"), 30)
	if len(stored) != len(receipts) || len(receipts) < 30 {
		t.Errorf("%d webhooks have %d receipts", len(stored), len(receipts))
	}
	more := 0
	for i, n := range receipts {
		if n != 1 {
			t.Errorf("webhook %d has %d receipts after %d tries", i, n, tries[i])
		}
		if tries[i] > 1 {
			more++
		}
	}
	if more == 0 {
		t.Error("nothing was tried again: the test tried nothing")
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	chaos.Tell(&out, map[string][]time.Duration{"kill": {3 * time.Second, time.Second, 2 * time.Second}})
	for _, want := range []string{"WRONG: something odd", "│ kill  │     3 │ 2.0 s", "│ 3.0 s │"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
