package dashboards

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Asked is a query of a dashboard, with the person's choice in place of variables.
type Asked struct {
	Dashboard, Panel string
	Query

	// Instant asks for one moment, as a table does, rather than a range.
	Instant bool
}

// Asks returns every query of the dashboards, with everything chosen: those of the
// panels, of the annotations and of the variables.
func Asks() []Asked {
	var out []Asked
	for _, d := range All() {
		for i := range d.Panels {
			p := &d.Panels[i]
			for _, q := range p.Queries {
				q.Expr = Chosen(q.Expr, d.Since)
				out = append(out, Asked{d.Name, p.Title, q, p.Kind == Table || p.Kind == BarGauge})
			}
		}
		for _, v := range d.Variables {
			expr := fmt.Sprintf("count by (%s) (%s)", v.Name, v.Metric)
			out = append(out, Asked{d.Name, "variable " + v.Name, Query{Expr: expr, Legend: v.Title}, true})
		}
	}
	return append(out, Asked{"all", "annotation", Query{Expr: alertsQuery, Quiet: "no alert fires"}, true})
}

// Chosen puts values in place of the variables: all of each, and the times that
// Grafana would choose for a look that far back.
func Chosen(expr, since string) string {
	return strings.NewReplacer(
		"$__rate_interval", "1m", "$__range", since, "$provider", ".*", "$stage", ".*", "$group", ".*", "$instance", ".*", "$country", ".*",
	).Replace(expr)
}

// Answer is the response of Prometheus to a query.
type Answer struct {
	Asked

	// Series is how many came back, Numbers how many of them hold a number that is one.
	Series, Numbers int
	Err             error
}

// Prometheus is one to ask.
type Prometheus struct {
	// URL is its address, without the API's path.
	URL    string
	Client *http.Client
}

// Ask runs a query over the last minutes, up to at, or at that moment.
func (p *Prometheus) Ask(ctx context.Context, q *Asked, at time.Time) Answer {
	const back, step = 10 * time.Minute, "15"
	path, form := "/api/v1/query", url.Values{"query": {q.Expr}}
	if q.Instant {
		form.Set("time", stamp(at))
	} else {
		path = "/api/v1/query_range"
		form.Set("start", stamp(at.Add(-back)))
		form.Set("end", stamp(at))
		form.Set("step", step)
	}
	a := Answer{Asked: *q}
	a.Series, a.Numbers, a.Err = p.ask(ctx, path, form)
	return a
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

func (p *Prometheus) ask(ctx context.Context, path string, form url.Values) (series, numbers int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, 0, fmt.Errorf("ask Prometheus: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := p.Client.Do(request)
	if err != nil {
		return 0, 0, fmt.Errorf("ask Prometheus: %w", err)
	}
	defer response.Body.Close()
	const limit = 64 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, limit))
	if err != nil {
		return 0, 0, fmt.Errorf("read the answer of Prometheus: %w", err)
	}
	var answer struct {
		Error string `json:"error"`
		Data  struct {
			Result []struct {
				Value  []any   `json:"value"`
				Values [][]any `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, 0, fmt.Errorf("the answer of Prometheus, status %d, is not JSON: %w", response.StatusCode, err)
	}
	if answer.Error != "" {
		return 0, 0, errors.New(answer.Error)
	}
	for _, r := range answer.Data.Result {
		values := r.Values
		if r.Value != nil {
			values = append(values, r.Value)
		}
		if anyNumber(values) {
			numbers++
		}
	}
	return len(answer.Data.Result), numbers, nil
}

// anyNumber says whether one of the samples is a number: a share of nothing is not.
func anyNumber(samples [][]any) bool {
	for _, s := range samples {
		if len(s) == 2 && s[1] != "NaN" {
			return true
		}
	}
	return false
}
