package money

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/schemas/avro"
)

func shareTable(m *moneyModel, id, caption, name string, shares []feed.Share) *view.Table {
	t := &view.Table{
		ID: id, Caption: caption, Empty: "No code was ordered.", Command: m.Command,
		Columns: []view.Column{
			{Name: name},
			{Name: "Requested", Right: true, Help: "Verifications ordered."},
			{Name: "Sent", Right: true, Wide: true, Help: "Those with an attempt."},
			{Name: "Delivered", Right: true, Wide: true, Help: "Those with a delivered attempt."},
			{Name: "Verified", Right: true, Help: "Those that succeeded."},
			{Name: "Paid", Right: true, Help: "Journeys with a captured payment, refunded since or not."},
			{Name: "Cost", Right: true, Help: "Of the codes with a known cost."},
			{Name: "Revenue", Right: true, Wide: true, Help: "Captured less refunded."},
			{Name: "A verified user", Right: true, Help: "Cost divided by verified."},
			{Name: "A paid user", Right: true, Wide: true, Help: "Cost divided by paid."},
		},
	}
	for i := range shares {
		x := &shares[i]
		t.Rows = append(t.Rows, []view.Cell{
			view.T(cmp.Or(x.Name, "unknown")), view.N(x.Requested), view.N(x.Sent), view.N(x.Delivered), view.N(x.Verified), view.N(x.Paid),
			view.T(amounts(x.Cost)), view.T(amounts(x.Revenue)), view.T(each(&x.Funnel, x.Verified)), view.T(each(&x.Funnel, x.Paid)),
		})
	}
	return t
}

func unpaidTable(m *feed.Money) *view.Table {
	caption := "Verified and not paid, today and yesterday"
	if int64(len(m.NotPaid)) < m.NotPaidAll {
		caption += fmt.Sprintf(", the newest %d of %s", len(m.NotPaid), view.Group(m.NotPaidAll))
	}
	t := &view.Table{
		ID: "unpaid", Caption: caption, Command: "tributary tail enriched.journeys.v1 --field outcome=VERIFIED_NOT_PAID", Empty: "Everybody who verified in the last day has paid, or still has time. The list has those of today and yesterday.",
		Columns: []view.Column{{Name: "Journey", Help: "Open its case."}, {Name: "Verified"}, {Name: "By", Wide: true}, {Name: "Country"}, {Name: "Due", Help: "When the payment counted as missing."}, {Name: "Cost", Right: true, Help: "Known cost of the journey's codes."}},
	}
	for i := range m.NotPaid {
		x := &m.NotPaid[i]
		cost := view.C("", view.None())
		if x.CostMinor > 0 {
			cost = view.T(view.Money(x.CostMinor, x.Currency))
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(x.Journey, h.A(h.Href(page.CasePath(x.Journey)), view.Code(x.Journey))), page.Stamp(x.VerifiedAt), view.T(page.Words(x.Channel)), view.T(x.Country), page.Stamp(x.Deadline), cost,
		})
	}
	return t
}

func signalTable(m *moneyModel) *view.Table {
	t := &view.Table{
		ID: "signals", Caption: "Signals", Command: m.Command, Empty: "No detector claims anything now.",
		Columns: []view.Column{{Name: "Severity"}, {Name: "Claim", Help: "What the detector says, with its evidence."}, {Name: "Since"}, {Name: "What to do", Wide: true, Help: "The rule that the detector suggests."}},
	}
	level := map[avro.SignalSeverity]view.Level{avro.SignalSeverityCritical: view.Bad, avro.SignalSeverityWarning: view.Warn}
	for i := range m.Signals {
		x := &m.Signals[i]
		evidence := []g.Node{h.Class("pairs")}
		for k := range x.Evidence {
			e := &x.Evidence[k]
			evidence = append(evidence, h.Dt(view.Text(page.Words(e.Name))), h.Dd(view.Text(figure(e))))
		}
		claim := g.Group{view.Paragraph(x.Claim), h.Details(h.ID("evidence-"+page.PlainID(x.SignalID)), h.Summary(g.Text("Evidence")), h.Dl(evidence...))}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(string(x.Severity), view.Badge(cmp.Or(level[x.Severity], view.Calm), page.Words(string(x.Severity)))), view.C(x.Claim, claim), page.Stamp(x.RaisedAt), view.T(x.SuggestedRule.Value),
		})
	}
	return t
}

// figure writes a figure of the evidence with its unit and interval.
func figure(e *avro.SignalEvidence) string {
	if !e.Value.Set {
		return "not known"
	}
	unit := e.Unit
	if unit == "1" {
		unit = ""
	}
	if unit == "unix_s" {
		return time.Unix(int64(e.Value.Value), 0).UTC().Format("2006-01-02 15:04 UTC")
	}
	text := strings.TrimSpace(fmt.Sprintf("%.4g %s", e.Value.Value, unit))
	if e.Low.Set && e.High.Set {
		text += fmt.Sprintf(" (%.4g to %.4g)", e.Low.Value, e.High.Value)
	}
	return text
}
