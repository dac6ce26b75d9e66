package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// page is one page with its twins.
type page struct {
	path, title string
	// build makes the content. It waits for numbers no longer than ctx lasts.
	build func(ctx context.Context, r *request) (*content, error)
	// slow pages read on request, so that their answer waits for it; acts are POSTs and slow.
	slow, act bool
	// live are the polls whose results change the page; none: it is made once.
	live []watched
}

// watched is a poll of any type.
type watched interface {
	Watch() (end func())
	Changed() <-chan struct{}
}

// request is the HTTP request for a page, with its person and query.
type request struct {
	*http.Request

	person *access.Person
	query  url.Values
}

// content is a page without the shell around it.
type content struct {
	// title replaces the page's.
	title string
	// model is the JSON twin.
	model any
	// tables can be had as CSV.
	tables []*view.Table
	body   []g.Node
	// loading is set while the first numbers are on their way.
	loading bool
	status  int
	// redirect is where to go on after an act.
	redirect string
}

// table returns a table of the content.
func (c *content) table(id string) *view.Table {
	for _, t := range c.tables {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// How long an answer waits for the first numbers: a person sees a page at once and the numbers when
// they come; a program waits for them.
const (
	paintWait   = 150 * time.Millisecond
	programWait = 20 * time.Second
)

// serve answers in the format that is asked for.
func (s *Server) serve(p *page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, person: access.From(r.Context()), query: r.URL.Query()}
		format := q.query.Get("format")
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") && len(p.live) > 0 {
			s.stream(w, p, q) //nolint:contextcheck // the request has it
			return
		}
		wait := paintWait
		if format != "" || p.slow || p.act {
			wait = programWait
		}
		c := s.content(r.Context(), p, q, wait)
		if c.redirect != "" {
			http.Redirect(w, r, c.redirect, http.StatusSeeOther)
			return
		}
		switch format {
		case "json":
			writeJSON(w, c)
		case "csv":
			writeCSV(w, c, q.query.Get("table"))
		default:
			s.writePage(w, p, q, c)
		}
	})
}

// content builds a page; an error is a page, too.
func (s *Server) content(ctx context.Context, p *page, q *request, wait time.Duration) *content {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := p.build(ctx, q)
	if err != nil {
		status := http.StatusBadGateway
		if refused, ok := errors.AsType[*refusalError](err); ok {
			status = refused.status
		} else {
			s.config.Logger.WarnContext(ctx, "a page of the console failed", slog.String("page", p.path), slog.String("error", err.Error()))
		}
		return &content{
			status: status, model: map[string]any{"error": err.Error()},
			body: []g.Node{view.Banner(view.Bad, sentence(err)), view.Quiet("Nothing was changed. Open the page again when the cause is gone.")},
		}
	}
	return c
}

// refusalError is an error that is the caller's.
type refusalError struct {
	status int
	text   string
}

func (r *refusalError) Error() string { return r.text }

func refuse(status int, text string) error { return &refusalError{status, text} }

// sentence writes an error for people.
func sentence(err error) string {
	return capital(err.Error())
}

// capital begins a text with a capital letter.
func capital(text string) string {
	if text == "" {
		return "Something failed."
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func writeJSON(w http.ResponseWriter, c *content) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(c.model); err != nil {
		http.Error(w, `{"error":"the page has no JSON"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(max(c.status, http.StatusOK))
	_, _ = w.Write(b.Bytes())
}

func writeCSV(w http.ResponseWriter, c *content, id string) {
	t := c.table(id)
	if t == nil {
		http.Error(w, "The page has no such table.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+t.ID+`.csv"`)
	_ = t.CSV(w)
}

func (s *Server) writePage(w http.ResponseWriter, p *page, q *request, c *content) {
	title := p.title
	if c.title != "" {
		title = c.title
	}
	shell := view.Shell{
		Title: title, Path: pathOf(q), Person: q.person, Theme: themeOf(q.Request), Place: s.config.Place, Version: s.config.Version,
		Live: len(p.live) > 0 && q.Method == http.MethodGet, Wall: q.query.Has("wall"), Loading: c.loading,
	}
	var b bytes.Buffer
	if err := shell.Page(bodyOf(c)).Render(&b); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(max(c.status, http.StatusOK))
	_, _ = w.Write(b.Bytes())
}

func bodyOf(c *content) g.Node { return g.Group(c.body) }

// pathOf is the address of the page, without its format.
func pathOf(q *request) string {
	query := q.URL.Query()
	query.Del("format")
	query.Del("table")
	return view.At((&url.URL{Path: q.URL.Path, RawQuery: query.Encode()}).String())
}

// heading begins a page: its name, a sentence, and when its numbers were read.
func heading(title, text string, at time.Time) g.Node {
	return h.Div(h.Class("top"), h.H1(view.Text(title)), h.P(view.Paragraph(text)), g.If(!at.IsZero(), h.P(g.Text("as of "), view.Time(at))))
}

// waiting is a page whose first numbers are on their way.
func waiting(title, text, reads string) *content {
	return &content{
		loading: true, model: map[string]any{"loading": true},
		body: []g.Node{heading(title, text, time.Time{}), h.Div(h.Class("card loading"), h.Role("status"), h.P(g.Text("Reading "+reads+" …")))},
	}
}

func notFound(context.Context, *request) (*content, error) {
	return nil, refuse(http.StatusNotFound, "there is no such page: the pages are above")
}
