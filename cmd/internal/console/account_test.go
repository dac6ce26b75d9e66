package console_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
)

// readyz is an ops port that answers /readyz.
func readyz(t *testing.T, status int, answer any) string {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// TestStates: Account has the state of each partition as the processors report it, restores with their
// share and time left, standby replicas with how far they are behind, and processes that do not answer.
func TestStates(t *testing.T) {
	t.Parallel()
	detail := processor.Detail{
		Workers: []engine.Status{{Stage: "uapay", Partitions: []engine.Partition{
			{Partition: 0, State: engine.PartitionRunning},
			{Partition: 1, State: engine.PartitionRunning},
			{Partition: 2, State: engine.PartitionRestoring, Read: 300, Left: 100, SecondsLeft: 90},
			{Partition: 4, State: engine.PartitionRestoring},
		}}},
		Standbys: []engine.StandbyPartition{{Stage: "lox24", Partition: 7, Behind: 12_345}, {Stage: "lox24", Partition: 8, Warm: true}},
	}
	restoring := readyz(t, http.StatusServiceUnavailable, map[string]any{"ready": false, "processor": map[string]any{"ok": false, "detail": detail}})
	ingest := readyz(t, http.StatusOK, map[string]any{"ready": true, "ingest": map[string]any{"ok": true, "detail": map[string]any{}}})
	r := start(t, tracetest.Start(t), feed.Process{Address: restoring}, feed.Process{Address: ingest}, feed.Process{Address: "127.0.0.1:1"})
	r.until(t, "/account?format=json", func(body string) bool { return strings.Contains(body, `"stages"`) })
	_, body, _ := r.ask(t, viewer, "/account", nil)
	for _, want := range []string{"2 partitions, 75 % done, about 1 min 30 s left", "uapay/2", "uapay/4", "waiting", "75 %", "lox24/7", "standby, behind", "12 345", "standby, caught up", restoring, "No answer:", "127.0.0.1:1"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(body, "No answer: http://"+ingest) {
		t.Error("an ingest is taken for a processor that is away")
	}
	if _, body, _ := r.ask(t, viewer, "/account?format=csv&table=stages", nil); !strings.Contains(body, "uapay,0–1,\"2, 4\",75 %,90,") {
		t.Errorf("the table is %s", body)
	}
	if _, body, _ := r.ask(t, viewer, "/account?format=csv&table=partitions", nil); !strings.Contains(body, "uapay/2,restoring,75 %,100,90,"+restoring) {
		t.Errorf("the table is %s", body)
	}
}

// TestStatesOfAPipeline: the real processor reports that its partitions run; without a process to ask the
// page says which setting names one.
func TestStatesOfAPipeline(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	r := start(t, s, feed.Process{State: s.Status})
	r.until(t, "/account?format=json", func(body string) bool {
		var m struct {
			State *struct {
				Known  bool
				Stages []struct {
					Stage              string
					Running, Restoring []int32
				}
			}
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.State == nil || !m.State.Known {
			return false
		}
		for _, x := range m.State.Stages {
			if len(x.Running) == 0 || len(x.Restoring) > 0 {
				return false
			}
		}
		return true
	})
	if _, body, _ := r.ask(t, viewer, "/account", nil); !strings.Contains(body, "No state is being restored") || !strings.Contains(body, "no process keeps a standby replica") {
		t.Error("the page does not say that every partition runs")
	}
	r = start(t, s)
	r.until(t, "/account", func(body string) bool { return strings.Contains(body, "console.ops") })
}
