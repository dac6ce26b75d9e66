package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// counting collects differences as a transaction does.
type counting struct {
	stage.Tx

	differences []byte
}

func (c *counting) Count(_, label string, _ int64) {
	c.differences = statecodec.AppendString(c.differences, label)
}

func (*counting) Buffer(room int) []byte { return make([]byte, 0, room) }

// difference writes one that adds codes to the funnel's day.
func (b *bench) difference(requested, verified int64) {
	b.t.Helper()
	is := funnel.Contribution{Dimensions: funnel.Dimensions{
		Minute: b.at.Unix() / 60, Provider: raw.ProviderLOX24, Source: "s", Channel: avro.ChannelSMS, Country: "UA",
	}}
	is.Counts[funnel.Requested], is.Counts[funnel.Verified] = requested, verified
	var tx counting
	funnel.Count(&tx, &funnel.Contribution{}, &is)
	b.avro(schemas.InternalInsights, "UA", &avro.InsightsInput{
		Kind: avro.InsightsInputKindFunnel, Funnel: avro.Some(avro.FunnelChanges{Country: avro.Some("UA"), Differences: tx.differences}),
	})
}

// day writes the funnel's row of a day at a level.
func (b *bench) day(country string, level avro.FunnelLevel, revision, requested, verified int64) {
	b.t.Helper()
	id := "DAY/" + string(level) + "/" + country
	day := b.at.UTC().Truncate(24 * time.Hour)
	b.avro(schemas.InsightsFunnel, id, &avro.FunnelRow{
		FunnelID: id, Window: avro.FunnelWindowDay, WindowStart: day, WindowEnd: day.Add(24 * time.Hour), Level: level, Country: avro.Some(country),
		Provider: raw.ProviderLOX24, Source: "s", Channel: avro.Some(avro.ChannelSMS), Requested: requested, Verified: verified,
		Revision: revision, ProcessedAt: b.at.Add(10 * time.Minute),
	})
}

func (b *bench) days(country string, revision, requested, verified int64) {
	for _, level := range []avro.FunnelLevel{avro.FunnelLevelCountry, avro.FunnelLevelArea, avro.FunnelLevelBlock} {
		b.day(country, level, revision, requested, verified)
	}
}

// TestFunnelFaults: a row that was lost or altered is found, and a difference that was lost or
// applied twice.
func TestFunnelFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault func(*bench)
		want  string
	}{
		"nothing":          {func(b *bench) { b.days("UA", 1, 3, 2) }, ""},
		"a later revision": {func(b *bench) { b.days("UA", 1, 2, 2); b.days("UA", 2, 3, 2) }, ""},
		"a row is altered": {func(b *bench) { b.days("UA", 1, 3, 2); b.day("UA", avro.FunnelLevelArea, 2, 4, 2) }, "the same sums at level AREA: 3 and 4"},
		"a row is lost": {func(b *bench) {
			b.day("UA", avro.FunnelLevelCountry, 1, 3, 2)
			b.day("UA", avro.FunnelLevelArea, 1, 3, 2)
		}, "the same sums at level BLOCK: 3 and 0"},
		"a difference is lost":            {func(b *bench) { b.days("UA", 1, 1, 2) }, "the sums of the differences: 3 and 1"},
		"one is lost, of an outcome":      {func(b *bench) { b.days("UA", 1, 3, 1) }, "the sums of the differences: 2 and 1"},
		"a difference is applied twice":   {func(b *bench) { b.days("UA", 1, 5, 2) }, "the sums of the differences: 3 and 5"},
		"rows that no difference made":    {func(b *bench) { b.days("UA", 1, 3, 2); b.days("PL", 1, 1, 0) }, "the sums of the differences: 0 and 1"},
		"differences that are not summed": {func(b *bench) { b.days("UA", 1, 3, 2); b.at = b.at.Add(30 * time.Minute); b.difference(1, 0) }, ""},
		"the topic's begin is gone":       {func(b *bench) { b.days("UA", 1, 4, 2); b.removeBefore(schemas.InternalInsights, 1) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.at = time.Now().Add(-2 * time.Hour)
			b.sound()
			b.difference(2, 0)
			b.difference(1, 2)
			test.fault(b)
			b.commit(schemas.InternalInsights, 2)
			report := b.run()
			var got []string
			for _, d := range report.Listed {
				line := fmt.Sprintf("%s: %d and %d", d.Missing, d.Expected, d.Applied)
				if d.Kind != audit.KindFunnel {
					line = d.Kind
				}
				got = append(got, line)
			}
			if strings.Join(got, "\n") != test.want || report.AddsUp != (test.want == "") {
				t.Errorf("differences %q, want %q", got, test.want)
			}
		})
	}
}
