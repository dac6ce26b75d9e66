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
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
)

// Config is the configuration of a console.
type Config struct {
	// Listen is the address: host:port, or host:first-last for the first free port of a range.
	Listen string
	Access access.Config
	Feed   feed.Config
	// SchemaIDs returns the registry's ids by topic, for the records of acts.
	SchemaIDs func(context.Context) (map[string]uint32, error)
	// Search finds cases.
	Search Search
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
	// base lives as long as the server; quit ends it, and with it live pages and jobs.
	base context.Context //nolint:containedctx // the lifetime of jobs, which requests start
	quit context.CancelFunc

	acts    *act.Log
	replays *job[deadletter.Plan]
	audits  *job[audit.Report]
	// searches limits how many cases are looked for at a time.
	searches chan struct{}
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
	base, quit := context.WithCancel(context.Background())
	return &Server{
		config: config, guard: access.New(config.Access), feed: feed.New(config.Feed), streams: make(chan struct{}, maxStreams), base: base, quit: quit,
		acts: act.New(act.Config{
			Kafka: config.Feed.Kafka, Names: config.Feed.Names, SchemaIDs: config.SchemaIDs, Version: config.Version, Now: config.Feed.Now,
		}),
		replays: newJob[deadletter.Plan](), audits: newJob[audit.Report](), searches: make(chan struct{}, maxSearches),
	}, nil
}

// Start listens and serves.
func (s *Server) Start(ctx context.Context) error {
	listener, err := ops.Listen(ctx, s.config.Listen)
	if err != nil {
		return fmt.Errorf("console.listen: %w", err)
	}
	s.addr = listener.Addr()
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, BaseContext: func(net.Listener) context.Context { return s.base }}
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
	s.quit()
	if s.server != nil {
		err = s.server.Shutdown(ctx)
	}
	s.replays.work.Wait()
	s.audits.work.Wait()
	s.feed.Close()
	s.acts.Close()
	return err
}

// Handler returns all pages.
func (s *Server) Handler() http.Handler {
	pages := http.NewServeMux()
	for _, p := range s.pages() {
		method := "GET "
		if p.act {
			method = "POST "
		}
		pages.Handle(method+p.path, s.serve(p))
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
	//nolint:gosec // a choice of colours
	http.SetCookie(w, &http.Cookie{Name: theme, Value: to, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
	http.Redirect(w, r, back(r.URL.Query().Get("back")), http.StatusSeeOther) //nolint:gosec // back gives paths of the console only
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
