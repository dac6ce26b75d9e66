// Package contracts are the pages of the topics that analysts may read.
package contracts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/mask"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/catalogue"
	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	return []*page.Page{
		{Path: "/contract", Title: "Contract", Build: p.contracts, Live: []page.Watched{s.Feed.Topics}},
		{Path: "/contract/topic", Title: "Topic", Build: p.contractTopicPage, Slow: true},
	}
}

const contractText = "The topics that analysts may read: what one row is, how to read it right, and what is in it now."

// contractTopic is a topic of the list.
type contractTopic struct {
	Name      string  `json:"name"`
	Table     string  `json:"table"`
	Doc       string  `json:"doc"`
	Fields    int     `json:"fields"`
	Kept      int64   `json:"offsets_kept"`
	PerSecond float64 `json:"offsets_per_second"`
}

// contracts is the page of all topics.
func (s *pages) contracts(ctx context.Context, q *page.Request) (*page.Content, error) {
	tables, err := contract.Tables()
	if err != nil {
		return nil, err
	}
	topics := s.Feed.Topics.Get(ctx)
	model := make([]contractTopic, 0, len(tables))
	list := &view.Table{
		ID: "contract", Caption: "Topics", Command: "tributary contract catalogue DIR",
		Columns: []view.Column{
			{Name: "Topic", Help: "Open it for its fields, queries and newest rows."},
			{Name: "One row is", Help: "The first sentence of the topic's documentation."},
			{Name: "Fields", Right: true, Wide: true, Help: "Fields of its schema."},
			{Name: "Offsets kept", Right: true, Help: "An upper bound of the records."},
			{Name: "Offsets/s", Right: true, Wide: true, Help: "Written in the last half minute."},
			{Name: "Last hour", Wide: true, Help: "Offsets written."},
		},
	}
	for i := range tables {
		t := &tables[i]
		row := contractTopic{Name: t.Topic.Name, Table: t.Name, Doc: t.Doc, Fields: len(t.Columns)}
		chart := view.None()
		if topics.Has {
			if x, ok := topics.Value.Find(t.Topic.Name); ok {
				row.Kept, row.PerSecond, chart = x.Kept, x.PerSecond, view.Spark(x.Hour, t.Topic.Name+", in the last hour")
			}
		}
		model = append(model, row)
		list.Rows = append(list.Rows, []view.Cell{
			view.C(t.Topic.Name, h.A(h.Href(view.At("/contract/topic", "name", t.Topic.Name)), view.Dotted(t.Topic.Name))), view.T(firstSentence(t.Doc)), view.N(int64(row.Fields)), view.N(row.Kept), page.Rate(row.PerSecond), view.C("", chart),
		})
	}
	c := &page.Content{Model: model, Tables: []*view.Table{list}}
	c.Body = append(c.Body, page.Heading("Contract", contractText, time.Time{}))
	if topics.Err != nil {
		c.Body = append(c.Body, page.Stale(topics.Err, topics.At))
	}
	c.Body = append(c.Body, list.Render(q.Path()))
	return c, nil
}

func firstSentence(text string) string {
	first, _, cut := strings.Cut(text, ". ")
	if cut {
		first += "."
	}
	return first
}

// sample is a row of a topic as it is shown.
type sample struct {
	Partition int32     `json:"partition"`
	Offset    int64     `json:"offset"`
	Timestamp time.Time `json:"timestamp"`
	Key       string    `json:"key"`
	Value     any       `json:"value"`
}

// contractTopicModel is the JSON twin of a topic's page.
type contractTopicModel struct {
	Name     string            `json:"name"`
	Doc      string            `json:"doc"`
	Columns  []contract.Column `json:"columns"`
	Queries  []catalogue.Query `json:"queries"`
	Warnings []string          `json:"warnings"`
	// Samples are the newest rows, with personal and secret fields masked.
	Samples []sample `json:"samples"`
	// Freshness is the age of the newest row.
	Freshness float64 `json:"freshness_seconds"`
}

