// Package account is the page of the ledger, the audit and the restores of state.
package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Pages are the pages of the account. Make them with New.
type Pages struct {
	*page.Site

	audits *page.Job[audit.Report]
}

// New returns the pages.
func New(site *page.Site) *Pages { return &Pages{Site: site, audits: page.NewJob[audit.Report]()} }

// Wait waits for the end of an audit.
func (s *Pages) Wait() { s.audits.Wait() }

// List returns the pages with their addresses.
func (s *Pages) List() []*page.Page {
	f := s.Feed
	return []*page.Page{
		{Path: "/account", Title: "Account", Build: s.account, Live: []page.Watched{f.Ledger, f.Readers, f.States, s.audits}},
		{Path: "/account/audit", Title: "Audit", Build: s.runAudit, Act: true},
	}
}

const accountText = "Every accepted webhook is a fact, a duplicate or a dead letter, once."

// accountModel is the JSON twin of Account.
type accountModel struct {
	Ledger *feed.Ledger                `json:"ledger"`
	Audit  page.JobState[audit.Report] `json:"audit"`
	// States is null while no processor has been asked.
	States *states `json:"state"`
}

// account is the page of the ledger and the audit.
func (s *Pages) account(ctx context.Context, q *page.Request) (*page.Content, error) {
	result, readers, reported := s.Feed.Ledger.Get(ctx), s.Feed.Readers.Get(ctx), s.Feed.States.Get(ctx)
	switch {
	case !result.Has && result.Err == nil:
		return page.Waiting("Account", accountText, "the ledger"), nil
	case !result.Has:
		return page.Away("Account", accountText, result.Err), nil
	}
	m := accountModel{Ledger: result.Value, Audit: s.audits.Now()}
	if reported.Has {
		var groups *lag.Report
		if readers.Has {
			groups = readers.Value.Report
		}
		m.States = statesOf(reported.Value, groups, s.Names)
	}
	providers, gaps := ledgerTable(m.Ledger), gapTable(m.Ledger.Gaps)
	c := &page.Content{Model: m, Tables: []*view.Table{providers, gaps}}
	path := q.Path()
	c.Body = append(c.Body, page.Heading("Account", accountText, m.Ledger.At), accountVerdict(&m))
	if result.Err != nil {
		c.Body = append(c.Body, page.Stale(result.Err, result.At))
	}
	c.Body = append(c.Body, minutes(m.Ledger), providers.Render(path), gaps.Render(path))
	if m.States != nil {
		body, tables := m.States.render(path)
		c.Body, c.Tables = append(c.Body, body...), append(c.Tables, tables...)
	}
	c.Body = append(c.Body, auditCard(q.Person, &m.Audit))
	if r := m.Audit.Result; r != nil {
		accounts, differences := auditTable(r), differenceTable(r)
		c.Tables = append(c.Tables, accounts, differences)
		c.Body = append(c.Body, accounts.Render(path), differences.Render(path))
	}
	return c, nil
}

// verdictWhat explains the verdict.
//
//nolint:gochecknoglobals // a constant
var verdictWhat = view.What{ID: "tip-verdict", Text: "Each accepted raw record must have exactly one outcome. The ledger is the account that the stages keep; the audit counts the topics themselves.", Command: "tributary audit"}

func accountVerdict(m *accountModel) g.Node {
	var sum feed.Counts
	for i := range m.Ledger.Providers {
		sum.Add(&m.Ledger.Providers[i].Counts)
	}
	switch {
	case sum.Unaccounted > 0 || sum.Skipped > 0:
		level := view.Bad
		if sum.Unaccounted == 0 {
			level = view.Warn // offsets of aborted transactions have no record either: the audit tells them apart
		}
		return view.Verdict(level, &verdictWhat, "The ledger of the last hour has "+gapText(&sum)+".",
			h.P(g.Text("Run the audit below: it names each record.")))
	case m.Audit.Result != nil && !m.Audit.Result.AddsUp:
		return view.Verdict(view.Bad, &verdictWhat, fmt.Sprintf("The account does not add up: %s.", page.Count(int(m.Audit.Result.Differences), "difference", "differences")))
	case sum.Accepted+sum.Replayed == 0:
		return view.Banner(view.Calm, "The ledger has no record of the last hour.")
	}
	return view.Verdict(view.Good, &verdictWhat, fmt.Sprintf("The ledger of the last hour adds up: %s accepted, each with one outcome.", page.Count(int(sum.Accepted), "record", "records")))
}

