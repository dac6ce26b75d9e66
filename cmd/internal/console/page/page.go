package page

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

// Page is one page with its twins.
type Page struct {
	Path, Title string
	// Build makes the content. It waits for numbers no longer than ctx lasts.
	Build func(ctx context.Context, r *Request) (*Content, error)
	// Slow pages read on request, so that their answer waits for it; Acts are POSTs and slow.
	Slow, Act bool
	// Live are the polls whose results change the page; none: it is made once.
	Live []Watched
}

// Watched is a poll of any type.
type Watched interface {
	Watch() (end func())
	Changed() <-chan struct{}
}

// Request is the HTTP request for a page, with its person and query.
type Request struct {
	*http.Request

	Person *access.Person
	Query  url.Values
}

// Content is a page without the shell around it.
type Content struct {
	// Title replaces the page's.
	Title string
	// Model is the JSON twin.
	Model any
	// Tables can be had as CSV.
	Tables []*view.Table
	Body   []g.Node
	// Loading is set while the first numbers are on their way.
	Loading bool
	Status  int
	// Redirect is where to go on after an act.
	Redirect string
}

// table returns a table of the content.
func (c *Content) table(id string) *view.Table {
	for _, t := range c.Tables {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// How long an answer waits for the first numbers: a person sees a page at once and the numbers when
// they come; a program waits for them.
const (
	paintWait = 150 * time.Millisecond
	// ProgramWait is how long an answer to a program or to an act may take.
	ProgramWait = 20 * time.Second
)

// Frame serves pages. Make it with NewFrame.
type Frame struct {
	// place names the cluster on every page; version is the program's.
	place, version string
	logger         *slog.Logger
	// streams limits the number of live pages.
	streams chan struct{}
}

// maxStreams is how many live pages are served at a time.
const maxStreams = 200

// NewFrame returns a frame.
func NewFrame(place, version string, logger *slog.Logger) *Frame {
	return &Frame{place: place, version: version, logger: logger, streams: make(chan struct{}, maxStreams)}
}

// Serve answers in the format that is asked for.
func (f *Frame) Serve(p *Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &Request{Request: r, Person: access.From(r.Context()), Query: r.URL.Query()}
		format := q.Query.Get("format")
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") && len(p.Live) > 0 {
			f.stream(w, p, q) //nolint:contextcheck // the request has it
			return
		}
		wait := paintWait
		if format != "" || p.Slow || p.Act {
			wait = ProgramWait
		}
		c := f.content(r.Context(), p, q, wait)
		if c.Redirect != "" {
			http.Redirect(w, r, c.Redirect, http.StatusSeeOther)
			return
		}
		switch format {
		case "json":
			writeJSON(w, c)
		case "csv":
			writeCSV(w, c, q.Query.Get("table"))
		default:
			if c.Status == http.StatusBadGateway && !p.Act {
				// The page itself has the error; with status 502 the browser's console would log it again.
				c.Status = http.StatusOK
			}
			f.writePage(w, p, q, c)
		}
	})
}

// content builds a page; an error is a page, too.
func (f *Frame) content(ctx context.Context, p *Page, q *Request, wait time.Duration) *Content {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := p.Build(ctx, q)
	if err != nil {
		status, banner := http.StatusBadGateway, view.Banner(view.Bad, "This cannot be read or done now.", h.P(h.Class("prose"), view.Text(Sentence(err))))
		if refused, ok := errors.AsType[*refusalError](err); ok {
			status, banner = refused.status, view.Banner(view.Bad, Sentence(err))
		} else {
			f.logger.WarnContext(ctx, "a page of the console failed", slog.String("page", p.Path), slog.String("error", err.Error()))
		}
		body := []g.Node{Heading(p.Title, "", time.Time{}), banner}
		if status != http.StatusNotFound {
			body = append(body, view.Quiet("Nothing was changed. Open the page again when the cause is gone."))
		}
		return &Content{Status: status, Model: map[string]any{"error": err.Error()}, Body: body}
	}
	return c
}

// refusalError is an error that is the caller's.
type refusalError struct {
	status int
	text   string
}

func (r *refusalError) Error() string { return r.text }

// Refuse makes an error that is the caller's, with the status of its answer.
func Refuse(status int, text string) error { return &refusalError{status, text} }

// NotFound answers every address that is no page.
func NotFound(context.Context, *Request) (*Content, error) {
	return nil, Refuse(http.StatusNotFound, "there is no such page: the pages are above")
}

func writeJSON(w http.ResponseWriter, c *Content) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(c.Model); err != nil {
		http.Error(w, `{"error":"the page has no JSON"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(max(c.Status, http.StatusOK))
	_, _ = w.Write(b.Bytes())
}

func writeCSV(w http.ResponseWriter, c *Content, id string) {
	t := c.table(id)
	if t == nil {
		http.Error(w, "The page has no such table.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+t.ID+`.csv"`)
	_ = t.CSV(w)
}

func (f *Frame) writePage(w http.ResponseWriter, p *Page, q *Request, c *Content) {
	title := p.Title
	if c.Title != "" {
		title = c.Title
	}
	shell := view.Shell{
		Title: title, Path: q.Path(), Person: q.Person, Theme: ThemeOf(q.Request), Place: f.place, Version: f.version,
		Live: len(p.Live) > 0 && q.Method == http.MethodGet, Wall: q.Query.Has("wall"), Loading: c.Loading,
	}
	var b bytes.Buffer
	if err := shell.Page(bodyOf(c)).Render(&b); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(max(c.Status, http.StatusOK))
	_, _ = w.Write(b.Bytes())
}

func bodyOf(c *Content) g.Node { return g.Group(c.Body) }

// Path is the address of the page, without its format.
func (q *Request) Path() string {
	query := q.URL.Query()
	query.Del("format")
	query.Del("table")
	return view.At((&url.URL{Path: q.URL.Path, RawQuery: query.Encode()}).String())
}
