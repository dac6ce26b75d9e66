package failpoint

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/seam"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Point is a point of a session, a transaction or a restore.
type Point string

// The points.
const (
	// SessionOpen is before the first poll of a session.
	SessionOpen Point = "session-open"
	// Begin is after the beginning of a transaction, Produced before its records are
	// flushed, Flushed after that, Committed after its commit.
	Begin     Point = "begin"
	Produced  Point = "produced"
	Flushed   Point = "flushed"
	Committed Point = "committed"
	// Stored is before the first poll after a commit: its changes are in the cache or the
	// store. Resynced is the same after a transaction that was not committed.
	Stored   Point = "stored"
	Resynced Point = "resynced"
	// Restoring is before a restore, Restored after one.
	Restoring Point = "restoring"
	Restored  Point = "restored"
)

// Hook is called when a worker reaches a point. An error simulates a crash there.
type Hook func(at Point, worker int) error

// Install lets every engine created with these Deps call a hook.
func Install(d *engine.Deps, hook Hook) {
	if hook == nil {
		return
	}
	wrapCluster(d, func(c kafka.Cluster) kafka.Cluster { return hookedCluster{c, hook} })
	wrapRestore(d, func(w *seam.Worker, next seam.Restore) seam.Restore {
		worker := indexOf(w.ID)
		return func(ctx context.Context, states map[int32]*store.Partition) (map[int32]*restore.Result, error) {
			if err := hook(Restoring, worker); err != nil {
				return nil, err
			}
			out, err := next(ctx, states)
			if err != nil {
				return nil, err
			}
			return out, hook(Restored, worker)
		}
	})
}

// wrapCluster adds a wrapper around those that are installed already.
func wrapCluster(d *engine.Deps, wrap func(kafka.Cluster) kafka.Cluster) {
	inner := d.Seams.Cluster
	d.Seams.Cluster = func(c kafka.Cluster) kafka.Cluster {
		if inner != nil {
			c = inner(c)
		}
		return wrap(c)
	}
}

// wrapRestore adds a wrapper around those that are installed already.
func wrapRestore(d *engine.Deps, wrap func(*seam.Worker, seam.Restore) seam.Restore) {
	inner := d.Seams.Restore
	d.Seams.Restore = func(w *seam.Worker, next seam.Restore) seam.Restore {
		if inner != nil {
			next = inner(w, next)
		}
		return wrap(w, next)
	}
}

// indexOf returns the number of a worker, which ends its transactional id.
func indexOf(id string) int {
	n, err := strconv.Atoi(id[strings.LastIndexByte(id, '.')+1:])
	if err != nil {
		return -1
	}
	return n
}

type hookedCluster struct {
	kafka.Cluster

	hook Hook
}

// Join implements kafka.Cluster.
func (c hookedCluster) Join(ctx context.Context, m *kafka.Member) (kafka.Session, kafka.Admin, error) {
	session, admin, err := c.Cluster.Join(ctx, m)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // a wrapper
	}
	return &hookedSession{Session: session, hook: c.hook, worker: indexOf(m.ID), next: SessionOpen}, admin, nil
}

// hookedSession is used by the goroutine of its worker, as every session.
type hookedSession struct {
	kafka.Session

	hook   Hook
	worker int
	// next is the point before the next poll, empty for none.
	next Point
}

// PollRecords implements kafka.Session.
func (s *hookedSession) PollRecords(ctx context.Context, n int) kgo.Fetches {
	at := s.next
	s.next = ""
	if at != "" {
		if err := s.hook(at, s.worker); err != nil {
			// The error with which a session ends.
			return kgo.NewErrFetch(fmt.Errorf("%w: %w", kgo.ErrClientClosed, err))
		}
	}
	return s.Session.PollRecords(ctx, n)
}

// Begin implements kafka.Session.
func (s *hookedSession) Begin() error {
	if err := s.Session.Begin(); err != nil {
		return err //nolint:wrapcheck // a wrapper
	}
	return s.hook(Begin, s.worker)
}

// Flush implements kafka.Session.
func (s *hookedSession) Flush(ctx context.Context) error {
	if err := s.hook(Produced, s.worker); err != nil {
		return err
	}
	if err := s.Session.Flush(ctx); err != nil {
		return err //nolint:wrapcheck // a wrapper
	}
	return s.hook(Flushed, s.worker)
}

// End implements kafka.Session.
func (s *hookedSession) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	committed, err := s.Session.End(ctx, commit, offsets)
	if err != nil {
		return committed, err //nolint:wrapcheck // a wrapper
	}
	if !committed {
		s.next = Resynced
		return false, nil
	}
	s.next = Stored
	return true, s.hook(Committed, s.worker)
}
