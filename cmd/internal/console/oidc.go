package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

const (
	beginPath = "/login/oidc"
	// logoutPath leads to the identity provider's logout.
	logoutPath = "/logout/oidc"
	// loginCookie binds a login to the browser that began it.
	loginCookie = "tributary_login"
	// idpWait is how long a request waits for the identity provider.
	idpWait = 10 * time.Second
)

// beginLogin sends the browser to the identity provider.
func (s *Server) beginLogin(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), idpWait)
	defer cancel()
	target := page.Back(r.URL.Query().Get("back"))
	address, state, err := s.idp.Begin(ctx, target)
	if err != nil {
		s.refuseLogin(w, r, target, err)
		return
	}
	// The identity provider's page sends the browser back: with SameSite=Strict the cookie would stay away.
	const minutes = 600
	s.guard.SetCookie(w, r, &http.Cookie{Name: loginCookie, Value: state, Path: idp.CallbackPath, MaxAge: minutes, SameSite: http.SameSiteLaxMode}) //nolint:gosec // SetCookie sets the rest
	http.Redirect(w, r, address, http.StatusSeeOther)                                                                                               //nolint:gosec // the configured identity provider's
}

// endLogin begins a session for the person whom the identity provider names.
func (s *Server) endLogin(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), idpWait)
	defer cancel()
	kept := ""
	if c, err := r.Cookie(loginCookie); err == nil {
		kept = c.Value
	}
	s.guard.SetCookie(w, r, &http.Cookie{Name: loginCookie, Path: idp.CallbackPath, MaxAge: -1, SameSite: http.SameSiteLaxMode}) //nolint:gosec // SetCookie sets the rest
	person, err := s.idp.Finish(ctx, r.URL.Query(), kept)
	if err != nil {
		s.refuseLogin(w, r, "/", err)
		return
	}
	s.guard.Begin(w, r, &access.Proven{Name: person.Name, Role: person.Role, Until: person.Until, IDToken: person.IDToken})
	s.config.Logger.InfoContext(ctx, "a person has logged in", slog.String("role", person.Role.String()))
	// A redirect would be a part of the identity provider's navigation, to which a browser adds no cookie
	// with SameSite=Strict. A page of our own begins a new one.
	shell := view.Shell{
		Title: "Logged in", Path: "/login", Person: &access.Person{Name: person.Name, Role: person.Role}, Theme: page.ThemeOf(r),
		Place: s.config.Place, Version: s.config.Version, Wall: true, Next: person.Back,
	}
	writeShell(w, &shell, http.StatusOK, g.Group{page.Heading("Logged in", "The page opens by itself.", time.Time{}), h.P(h.A(h.Href(person.Back), g.Text("Open it")))})
}

// logout ends the session here and, if the identity provider offers that, there.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	idToken := s.guard.Logout(w, r)
	if s.idp == nil || idToken == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), idpWait)
	defer cancel()
	ticket, err := s.idp.BeginLogout(ctx, idToken)
	next, text := "", "The session at "+s.idp.Host()+" goes on: log out there, too, if others use this browser."
	switch {
	case err != nil:
		s.config.Logger.WarnContext(ctx, "a session at the identity provider is not ended", slog.String("error", err.Error()))
	case ticket != "":
		// A redirect of a form must stay within the origin (form-action), one of a page need not.
		next, text = view.At(logoutPath, "ticket", ticket), "The logout of "+s.idp.Host()+" opens by itself."
	}
	shell := view.Shell{Title: "Logged out", Path: "/logout", Person: &access.Person{Name: "nobody"}, Theme: page.ThemeOf(r), Place: s.config.Place, Version: s.config.Version, Wall: true, Next: next}
	link := h.A(h.Href("/"), g.Text("Log in again"))
	if next != "" {
		link = h.A(h.Href(next), g.Text("Open it"))
	}
	writeShell(w, &shell, http.StatusOK, g.Group{page.Heading("Logged out", "You are logged out of this console.", time.Time{}), h.P(view.Text(text)), h.P(link)})
}

// endLogout sends the browser to the identity provider's logout.
func (s *Server) endLogout(w http.ResponseWriter, r *http.Request) {
	address := s.idp.EndLogout(r.URL.Query().Get("ticket"))
	if address == "" {
		address = "/"
	}
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // the configured identity provider's
}

// refuseLogin says why a login failed. The details of the identity provider's fault are in the log.
func (s *Server) refuseLogin(w http.ResponseWriter, r *http.Request, target string, err error) {
	s.config.Logger.WarnContext(r.Context(), "a login failed", slog.String("error", err.Error()))
	text := "The identity provider " + s.idp.Host() + " does not answer, or not as it should. The console's log has the details."
	if refused, ok := errors.AsType[*idp.RefusedError](err); ok {
		text = page.Sentence(refused) + "."
	}
	s.askLogin(w, r, target, text)
}

// checkIssuer logs if the issuer is away; the console starts all the same.
func (s *Server) checkIssuer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, idpWait)
	defer cancel()
	if err := s.idp.Check(ctx); err != nil && ctx.Err() == nil {
		s.config.Logger.WarnContext(ctx, "nobody can log in now", slog.String("error", err.Error()))
	}
}