// contractTopicPage is the page of one topic.
func (s *pages) contractTopicPage(ctx context.Context, q *page.Request) (*page.Content, error) {
	tables, err := contract.Tables()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(tables, func(t contract.Table) bool { return t.Topic.Name == q.Query.Get("name") })
	if i < 0 {
		return nil, page.Refuse(http.StatusNotFound, "analysts have no such topic")
	}
	t := &tables[i]
	m := contractTopicModel{Name: t.Topic.Name, Doc: t.Doc, Columns: t.Columns, Queries: catalogue.Queries(t), Warnings: catalogue.Warnings(t, tables)}
	samples, failed := s.samples(ctx, t.Topic.Name)
	m.Samples = append([]sample{}, samples...)
	c := &page.Content{Title: t.Topic.Name, Model: &m}
	c.Body = append(c.Body, page.Heading(t.Topic.Name, firstSentence(t.Doc), time.Time{}))
	switch {
	case failed != nil:
		c.Body = append(c.Body, view.Banner(view.Bad, "The newest rows cannot be read.", h.P(h.Class("prose"), view.Text(page.Sentence(failed)))))
	case len(m.Samples) == 0:
		c.Body = append(c.Body, view.Banner(view.Calm, "The topic has no row yet."))
	default:
		newest := m.Samples[len(m.Samples)-1].Timestamp
		m.Freshness = max(s.Feed.Now().Sub(newest).Seconds(), 0)
		c.Body = append(c.Body, view.Verdict(view.Good, &view.What{ID: "tip-fresh", Text: "The age of the newest row, by its record's timestamp.", Command: "tributary tail --last 3 " + t.Topic.Name}, "The newest row is "+view.Span(time.Duration(m.Freshness*float64(time.Second)))+" old.", h.P(g.Text("Written "), view.Time(newest))))
	}
	fields := fieldTable(t)
	c.Tables = append(c.Tables, fields)
	c.Body = append(c.Body, view.Card("about", "What one row is", h.P(h.Class("prose"), view.Paragraph(t.Doc))), sampleCard(m.Name, m.Samples), queryCard(&m), fields.Render(q.Path()))
	return c, nil
}

// samples reads the newest rows of a topic, masked for everybody alike.
func (s *pages) samples(ctx context.Context, topic string) ([]sample, error) {
	const most = 3
	select {
	case s.Reads <- struct{}{}:
		defer func() { <-s.Reads }()
	case <-ctx.Done():
		return nil, page.Refuse(http.StatusServiceUnavailable, "others are reading: try again")
	}
	var out bytes.Buffer
	options := tail.Options{Topics: []string{s.Names.Topic(topic)}, Partition: -1, FromOffset: -1, Last: most}
	if err := tail.Run(ctx, s.Kafka, options, s.Schema, &out); err != nil {
		return nil, err
	}
	var rows []sample
	for line := range bytes.Lines(out.Bytes()) {
		var raw struct {
			sample

			Value json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, fmt.Errorf("read a row of %s: %w", topic, err)
		}
		value, err := mask.Record(topic, raw.Value, mask.Pseudonyms)
		if err != nil {
			return nil, err
		}
		raw.sample.Value = value
		rows = append(rows, raw.sample)
	}
	return rows, nil
}

func sampleCard(topic string, rows []sample) g.Node {
	if len(rows) == 0 {
		return g.Group{}
	}
	nodes := []g.Node{view.Quiet("Personal and secret fields are masked.")}
	for i, row := range slices.Backward(rows) {
		text := "(ended: a record without a value)"
		if row.Value != nil {
			if b, err := json.MarshalIndent(row.Value, "", "  "); err == nil {
				text = string(b)
			}
		}
		nodes = append(nodes, h.Details(g.If(i == len(rows)-1, g.Attr("open")), h.ID(fmt.Sprintf("row-%d-%d", row.Partition, row.Offset)),
			h.Summary(g.Textf("Partition %d, offset %d, ", row.Partition, row.Offset), view.Code(row.Key)), view.Block(text)))
	}
	return view.CardOf("samples", "The newest rows", &view.What{ID: "tip-samples", Text: "The newest rows with their places, newest first; personal and secret fields are masked.", Command: "tributary tail --last 3 " + topic}, nodes...)
}

func queryCard(m *contractTopicModel) g.Node {
	var nodes []g.Node
	for _, q := range m.Queries {
		nodes = append(nodes, h.P(view.Text(q.Question)), view.Block(q.SQL))
	}
	items := make([]g.Node, 0, len(m.Warnings))
	for _, text := range m.Warnings {
		items = append(items, h.Li(h.Class("prose"), view.Paragraph(text)))
	}
	return g.Group{view.Card("queries", "Queries, for an export in DuckDB", nodes...), view.Card("not", "Do not", h.Ul(items...))}
}

func fieldTable(t *contract.Table) *view.Table {
	out := &view.Table{
		ID: "fields", Caption: "Fields", Command: "tributary contract catalogue DIR",
		Columns: []view.Column{{Name: "Field"}, {Name: "Type", Wide: true}, {Name: "Sensitivity", Help: "none, pseudonym, or personal: masked on these pages."}, {Name: "Meaning", Help: "The field's documentation in the schema."}},
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		kind := string(c.Type.Kind)
		if c.Type.Nullable {
			kind += ", or null"
		}
		out.Rows = append(out.Rows, []view.Cell{view.C(c.Name, view.Field(c.Name)), view.T(kind), view.T(c.Sensitivity), view.C(c.Doc, view.Paragraph(c.Doc))})
	}
	return out
}
