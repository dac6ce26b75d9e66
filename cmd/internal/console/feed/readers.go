package feed

import (
	"context"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

// readers judges every group of the cluster.
type readers struct {
	config  *Config
	watcher *lag.Watcher
	last    time.Time
}

// window is how long a group is watched before it is judged, and gap after which time without a look
// the watching begins anew.
const (
	window = 15 * time.Second
	gap    = 30 * time.Second
)

func (r *readers) read(ctx context.Context) (*lag.Report, error) {
	if r.watcher != nil && time.Since(r.last) > gap {
		r.close()
	}
	if r.watcher == nil {
		watcher := lag.New(lag.Config{Kafka: r.config.Kafka, Groups: []string{"*"}, Own: r.config.Own, Window: window, Restores: r.restores(), Now: r.config.Now})
		if err := watcher.Open(); err != nil {
			return nil, err
		}
		r.watcher = watcher
	}
	report, err := r.watcher.Observe(ctx)
	r.last = time.Now()
	return report, err
}

// restores asks the processors how far the restores of their state are.
func (r *readers) restores() func(context.Context) (map[string]lag.Restore, error) {
	var addresses []string
	for _, p := range r.config.Processes {
		if p.Address != "" {
			addresses = append(addresses, p.Address)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	return lag.RestoresFrom(addresses, r.config.Names.Group)
}

func (r *readers) close() {
	if r.watcher != nil {
		r.watcher.Close()
	}
	r.watcher = nil
}
