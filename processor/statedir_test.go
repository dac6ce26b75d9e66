package processor_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor"
)

// logged is a log that is read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns the log so far.
func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestStateDirectoryGone: a state directory that is deleted or replaced under a running process is
// noticed within a minute, in the log, in the metric and in the reason why the process is not ready.
func TestStateDirectoryGone(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, dir string){
		"untouched": nil,
		"deleted":   func(*testing.T, string) {},
		"replaced":  makeStateDir,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			makeStateDir(t, dir)
			metrics, log := prometheus.NewRegistry(), &logged{}
			synctest.Test(t, func(t *testing.T) {
				s := processor.WatchStateDir(t.Context(), dir, &processor.Deps{Logger: slog.New(slog.NewTextHandler(log, nil)), Metrics: metrics})
				defer s.End()
				time.Sleep(time.Hour)
				synctest.Wait()
				if why := s.Why(); why != "" || log.String() != "" {
					t.Errorf("before: %q, logged %s; want nothing", why, log)
				}
				if harm != nil {
					// The old folder stays, as the open files of a process keep it.
					if err := os.Rename(dir, dir+".before"); err != nil {
						t.Fatal(err)
					}
					harm(t, dir)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				intact, want := 1, ""
				if harm != nil {
					intact, want = 0, "the state directory "+dir+" was deleted or replaced"
				}
				if why := s.Why(); !strings.Contains(why, want) || want == "" && why != "" {
					t.Errorf("a minute later: %q, want %q", why, want)
				}
				if n := strings.Count(log.String(), "level=ERROR"); n != 1-intact {
					t.Errorf("logged %d errors, want %d: %s", n, 1-intact, log)
				}
				families, err := metrics.Gather()
				if err != nil || len(families) != 1 || families[0].GetMetric()[0].GetGauge().GetValue() != float64(intact) {
					t.Errorf("metrics %v, %v; want tributary_processor_state_dir_intact %d", families, err, intact)
				}
			})
		})
	}
}

func makeStateDir(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "LOCK"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
