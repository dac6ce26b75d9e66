package processor

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lookAtState is how often the state directory is looked at: a deleted one is noticed
// within a minute.
const lookAtState = 15 * time.Second

// stateDir notices that the directory of the open store was deleted or replaced: the
// process goes on with files that no other process finds, until it cannot make a new one.
type stateDir struct {
	lock   string // the store's lock file
	at     os.FileInfo
	gone   atomic.Int64 // Unix seconds of the first look that found another; 0 if none did
	logger *slog.Logger
	now    func() time.Time
	cancel context.CancelFunc
	done   chan struct{}
}

// watchStateDir starts to look at the directory of an open store; end ends it.
func watchStateDir(ctx context.Context, dir string, deps *Deps) *stateDir {
	s := &stateDir{lock: filepath.Join(dir, "LOCK"), logger: deps.Logger, now: deps.Now, done: make(chan struct{})}
	if s.now == nil {
		s.now = time.Now
	}
	at, err := os.Stat(s.lock)
	if err != nil {
		s.logger.WarnContext(ctx, "the state directory is not watched", slog.String("error", err.Error()))
	}
	s.at = at
	if deps.Metrics != nil {
		deps.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tributary_processor_state_dir_intact",
			Help: "0 if the state directory was deleted or replaced under the running process; else 1.",
		}, func() float64 {
			if s.gone.Load() != 0 {
				return 0
			}
			return 1
		}))
	}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go s.run(ctx)
	return s
}

func (s *stateDir) run(ctx context.Context) {
	defer close(s.done)
	ticker := time.NewTicker(lookAtState)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.look(ctx)
		}
	}
}

// look compares the lock file with the one of the start.
func (s *stateDir) look(ctx context.Context) {
	now, err := os.Stat(s.lock)
	if s.at == nil || err == nil && os.SameFile(now, s.at) || err != nil && !os.IsNotExist(err) {
		return
	}
	if s.gone.CompareAndSwap(0, s.now().Unix()) {
		s.logger.ErrorContext(ctx, "the state directory was deleted or replaced under this process: its state is lost with the next stop and is restored from the changelog then; restart this process when others are well",
			slog.String("state_dir", filepath.Dir(s.lock)))
	}
}

// why describes the directory's problem; "" if there is none.
func (s *stateDir) why() string {
	since := s.gone.Load()
	if since == 0 {
		return ""
	}
	return "the state directory " + filepath.Dir(s.lock) + " was deleted or replaced, noticed at " + timeOfDay(time.Unix(since, 0)) + ": restart this process"
}

// end ends the looking.
func (s *stateDir) end() {
	s.cancel()
	<-s.done
}

// timeOfDay writes a time of day for people.
func timeOfDay(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
