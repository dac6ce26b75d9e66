package lag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// readiness is the part of a processor's /readyz response that describes its workers.
type readiness struct {
	Processor struct {
		Detail struct {
			Workers []struct {
				Stage string `json:"stage"`
				// Restoring counts the partitions that are restoring, Restored has
				// their progress.
				Restoring int     `json:"restoring"`
				Restored  Restore `json:"restored"`
			} `json:"workers"`
		} `json:"detail"`
	} `json:"processor"`
}

// RestoresFrom returns a function that asks processors, by the addresses of their ops
// ports, for the progress of their restores. group maps a stage to its consumer group.
// If some do not answer, the others' results are returned along with the error.
func RestoresFrom(addresses []string, group func(stage string) string) func(context.Context) (map[string]Restore, error) {
	const patience = 3 * time.Second
	client := &http.Client{Timeout: patience}
	return func(ctx context.Context) (map[string]Restore, error) {
		out := map[string]Restore{}
		var errs []error
		for _, address := range addresses {
			answer, err := askReady(ctx, client, address)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			for _, d := range answer.Processor.Detail.Workers {
				if d.Restoring == 0 {
					continue
				}
				sum := out[group(d.Stage)]
				sum.Partitions += d.Restoring
				sum.Offsets += d.Restored.Offsets
				sum.SecondsLeft = max(sum.SecondsLeft, d.Restored.SecondsLeft)
				out[group(d.Stage)] = sum
			}
		}
		return out, errors.Join(errs...)
	}
}

func askReady(ctx context.Context, client *http.Client, address string) (answer readiness, err error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	url := strings.TrimSuffix(address, "/") + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return answer, fmt.Errorf("ask %s: %w", url, err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer, fmt.Errorf("ask for the state of restores: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("read what %s says: %w", url, err)
	}
	return answer, nil
}
