package page

import (
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// theme is the cookie with the colours that a person has chosen.
const theme = "tributary_theme"

// SetTheme keeps the choice of colours in a cookie.
func SetTheme(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	if to != "light" && to != "dark" {
		to = ""
	}
	//nolint:gosec // a choice of colours
	http.SetCookie(w, &http.Cookie{Name: theme, Value: to, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
	http.Redirect(w, r, Back(r.URL.Query().Get("back")), http.StatusSeeOther) //nolint:gosec // Back gives paths of the console only
}

// ThemeOf returns the colours that a person has chosen: light, dark or empty.
func ThemeOf(r *http.Request) string {
	if c, err := r.Cookie(theme); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// Back is a path of the console, from a request.
func Back(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return view.At(path)
}