// gapText counts the unaccounted records and the skipped offsets.
func gapText(sum *feed.Counts) string {
	var parts []string
	if sum.Unaccounted > 0 {
		parts = append(parts, page.Count(int(sum.Unaccounted), "record unaccounted", "records unaccounted"))
	}
	if sum.Skipped > 0 {
		parts = append(parts, page.Count(int(sum.Skipped), "offset skipped", "offsets skipped"))
	}
	return strings.Join(parts, " and ")
}

func minutes(l *feed.Ledger) g.Node {
	var charts []g.Node
	for i := range l.Providers {
		charts = append(charts, h.Div(h.H3(view.Text(l.Providers[i].Title)), page.MinuteChart(&l.Providers[i])))
	}
	return view.CardOf("minutes", "The last hour by minute", &page.MinuteWhat, page.Legend(), h.Div(h.Class("grid"), g.Group(charts)))
}

func ledgerTable(l *feed.Ledger) *view.Table {
	t := &view.Table{
		ID: "ledger", Caption: "The ledger of the last hour", Command: "tributary tail ledger.v1", Empty: "There is no provider.",
		Columns: []view.Column{
			{Name: "Provider"},
			{Name: "Accepted", Right: true, Help: "Raw records that ingest accepted."},
			{Name: "Replayed", Right: true, Wide: true, Help: "Dead letters replayed."},
			{Name: "Facts", Right: true, Help: "Raw records that became a fact."},
			{Name: "Duplicates", Right: true, Help: "Raw records that repeated a fact."},
			{Name: "Dead letters", Right: true, Help: "Raw records that can never be handled."},
			{Name: "Unaccounted", Right: true, Wide: true, Help: "Records that ended in none or several of these ways: a fault of the program."},
			{Name: "Skipped", Right: true, Wide: true, Help: "Offsets without a record: lost before they were read."},
			{Name: "Newest minute", Help: "Of its newest entry; each partition has one a minute."},
		},
	}
	for i := range l.Providers {
		p := &l.Providers[i]
		t.Rows = append(t.Rows, []view.Cell{view.T(p.Title), view.N(p.Accepted), view.N(p.Replayed), view.N(p.Decoded), view.N(p.Duplicates), view.N(p.DeadLetters), view.N(p.Unaccounted), view.N(p.Skipped), page.Stamp(p.Newest)})
	}
	return t
}

func gapTable(gaps []feed.Gap) *view.Table {
	t := &view.Table{
		ID: "gaps", Caption: "Gaps", Command: "tributary audit", Empty: "No gap since the console looks: no offset was skipped, no record is unaccounted.",
		Columns: []view.Column{{Name: "Minute"}, {Name: "Partition"}, {Name: "Offsets", Help: "Of the ledger entry."}, {Name: "Skipped", Right: true, Help: "Offsets without a record."}, {Name: "Unaccounted", Right: true, Help: "Records without one outcome."}},
	}
	for i := range gaps {
		x := &gaps[i]
		t.Rows = append(t.Rows, []view.Cell{page.Stamp(x.Minute), view.T(fmt.Sprintf("%s/%d", x.Topic, x.Partition)), view.T(fmt.Sprintf("%d to %d", x.From, x.To)), view.N(x.Skipped), view.N(x.Unaccounted)})
	}
	return t
}

// auditCard offers to run the audit, and shows how far it is.
func auditCard(p *access.Person, state *page.JobState[audit.Report]) g.Node {
	nodes := []g.Node{h.P(g.Text("The audit reads every topic and proves from them alone that nothing is lost and nothing is there twice, while the pipeline runs."))}
	switch {
	case state.Running():
		progress := "The audit runs: " + state.Doing
		if state.Total > 0 {
			progress += fmt.Sprintf(", %s of %s", view.Group(state.Done), view.Group(state.Total))
		}
		nodes = append(nodes, view.Banner(view.Calm, progress+".", h.P(g.Text("Begun by "), view.Text(state.By), g.Text(" at "), view.Time(state.Began))))
	case state.Err != "":
		nodes = append(nodes, view.Banner(view.Bad, "The audit could not be made: "+state.Err))
	case state.Result != nil && state.Result.AddsUp:
		nodes = append(nodes, view.Banner(view.Good, "The account adds up.", auditNote(state)))
	case state.Result != nil:
		nodes = append(nodes, view.Banner(view.Bad, fmt.Sprintf("The account does not add up: %s.", page.Count(int(state.Result.Differences), "difference", "differences")), auditNote(state)))
	}
	if p.May(access.Support) && !state.Running() {
		nodes = append(nodes, h.Form(h.Class("row"), h.Method("post"), h.Action("/account/audit"), view.Token(p), page.Purpose(), h.Button(h.Class("primary"), h.Type("submit"), g.Text("Run the audit"))))
	}
	nodes = append(nodes, h.P(h.Class("quiet small"), g.Text("In a terminal: "), view.Command("tributary audit")))
	return view.Card("audit", "Audit", nodes...)
}

