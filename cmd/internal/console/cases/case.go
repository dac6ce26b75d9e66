// Package cases is the page of one customer's case, found by an id or a phone.
package cases

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/mask"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Pages are the pages of a case. Make them with New.
type Pages struct {
	*page.Site

	search Search
}

// New returns the pages.
func New(site *page.Site, search Search) *Pages { return &Pages{site, search} }

// List returns the pages with their addresses.
func (s *Pages) List() []*page.Page {
	return []*page.Page{
		{Path: "/case", Title: "Case", Build: s.findCase, Slow: true},
		{Path: "/case/phone", Title: "Case", Build: s.byPhone, Act: true},
		{Path: "/case/unmask", Title: "Case", Build: s.unmask, Act: true},
	}
}

// Search are the parts of a search for a case.
type Search struct {
	// Trace has the sources and keys; Kafka, Names and the clock are those of the feed.
	Trace trace.Config
	// Pseudonyms returns those of a phone number; country is that of a national number.
	Pseudonyms func(number, country string) ([]string, error)
}

const (
	maxID = 512
)

// caseModel is the JSON twin of Case.
type caseModel struct {
	*trace.Report

	// Masked is set if personal fields are hidden.
	Masked bool `json:"masked"`
}

// findCase is the page of one case, found by any id.
func (s *Pages) findCase(ctx context.Context, q *page.Request) (*page.Content, error) {
	id := strings.TrimSpace(q.Query.Get("id"))
	if id == "" {
		return &page.Content{Model: map[string]any{"usage": "/case?id=ID&format=json"}, Body: s.searchForms(q.Person)}, nil
	}
	if strings.HasPrefix(id, "+") {
		return nil, page.Refuse(http.StatusBadRequest, "that is a phone number: it does not belong into an address, which is logged; use the field for phones on this page")
	}
	report, err := s.find(ctx, trace.Query{ID: id}, q.Query.Has("all"))
	if err != nil {
		return nil, err
	}
	return showCase(q, report, mask.Pseudonyms)
}

// find finds a case. Few run at a time, so that people who search do not slow the brokers down.
func (s *Pages) find(ctx context.Context, query trace.Query, all bool) (*trace.Report, error) {
	if len(query.ID) > maxID || !utf8.ValidString(query.ID) {
		return nil, page.Refuse(http.StatusBadRequest, "that is no id: it is too long, or no text")
	}
	select {
	case s.Reads <- struct{}{}:
		defer func() { <-s.Reads }()
	case <-ctx.Done():
		return nil, page.Refuse(http.StatusServiceUnavailable, "others are searching: try again")
	}
	config := s.search.Trace
	config.Kafka, config.Names, config.Now, config.All = s.Kafka, s.Names, s.Feed.Now, all
	config.Patience = page.ProgramWait / 2
	return trace.Run(ctx, config, query)
}

// byPhone finds a case by a phone number, after that is recorded. The number is in no address and no
// record.
func (s *Pages) byPhone(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Support) {
		return nil, page.Refuse(http.StatusForbidden, "only support and operators may look for a phone")
	}
	if s.search.Pseudonyms == nil {
		return nil, page.Refuse(http.StatusNotImplemented, "this console has no key of privacy.keys, so it cannot look for a phone")
	}
	pseudonyms, err := s.search.Pseudonyms(strings.TrimSpace(q.PostFormValue("phone")), strings.TrimSpace(q.PostFormValue("country")))
	if err != nil {
		return nil, page.Refuse(http.StatusBadRequest, "that is no international number: write it with + and the country's prefix, or name the country")
	}
	if _, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionFindPhone, Purpose: q.PostFormValue("purpose"), Records: -1}); err != nil {
		return nil, err
	}
	report, err := s.find(ctx, trace.Query{Pseudonyms: pseudonyms}, true)
	if err != nil {
		return nil, err
	}
	if len(report.Journeys) == 1 && q.Query.Get("format") == "" {
		// The address of the journey can be sent to others, the number cannot.
		return &page.Content{Redirect: page.CasePath(report.Journeys[0].Key)}, nil
	}
	return showCase(q, report, mask.Pseudonyms)
}

// unmask shows the personal fields of a case, after that is recorded.
func (s *Pages) unmask(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Support) {
		return nil, page.Refuse(http.StatusForbidden, "only support and operators may see personal fields")
	}
	id := strings.TrimSpace(q.PostFormValue("id"))
	if _, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionShowCase, Purpose: q.PostFormValue("purpose"), Target: id, Records: -1}); err != nil {
		return nil, err
	}
	report, err := s.find(ctx, trace.Query{ID: id}, false)
	if err != nil {
		return nil, err
	}
	return showCase(q, report, mask.Personal)
}

// masked hides the fields of a report that the level does not show.
func masked(r *trace.Report, level mask.Level) error {
	hide := func(snapshot any) (any, error) {
		record, ok := snapshot.(avro.Record)
		if !ok {
			return nil, nil
		}
		text, err := json.Marshal(record)
		if err != nil {
			return nil, err
		}
		return mask.Record(record.Schema(), text, level)
	}
	var errs []error
	for _, j := range r.Journeys {
		var err error
		j.Snapshot, err = hide(j.Snapshot)
		errs = append(errs, err)
	}
	for _, e := range r.Entities {
		var err error
		e.Snapshot, err = hide(e.Snapshot)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// moment is a step of the timeline with the name of its entity or journey.
type moment struct {
	*trace.Step

	of string
}

// name returns the title of a moment: its entity and its kind.
func (m *moment) name() string {
	if m.of == m.Kind {
		return m.of
	}
	return m.of + ": " + m.Kind
}

// timeline merges the steps of all entities and journeys, in the order of time.
func timeline(r *trace.Report) []moment {
	var out []moment
	for _, e := range r.Entities {
		for i := range e.Steps {
			out = append(out, moment{&e.Steps[i], e.Kind})
		}
	}
	for _, j := range r.Journeys {
		for i := range j.Steps {
			out = append(out, moment{&j.Steps[i], "journey"})
		}
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.At.Compare(b.At) })
	return out
}
