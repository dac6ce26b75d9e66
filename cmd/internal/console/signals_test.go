package console_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestMoneyShowsTheClaimsOfInsights: the page has the claims that tributary insights shows for
// the same days and codes, in its order: none that is withdrawn, no scorecard of another day.
func TestMoneyShowsTheClaimsOfInsights(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	rows := insights.NewRows()
	for _, x := range []avro.Signal{
		{SignalID: "PUMPING/UA/1", Kind: avro.SignalKindPumping, State: avro.SignalStateRaised, Severity: avro.SignalSeverityWarning, Country: avro.Some("UA")},
		{SignalID: "PUMPING/UA/2", Kind: avro.SignalKindPumping, State: avro.SignalStateWithdrawn, Severity: avro.SignalSeverityCritical, Country: avro.Some("UA")},
		{SignalID: "PUMPING/DE/1", Kind: avro.SignalKindPumping, State: avro.SignalStateRaised, Severity: avro.SignalSeverityCritical, Country: avro.Some("DE")},
		{SignalID: "ACCOUNT_RUNWAY/7", Kind: avro.SignalKindAccountRunway, State: avro.SignalStateUpdated, Severity: avro.SignalSeverityCritical},
		{SignalID: "PROVIDER_SCORECARD/old", Kind: avro.SignalKindProviderScorecard, State: avro.SignalStateUpdated, EvidenceSince: avro.Some(today.AddDate(0, 0, -3))},
		{SignalID: "PROVIDER_SCORECARD/new", Kind: avro.SignalKindProviderScorecard, State: avro.SignalStateUpdated, EvidenceSince: avro.Some(today)},
	} {
		x.AsOf, x.RaisedAt, x.UpdatedAt, x.ProcessedAt = today, today, today, today
		value, err := x.AppendAvro(wire.AppendPlaceholder(nil))
		if err == nil {
			err = rows.Add(schemas.Signals, []byte(x.SignalID), value)
		}
		if err == nil {
			err = client.ProduceSync(t.Context(), &kgo.Record{Topic: s.Names.Topic(schemas.Signals), Key: []byte(x.SignalID), Value: value}).FirstErr()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for _, x := range insights.NewReport(rows, &insights.Filter{From: today.AddDate(0, 0, -1), To: today, Country: "UA"}).Signals {
		want = append(want, x.SignalID)
	}
	if len(want) != 3 {
		t.Fatalf("insights shows %v, want three claims", want)
	}
	r := start(t, s)
	var got []string
	r.until(t, "/money?range=2d&country=UA&format=json", func(body string) bool {
		var page struct {
			Signals []struct {
				ID string `json:"signal_id"`
			} `json:"signals"`
		}
		if strings.Contains(body, `"signals"`) && json.Unmarshal([]byte(body), &page) != nil {
			return false
		}
		got = nil
		for _, x := range page.Signals {
			got = append(got, x.ID)
		}
		return len(got) > 0
	})
	if !slices.Equal(got, want) {
		t.Errorf("the page shows %v, tributary insights %v", got, want)
	}
}
