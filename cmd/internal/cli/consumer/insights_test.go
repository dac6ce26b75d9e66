package consumer_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/cli/consumer"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/schemas/avro"
)

var update = flag.Bool("update", false, "rewrite the golden reports")

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

func funnel(country string, channel avro.Channel, requested, verified, paid int64, costs ...avro.FunnelCost) *avro.FunnelRow {
	row := &avro.FunnelRow{
		Window: avro.FunnelWindowDay, WindowStart: day(29), Level: avro.FunnelLevelCountry, Channel: avro.Some(channel),
		Requested: requested, Verified: verified, Paid: paid, Costs: costs, CostUnknown: requested,
		Revenue: []avro.FunnelRevenue{{Currency: "UAH", NetMinor: 43100 * paid}},
	}
	if country != "" {
		row.Country = avro.Some(country)
	}
	for _, c := range costs {
		row.CostUnknown -= c.Known
	}
	return row
}

func reported() *insights.Report {
	rows := insights.NewRows()
	for i, row := range []*avro.FunnelRow{
		funnel("UA", avro.ChannelSMS, 1204, 907, 311, avro.FunnelCost{Currency: avro.Some("EUR"), Known: 1204, CostMinor: 11437}),
		funnel("UA", avro.ChannelTelegram, 3120, 2850, 1204, avro.FunnelCost{Currency: avro.Some("EUR"), Known: 3100, CostMinor: 3720}),
		funnel("UA", avro.ChannelCall, 40, 31, 12),
		funnel("DE", avro.ChannelSMS, 3, 0, 0, avro.FunnelCost{Currency: avro.Some("EUR"), Known: 2, CostMinor: 20}, avro.FunnelCost{Currency: avro.Some("USD"), Known: 1, CostMinor: 9}),
		funnel("", avro.ChannelSMS, 2, 0, 0),
	} {
		rows.Funnel[strconv.Itoa(i)] = row
	}
	at := day(29).Add(14*time.Hour + 5*time.Minute)
	for _, s := range []*avro.Signal{
		{
			SignalID: "PUMPING/UZ", Kind: avro.SignalKindPumping, State: avro.SignalStateUpdated, Severity: avro.SignalSeverityCritical, Country: avro.Some("UZ"),
			Claim:    "Block +99890123 is being pumped since 13:40: 412 codes to 398 numbers, 3 verified where 287 were to be expected; cost so far 37.08 EUR.",
			RaisedAt: at, UpdatedAt: at.Add(time.Hour), AsOf: at.Add(time.Hour), Codes: avro.Some(int64(412)), CostMinor: avro.Some(int64(3708)), Currency: avro.Some("EUR"),
			Confidence: 0.9999, SuggestedRule: avro.Some("block prefix +99890123"),
		},
		{
			SignalID: "PROVIDER_SCORECARD/lox24", Kind: avro.SignalKindProviderScorecard, State: avro.SignalStateRaised, Severity: avro.SignalSeverityInfo,
			Claim: "lox24 sent 3.2 % of its webhooks of 2026-11-28 more than a minute late.", RaisedAt: at, UpdatedAt: at, AsOf: at, Confidence: 0.95,
		},
		{
			SignalID: "FALLBACK_FRONTIER/UA", Kind: avro.SignalKindFallbackFrontier, State: avro.SignalStateRaised, Severity: avro.SignalSeverityInfo, Country: avro.Some("UA"),
			Claim:    "In UA a wait of 20 s for Telegram instead of 60 s would have cost 0.011 EUR less per verified user.",
			RaisedAt: at, UpdatedAt: at, AsOf: at, Codes: avro.Some(int64(3120)), Confidence: 0.97, SuggestedRule: avro.Some("timeout_sec 20 for telegram in UA"),
		},
		{
			SignalID: "ACCOUNT_RUNWAY/voximplant:17/balance", Kind: avro.SignalKindAccountRunway, State: avro.SignalStateRaised, Severity: avro.SignalSeverityWarning,
			Claim:    "Verification by voice stops in about 9 h: account voximplant:17 has 41.20 USD and burns 4.60 USD an hour.",
			RaisedAt: at, UpdatedAt: at, AsOf: at, Confidence: 0.9,
		},
		{SignalID: "PUMPING/KZ", Kind: avro.SignalKindPumping, State: avro.SignalStateWithdrawn, Claim: "It was."},
	} {
		rows.Signals[s.SignalID] = s
	}
	return insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30)})
}

// TestShowInsights: the report at the widths of terminals, and an empty one.
func TestShowInsights(t *testing.T) {
	t.Parallel()
	empty := insights.NewReport(insights.NewRows(), &insights.Filter{From: day(23), To: day(30)})
	for name, c := range map[string]struct {
		report *insights.Report
		width  int
	}{"80": {reported(), 80}, "120": {reported(), 120}, "200": {reported(), 200}, "wide": {reported(), 0}, "empty": {empty, 80}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := consumer.ShowInsights(c.report, c.width)
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); c.width > 0 && n > c.width {
					t.Errorf("a line of %d columns: %s", n, line)
				}
			}
			golden := filepath.Join("testdata", "insights-"+name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got); -update rewrites it:\n%s", golden, diff)
			}
		})
	}
}
