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
		Window: avro.FunnelWindowDay, WindowStart: day(29), Level: avro.FunnelLevelCountry, Channel: avro.Some(channel), Provider: "lox24",
		Requested: requested, Verified: verified, Paid: paid, Costs: costs, CostUnknown: requested,
		Revenue: []avro.FunnelRevenue{{Currency: "UAH", NetMinor: 43100 * paid}},
	}
	if country != "" {
		row.Country = avro.Some(country)
	}
	if channel == avro.ChannelCall {
		row.Provider = "unibell"
	}
	for _, c := range costs {
		row.CostUnknown -= c.Known
	}
	return row
}

func reported(withdrawn bool) *insights.Report {
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
			Block: avro.Some("+99890123"), CodesPaid: avro.Some(int64(0)), EvidenceSince: avro.Some(at.Add(-25 * time.Minute)),
			Confidence: 0.9999, SuggestedRule: avro.Some("block prefix +99890123"),
		},
		{
			SignalID: "PROVIDER_SCORECARD/lox24", Kind: avro.SignalKindProviderScorecard, State: avro.SignalStateRaised, Severity: avro.SignalSeverityInfo,
			Claim: "lox24 sent 3.2 % of its webhooks of 2026-11-29 more than a minute late.", RaisedAt: at, UpdatedAt: at, AsOf: at, Confidence: 0.95, EvidenceSince: avro.Some(day(29)),
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
		{
			SignalID: "PUMPING/KZ/1", Kind: avro.SignalKindPumping, State: avro.SignalStateWithdrawn, Severity: avro.SignalSeverityCritical, Country: avro.Some("KZ"),
			Claim:    "Pumping of +7701…: hardly anybody types the codes. From 2026-11-29 02:10 UTC to 2026-11-29 04:30 UTC, and no longer: 40 codes.",
			RaisedAt: day(29).Add(2 * time.Hour), WithdrawnAt: avro.Some(day(29).Add(4 * time.Hour)), Codes: avro.Some(int64(40)), CostMinor: avro.Some(int64(310)),
			Currency: avro.Some("EUR"), CostUnknown: avro.Some(int64(2)), Area: avro.Some("+7701"),
		},
		{
			SignalID: "PUMPING/KZ/0", Kind: avro.SignalKindPumping, State: avro.SignalStateWithdrawn, Claim: "It was the day before.",
			RaisedAt: day(28), WithdrawnAt: avro.Some(day(29).Add(-time.Second)),
		},
	} {
		rows.Signals[s.SignalID] = s
	}
	return insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30), Withdrawn: withdrawn})
}

// TestShowInsights: the report at the widths of terminals, and an empty one.
func TestShowInsights(t *testing.T) {
	t.Parallel()
	empty := insights.NewReport(insights.NewRows(), &insights.Filter{From: day(23), To: day(30)})
	rows := insights.NewRows()
	rows.Funnel["a"] = funnel("UA", avro.ChannelSMS, 10, 9, 3)
	elsewhen := insights.NewReport(rows, &insights.Filter{From: day(27), To: day(28)})
	converted := funnel("UA", avro.ChannelSMS, 10, 9, 4, avro.FunnelCost{Currency: avro.Some("USD"), Known: 10, CostMinor: 100})
	converted.CostConvertedMinor, converted.ConvertedCurrency, converted.RateAsOf = avro.Some(int64(93)), avro.Some("EUR"), avro.Some(day(28))
	rows = insights.NewRows()
	rows.Funnel["a"] = converted
	inEuro := insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30)})
	for name, c := range map[string]struct {
		report *insights.Report
		width  int
	}{"80": {reported(false), 80}, "120": {reported(false), 120}, "200": {reported(false), 200}, "wide": {reported(false), 0}, "withdrawn": {reported(true), 120}, "empty": {empty, 80}, "elsewhen": {elsewhen, 80}, "converted": {inEuro, 120}} {
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

// TestInsightsFlags: days are those of UTC; what cannot be meant is answered with what can.
func TestInsightsFlags(t *testing.T) {
	t.Parallel()
	now := day(30).Add(13 * time.Hour)
	for _, c := range []struct {
		args     string
		from, to time.Time
	}{
		{"", day(29), day(30)},
		{"--day yesterday", day(29), day(30)},
		{"--day today", day(30), day(30).Add(24 * time.Hour)},
		{"--day 2026-11-03", day(3), day(4)},
		{"--since 7d", day(23), time.Time{}},
		{"--since 2026-11-20", day(20), time.Time{}},
		{"--since 2026-11-20 --until 2026-11-21", day(20), day(22)},
		{"--since yesterday --country ua --channel sms --provider LOX24 --kind pumping,costs", day(29), time.Time{}},
	} {
		f, err := consumer.InsightsFilter(now, strings.Fields(c.args)...)
		if err != nil || !f.From.Equal(c.from) || !f.To.Equal(c.to) {
			t.Errorf("%q: %v to %v, %v; want %v to %v", c.args, f.From, f.To, err, c.from, c.to)
		}
	}
	f, err := consumer.InsightsFilter(now, "--country", "ua", "--channel", "sms", "--provider", "LOX24", "--kind", "pumping,ACCOUNT_RUNWAY")
	if err != nil || f.Country != "UA" || f.Channel != avro.ChannelSMS || f.Provider != "lox24" || len(f.Kinds) != 2 {
		t.Errorf("filter %+v, %v", f, err)
	}
	for args, want := range map[string]string{
		"--country Ukraine": "two letters", "--channel fax": "telegram, voice, sms", "--provider twilio": "lox24", "--kind fraud": "costs, pumping, frontier",
		"--day 30.11.": "2026-11-30", "--since monday": "7d", "--interval 1ms": "100ms",
	} {
		if _, err := consumer.InsightsFilter(now, strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an answer with %q", args, err, want)
		}
	}
}
