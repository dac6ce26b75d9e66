package view

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
)

//go:embed asset
var assets embed.FS

// Link is a page in the navigation.
type Link struct {
	Path, Name string
	// Key is the second key of the shortcut: g and f go to Flow.
	Key string
}

// Links are the pages, in the order of the navigation.
func Links() []Link {
	return []Link{
		{"/flow", "Flow", "f"},
		{"/case", "Case", "c"},
		{"/money", "Money", "m"},
		{"/letters", "Dead letters", "d"},
		{"/readers", "Readers", "r"},
		{"/account", "Account", "a"},
		{"/contract", "Contract", "k"},
	}
}

// Shell is the frame around the content of a page.
type Shell struct {
	Title string
	// Path is the address of the page, with its query.
	Path   string
	Person *access.Person
	// Theme is light, dark or empty for that of the system.
	Theme string
	// Place names the cluster, Version the program.
	Place, Version string
	// Live pages are updated by server-sent events.
	Live bool
	// Wall leaves the navigation out.
	Wall bool
	// Loading pages have no numbers yet.
	Loading bool
	// Next is the page that a browser opens at once.
	Next string
	At   time.Time
}

// Page is a whole document.
func (s *Shell) Page(content g.Node) g.Node {
	return g.Group{g.Raw("<!doctype html>"), h.HTML(
		h.Lang("en"), g.If(s.Theme != "", h.Data("theme", s.Theme)),
		h.Head(
			h.Meta(h.Charset("utf-8")), h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(Text(s.Title), g.Text(" · Tributary")),
			h.Link(h.Rel("icon"), h.Href(Asset("icon.svg")), h.Type("image/svg+xml")),
			h.Link(h.Rel("stylesheet"), h.Href(Asset("console.css"))),
			h.Script(h.Src(Asset("console.js")), h.Defer()),
			g.If(s.Next != "", h.Meta(g.Attr("http-equiv", "refresh"), h.Content("0; url="+s.Next))),
			// Without a script a page that waits for its first numbers asks again.
			g.If(s.Loading, g.El("noscript", h.Meta(g.Attr("http-equiv", "refresh"), h.Content("2")))),
		),
		h.Body(
			g.If(s.Wall, h.Class("wall")),
			h.A(h.Class("skip"), h.Href("#main"), g.Text("Skip to content")),
			g.If(!s.Wall, s.header()),
			h.Main(h.ID("main"), g.If(s.Live, h.Data("live", s.Path)), content),
			g.If(!s.Wall, s.footer()),
		),
	)}
}

func (s *Shell) header() g.Node {
	links := []g.Node{h.Aria("label", "Pages")}
	for _, l := range Links() {
		current := len(s.Path) >= len(l.Path) && s.Path[:len(l.Path)] == l.Path
		links = append(links, h.A(h.Href(l.Path), h.Data("key", l.Key), h.Title("g "+l.Key), g.If(current, h.Aria("current", "page")), g.Text(l.Name)))
	}
	return h.Header(
		h.A(h.Class("brand"), h.Href("/flow"), h.Img(h.Src(Asset("icon.svg")), h.Alt(""), h.Width("20"), h.Height("20")), g.Text("Tributary")),
		h.Nav(links...),
		h.Form(
			h.Class("search"), h.Role("search"), h.Action("/case"), h.Method("get"),
			h.Input(h.Type("search"), h.Name("id"), h.Placeholder("Any id  (press /)"), h.Aria("label", "Find a case by any id"),
				h.AutoComplete("off"), g.Attr("spellcheck", "false"), h.MaxLength("200")),
		),
	)
}

func (s *Shell) footer() g.Node {
	theme := func(to, name string) g.Node {
		return h.A(h.Href(At("/theme", "to", to, "back", s.Path)), h.Data("theme", to), g.If(s.Theme == to, h.Aria("current", "true")), g.Text(name))
	}
	person := g.Group{Text(s.Person.Name), g.Text(", " + s.Person.Role.String())}
	return h.Footer(
		h.Span(Text(s.Place), g.Text(" · Tributary "), Text(s.Version)),
		h.Span(h.ID("live"), h.Data("state", "still"), g.Text("")),
		h.Span(person, g.If(s.Person.Session, h.Form(h.Method("post"), h.Action("/logout"), h.Class("inline"), Token(s.Person), h.Button(h.Type("submit"), h.Class("link"), g.Text("log out"))))),
		h.Span(h.Class("themes"), g.Text("Theme: "), theme("", "system"), theme("light", "light"), theme("dark", "dark")),
		h.A(h.Href(At(s.Path, "format", "json")), h.Title("The same page as JSON"), g.Text("JSON")),
		h.A(h.Href("/help"), h.Title("Keyboard: ?"), g.Text("Help")),
	)
}

// Token is the hidden field that every form which changes something has.
func Token(p *access.Person) g.Node {
	return h.Input(h.Type("hidden"), h.Name(access.FormToken), h.Value(p.CSRF))
}

// Asset is the address of an embedded file. It changes with the content, so that a browser may keep
// the file for ever.
func Asset(name string) string {
	text, err := assets.ReadFile("asset/" + name)
	if err != nil {
		return "/asset/" + name
	}
	sum := sha256.Sum256(text)
	return "/asset/" + name + "?v=" + hex.EncodeToString(sum[:6])
}

// Assets serves the embedded files.
func Assets() http.Handler {
	sub, err := fs.Sub(assets, "asset")
	if err != nil {
		return http.NotFoundHandler()
	}
	files := http.StripPrefix("/asset/", http.FileServerFS(sub))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
}