func auditNote(state *page.JobState[audit.Report]) g.Node {
	r := state.Result
	text := fmt.Sprintf("%s read in %s; %s not processed yet.", page.Count(int(r.Records), "record", "records"), view.Span(time.Duration(r.Took)), page.Count(int(r.Waiting), "record is", "records are"))
	return h.P(g.Text(text+" Ended "), view.Time(state.Ended))
}

// runAudit begins an audit, after that is recorded.
func (s *Pages) runAudit(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Support) {
		return nil, page.Refuse(http.StatusForbidden, "only support and operators may run the audit")
	}
	if state := s.audits.Now(); state.Running() {
		return nil, page.Refuse(http.StatusConflict, "an audit is under way: wait for its end")
	}
	receipt, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionRunAudit, Purpose: q.PostFormValue("purpose"), Records: -1})
	if err != nil {
		return nil, err
	}
	s.audits.Start(s.Base, q.Person.Name, s.Feed.Now, func(ctx context.Context) (*audit.Report, error) { //nolint:contextcheck // it outlives the request
		report, err := audit.Run(ctx, audit.Config{Kafka: s.Kafka, Names: s.Names, Progress: s.audits, Now: s.Feed.Now})
		result := ""
		if report != nil {
			result = fmt.Sprintf("adds up: %t, %d differences", report.AddsUp, report.Differences)
		}
		s.End(ctx, receipt, -1, result, err)
		return report, err
	})
	return &page.Content{Redirect: "/account#audit"}, nil
}

func auditTable(r *audit.Report) *view.Table {
	t := &view.Table{
		ID: "accounts", Caption: "The audit's account", Command: "tributary audit", Empty: "The audit compared no provider.",
		Columns: []view.Column{{Name: "Provider"}, {Name: "Accepted", Right: true, Help: "Raw records that ingest accepted."}, {Name: "Replayed", Right: true, Wide: true, Help: "Raw records that are replayed dead letters."}, {Name: "Facts", Right: true, Help: "Raw records that became a fact."}, {Name: "Duplicates", Right: true, Help: "Raw records that repeated a fact."}, {Name: "Dead letters", Right: true, Help: "Raw records that can never be handled."}, {Name: "Differences", Right: true, Help: "Records without exactly one outcome, and rows that do not follow from them."}},
	}
	for _, a := range r.Total() {
		t.Rows = append(t.Rows, []view.Cell{view.T(a.Provider), view.N(a.Accepted), view.N(a.Replayed), view.N(a.Decoded), view.N(a.Duplicates), view.N(a.DeadLetters), view.N(a.Differences)})
	}
	return t
}

func differenceTable(r *audit.Report) *view.Table {
	t := &view.Table{
		ID: "differences", Caption: "Differences", Command: "tributary audit --json", Empty: "None.",
		Columns: []view.Column{{Name: "Kind"}, {Name: "Record"}, {Name: "Key", Help: "Open its case."}, {Name: "Missing"}, {Name: "There", Wide: true}, {Name: "Expected", Right: true, Help: "The number that should be there."}, {Name: "Found", Right: true, Help: "The number that is there."}},
	}
	for _, d := range r.Listed {
		key := view.C(d.Key, view.None())
		if d.Key != "" {
			key.Node = h.A(h.Href(page.CasePath(d.Key)), view.Code(d.Key))
		}
		t.Rows = append(t.Rows, []view.Cell{view.T(page.Words(d.Kind)), view.T(fmt.Sprintf("%s/%d@%d", d.Topic, d.Partition, d.Offset)), key, view.T(d.Missing), view.T(d.There), view.N(d.Expected), view.N(d.Applied)})
	}
	return t
}
