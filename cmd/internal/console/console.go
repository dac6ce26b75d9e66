package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// Config is what a console needs.
type Config struct {
	// Listen is the address: host:port, or host:first-last for the first free port of a range.
	Listen string
	Access access.Config
	Feed   feed.Config
	// Place names the cluster on every page; Version is the program's.
	Place, Version string
	Logger         *slog.Logger
}

// Server serves the console. Make it with New.
type Server struct {
	config Config
	guard  *access.Guard
	feed   *feed.Feed
	server *http.Server
	addr   net.Addr
	// streams limits the number of live pages.
	streams chan struct{}
	// quit ends the live pages.
	quit context.CancelFunc
}

// maxStreams is how many live pages are served at a time.
const maxStreams = 200

// New returns a console that neither listens nor reads. It refuses an address beyond loopback if
// nothing says who may come.
func New(config Config) (*Server, error) {
	if err := config.Access.CheckListen(config.Listen); err != nil {
		return nil, err
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	config.Feed.Logger = config.Logger
	return &Server{config: config, guard: access.New(config.Access), feed: feed.New(config.Feed), streams: make(chan struct{}, maxStreams)}, nil
}

// Start listens and serves.
func (s *Server) Start(ctx context.Context) error {
	listener, err := ops.Listen(ctx, s.config.Listen)
	if err != nil {
		return fmt.Errorf("console.listen: %w", err)
	}
	s.addr = listener.Addr()
	base, quit := context.WithCancel(context.WithoutCancel(ctx))
	s.quit = quit
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, BaseContext: func(net.Listener) context.Context { return base }}
	// Ended by Stop.
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.config.Logger.ErrorContext(ctx, "the console is no longer served", slog.String("error", err.Error()))
		}
	}()
	s.config.Logger.InfoContext(ctx, "console", slog.String("url", s.URL()))
	return nil
}

// URL is where the console is, once it has started.
func (s *Server) URL() string {
	if s.addr == nil {
		return ""
	}
	host, port, err := net.SplitHostPort(s.addr.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// Stop ends the requests, then the reading.
func (s *Server) Stop(ctx context.Context) (err error) {
	if s.server != nil {
		s.quit()
		err = s.server.Shutdown(ctx)
	}
	s.feed.Close()
	return err
}

// Handler returns all pages.
func (s *Server) Handler() http.Handler {
	pages := http.NewServeMux()
	for _, p := range s.pages() {
		pages.Handle("GET "+p.path, s.serve(p))
	}
	pages.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/flow", http.StatusSeeOther) })
	pages.HandleFunc("GET /theme", setTheme)
	pages.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		s.guard.Logout(w, r)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	pages.Handle("/", s.serve(&page{title: "Not found", build: notFound}))
	root := http.NewServeMux()
	root.Handle("GET /asset/", view.Assets())
	root.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	root.Handle("/", s.guard.Wrap(pages, http.HandlerFunc(s.login)))
	return root
}

// theme is the cookie with the colours that a person has chosen.
const theme = "tributary_theme"

func setTheme(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	if to != "light" && to != "dark" {
		to = ""
	}
	http.SetCookie(w, &http.Cookie{Name: theme, Value: to, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
	http.Redirect(w, r, back(r.URL.Query().Get("back")), http.StatusSeeOther)
}

// back is a path of the console, from a request.
func back(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return view.At(path)
}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie(theme); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}
