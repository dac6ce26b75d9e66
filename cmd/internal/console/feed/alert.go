package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Alert is an open alert of Alertmanager.
type Alert struct {
	Name     string    `json:"name"`
	Severity string    `json:"severity"`
	Summary  string    `json:"summary"`
	Since    time.Time `json:"since"`
	// Runbook is the address of its section.
	Runbook string `json:"runbook"`
}

// alerts asks Alertmanager for the open alerts; none if no address is configured.
func (f *Feed) alerts(ctx context.Context) (_ []Alert, err error) {
	if f.config.Alertmanager == "" {
		return nil, nil
	}
	const patience, most = 3 * time.Second, 4 << 20
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := get(ctx, f.config.Alertmanager, "/api/v2/alerts?active=true&silenced=false&inhibited=false")
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	var answer []struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    time.Time         `json:"startsAt"` //nolint:tagliatelle // Alertmanager's
	}
	if err := json.NewDecoder(io.LimitReader(body, most)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read the alerts: %w", err)
	}
	out := []Alert{}
	for _, a := range answer {
		runbook := a.Annotations["runbook_url"]
		if runbook == "" {
			runbook = a.Annotations["runbook"]
		}
		out = append(out, Alert{Name: a.Labels["alertname"], Severity: a.Labels["severity"], Summary: a.Annotations["summary"], Since: a.StartsAt, Runbook: runbook})
	}
	return out, nil
}
