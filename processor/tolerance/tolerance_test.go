package tolerance_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// tx is a transaction that is committed at once.
type tx struct {
	stage.Tx

	counted func(stage.Count)
}

func (t tx) Count(counter, label string, n int64) {
	t.counted(stage.Count{Name: counter, Label: label, N: n})
}

// TestFaultsAreCounted: each thing once a record, with one log line however often it
// comes; what is not of this package passes on.
func TestFaultsAreCounted(t *testing.T) {
	t.Parallel()
	registry, log := prometheus.NewRegistry(), &bytes.Buffer{}
	metrics := tolerance.NewMetrics(registry, slog.New(slog.NewTextHandler(log, nil)))
	var passed []stage.Count
	to := tx{counted: metrics.Add("lox24", "lox24", func(c stage.Count) { passed = append(passed, c) })}
	var faults tolerance.Faults
	for range 3 {
		faults.Reset()
		faults.Unread("data.cost")
		faults.Unread("data.cost")
		if faults.Reading(jsonscan.Unread, "data.user_id") || faults.Reading(jsonscan.Absent, "x") || !faults.Reading(jsonscan.Read, "x") {
			t.Error("a reading is not what it was")
		}
		faults.Rounded("balance")
		faults.Unknown(tolerance.KindEvent, "phone.subscribe")
		faults.Unknown(tolerance.KindStatus, "+49 151 12345678")
		faults.Count(to)
	}
	to.Count("accepted", "shop", 1)
	want := map[string]float64{
		"rounded_fields{balance lox24 lox24}":              3,
		"unknown_names{event phone.subscribe lox24 lox24}": 3,
		"unknown_names{status (unnamed) lox24 lox24}":      3,
		"unread_fields{data.cost lox24 lox24}":             3,
		"unread_fields{data.user_id lox24 lox24}":          3,
	}
	if diff := cmp.Diff(want, gather(t, registry)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 4 {
		t.Errorf("%d log lines, want one for each field unread and each name:\n%s", lines, log)
	}
	if len(passed) != 1 {
		t.Errorf("passed on %v, want the count of the ledger", passed)
	}
}

// TestNamesAreBounded: a provider cannot make series without end.
func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	to := tx{counted: tolerance.NewMetrics(registry, nil).Add("lox24", "lox24", nil)}
	for i := range 1000 {
		var faults tolerance.Faults
		faults.Unknown(tolerance.KindEvent, fmt.Sprintf("event.n%d", i))
		faults.Count(to)
	}
	if n := len(gather(t, registry)); n != 101 {
		t.Errorf("%d series, want 100 and one for all others", n)
	}
}

func TestIsName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"verify_code.channel.sent": true, "WAITING": true, "v2-beta": true, "": false, "1st": false, "a b": false, "ä": false, "a@b.de": false,
		"tel4915112345678": false, strings.Repeat("a", 65): false,
	} {
		if got := tolerance.IsName(name); got != want {
			t.Errorf("IsName(%q) = %t, want %t", name, got, want)
		}
	}
}

// gather returns the samples by name and the values of their labels, whose names are in
// order.
func gather(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			name := strings.TrimSuffix(strings.TrimPrefix(f.GetName(), "tributary_processor_"), "_total")
			got[name+"{"+strings.Join(values, " ")+"}"] = m.GetCounter().GetValue()
		}
	}
	return got
}
