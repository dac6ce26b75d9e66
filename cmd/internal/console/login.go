package console

import (
	"bytes"
	"net/http"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// login asks for a token, and answers every request that has proven no name.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	wrong := false
	if r.URL.Path == "/login" && r.Method == http.MethodPost {
		if s.guard.Login(w, r, r.PostFormValue("token")) {
			http.Redirect(w, r, page.Back(r.PostFormValue("back")), http.StatusSeeOther) //nolint:gosec // Back gives paths of the console only
			return
		}
		wrong = true
	}
	target := "/"
	if r.Method == http.MethodGet && r.URL.Path != "/login" {
		target = r.URL.RequestURI()
	}
	if r.URL.Query().Has("format") || r.Header.Get("Authorization") != "" {
		http.Error(w, `{"error":"say who you are: Authorization: Bearer TOKEN"}`, http.StatusUnauthorized)
		return
	}
	fault := ""
	if wrong {
		fault = "That is none of the tokens."
	}
	s.askLogin(w, r, target, fault)
}

// askLogin is the page that asks who a person is; fault is why the last attempt failed.
func (s *Server) askLogin(w http.ResponseWriter, r *http.Request, target, fault string) {
	nodes := []g.Node{page.Heading("Who are you?", "This console shows the pipeline to people it knows.", s.feed.Now())}
	if fault != "" {
		nodes = append(nodes, view.Banner(view.Bad, fault))
	}
	if s.idp != nil {
		nodes = append(nodes, h.Section(h.Class("card"), h.P(h.A(h.Class("button"), h.Href(view.At(beginPath, "back", target)), view.Text("Log in at "+s.idp.Host())))))
	}
	if len(s.config.Access.Tokens) > 0 {
		nodes = append(nodes, h.Section(h.Class("card"), h.Form(
			h.Class("row"), h.Method("post"), h.Action("/login"),
			h.Input(h.Type("hidden"), h.Name("back"), h.Value(target)),
			h.Label(g.Text("Token"), h.Input(h.Type("password"), h.Name("token"), h.Required(), h.AutoFocus(), h.AutoComplete("current-password"))),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Log in")),
		)))
	}
	if s.idp == nil && len(s.config.Access.Tokens) == 0 {
		nodes = append(nodes, view.Banner(view.Bad, "The proxy in front of this console has not said who you are."))
	}
	shell := view.Shell{Title: "Log in", Path: "/login", Person: &access.Person{Name: "nobody"}, Theme: page.ThemeOf(r), Place: s.config.Place, Version: s.config.Version, Wall: true}
	writeShell(w, &shell, http.StatusUnauthorized, g.Group(nodes))
}

func writeShell(w http.ResponseWriter, shell *view.Shell, status int, body g.Node) {
	var b bytes.Buffer
	if err := shell.Page(body).Render(&b); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
