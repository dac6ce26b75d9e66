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

// Alerts are the alerts of an Alertmanager, from GET /api/v2/alerts.
type Alerts struct {
	// Configured is set if there is an Alertmanager to ask.
	Configured bool `json:"configured"`
	// Open fire; Silenced is how many others are silenced or inhibited.
	Open     []Alert `json:"open"`
	Silenced int     `json:"silenced"`
}

// alerts asks Alertmanager, if its address is configured.
func (f *Feed) alerts(ctx context.Context) (_ *Alerts, err error) {
	out := &Alerts{Configured: f.config.Alertmanager != "", Open: []Alert{}}
	if !out.Configured {
		return out, nil
	}
	const patience, most = 3 * time.Second, 4 << 20
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := get(ctx, f.config.Alertmanager, "/api/v2/alerts")
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	var answer []struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    time.Time         `json:"startsAt"` //nolint:tagliatelle // Alertmanager's
		Status      struct {
			State string `json:"state"`
		} `json:"status"`
	}
	if err := json.NewDecoder(io.LimitReader(body, most)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read the alerts: %w", err)
	}
	for _, a := range answer {
		if a.Status.State == "suppressed" {
			out.Silenced++
			continue
		}
		runbook := a.Annotations["runbook_url"]
		if runbook == "" {
			runbook = a.Annotations["runbook"]
		}
		out.Open = append(out.Open, Alert{Name: a.Labels["alertname"], Severity: a.Labels["severity"], Summary: a.Annotations["summary"], Since: a.StartsAt, Runbook: runbook})
	}
	return out, nil
}
