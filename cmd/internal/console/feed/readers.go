package feed

import (
	"context"
	"errors"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/trend"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor/pause"
)

// Readers are the groups of the cluster.
type Readers struct {
	*lag.Report

	// Trends has how far each group was behind in the last hour, as long as somebody looked.
	Trends map[string]trend.Trend `json:"trends"`
}

// readers judges every group of the cluster.
type readers struct {
	feed    *Feed
	watcher *lag.Watcher
	// board has the stages that are paused.
	board   *pause.Board
	history trend.History
}

// window is how long a group is watched before it is judged.
const window = 15 * time.Second

func (r *readers) read(ctx context.Context) (*Readers, error) {
	if r.watcher == nil {
		c := &r.feed.config
		board := pause.New(pause.Config{Kafka: c.Kafka, Names: c.Names, Now: c.Now})
		watcher := lag.New(lag.Config{
			Kafka: c.Kafka, Groups: []string{"*"}, Own: c.Own, Window: window, Restores: r.restores, Paused: lag.PausedFrom(board.All, c.Names.Group), Now: c.Now, BrokerNow: time.Now,
		})
		if err := watcher.Open(); err != nil {
			return nil, err
		}
		board.Start(ctx)
		r.watcher, r.board = watcher, board
	}
	report, err := r.watcher.Observe(ctx)
	if err != nil {
		return nil, err
	}
	r.history.Add(report)
	return &Readers{report, r.history.Trends()}, nil
}

// restores returns how far the restores of state are, by group.
func (r *readers) restores(ctx context.Context) (map[string]lag.Restore, error) {
	states, err := r.feed.states(ctx)
	if err != nil {
		return nil, err
	}
	for _, reason := range states.Away {
		err = errors.Join(err, errors.New(reason))
	}
	return states.restores(r.feed.config.Names.Group), err
}

func (r *readers) close() {
	if r.watcher != nil {
		r.watcher.Close()
		r.board.Stop()
	}
	r.watcher = nil
}
