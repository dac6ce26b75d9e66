package lag

import (
	"context"
	"time"
)

// Oldest looks once and returns the age of the oldest record that a group of config.Own
// has not read.
func Oldest(ctx context.Context, config Config) (time.Duration, error) {
	watcher := New(config)
	if err := watcher.Open(); err != nil {
		return 0, err
	}
	defer watcher.Close()
	report, err := watcher.Observe(ctx)
	if err != nil {
		return 0, err
	}
	var oldest time.Duration
	for i := range report.Groups {
		oldest = max(oldest, time.Duration(report.Groups[i].Age))
	}
	return oldest, nil
}
