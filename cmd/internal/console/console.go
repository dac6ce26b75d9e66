package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/account"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/cases"
	"github.com/tributary-hq/tributary/cmd/internal/console/erase"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp"
	"github.com/tributary-hq/tributary/cmd/internal/console/letters"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// Config is the configuration of a console.
type Config struct {
	// Listen is the address: host:port, or host:first-last for the first free port of a range.
	Listen string
	Access access.Config
	// Identity is the identity provider; without an issuer there is none.
	Identity idp.Config
	Feed     feed.Config
	// SchemaIDs returns the registry's ids by topic, for the records of acts.
	SchemaIDs func(context.Context) (map[string]uint32, error)
	// Search finds cases.
	Search cases.Search
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
	frame  *page.Frame
	idp    *idp.Client
	acts   *act.Log
	quit   context.CancelFunc
	// base is the context of requests and jobs; quit ends it.
	base    context.Context //nolint:containedctx // the lifetime of the server
	site    *page.Site
	work    sync.WaitGroup
	letters *letters.Pages
	account *account.Pages
	erase   *erase.Pages
}

// maxReads is how many requests read topics at a time: each may read whole ones.
const maxReads = 2

// New returns a console that neither listens nor reads. It refuses an address beyond loopback if
// nothing says who may come.
func New(config Config) (*Server, error) {
	config.Access.LogIn = config.Identity.Issuer != ""
	config.Access.Secure = strings.HasPrefix(config.Identity.URL, "https:")
	if err := config.Access.CheckListen(config.Listen); err != nil {
		return nil, err
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	config.Feed.Logger = config.Logger
	base, quit := context.WithCancel(context.Background())
	s := &Server{
		config: config, guard: access.New(config.Access), feed: feed.New(config.Feed), frame: page.NewFrame(config.Place, config.Version, config.Logger), base: base, quit: quit,
		acts: act.New(act.Config{
			Kafka: config.Feed.Kafka, Names: config.Feed.Names, SchemaIDs: config.SchemaIDs, Version: config.Version, Now: config.Feed.Now,
		}),
	}
	s.site = &page.Site{
		Feed: s.feed, Acts: s.acts, Kafka: config.Feed.Kafka, Names: config.Feed.Names, Schema: config.Feed.Schema, SchemaIDs: config.SchemaIDs, Version: config.Version, Logger: config.Logger,
		Base: base, Reads: make(chan struct{}, maxReads),
	}
	if config.Access.LogIn {
		config.Identity.Now = config.Access.Now
		s.idp = idp.New(config.Identity)
	}
	s.letters, s.account, s.erase = letters.New(s.site), account.New(s.site), erase.New(s.site, config.Search)
	return s, nil
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
	if s.idp != nil {
		s.work.Go(func() { s.checkIssuer(s.base) })
	}
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
	s.work.Wait()
	s.letters.Wait()
	s.account.Wait()
	s.erase.Wait()
	s.feed.Close()
	return err
}

// Handler returns all pages.
func (s *Server) Handler() http.Handler {
	pages := http.NewServeMux()
	for _, p := range s.pages() {
		method := "GET "
		if p.Act {
			method = "POST "
		}
		pages.Handle(method+p.Path, s.frame.Serve(p))
	}
	pages.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/flow", http.StatusSeeOther) })
	pages.HandleFunc("GET /theme", page.SetTheme)
	pages.HandleFunc("POST /logout", s.logout)
	pages.Handle("/", s.frame.Serve(&page.Page{Title: "Not found", Build: page.NotFound}))
	root := http.NewServeMux()
	root.Handle("GET /asset/", view.Assets())
	root.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	if s.idp != nil {
		root.Handle("GET "+beginPath, s.guard.Headers(http.HandlerFunc(s.beginLogin)))
		root.Handle("GET "+logoutPath, s.guard.Headers(http.HandlerFunc(s.endLogout)))
		root.Handle("GET "+idp.CallbackPath, s.guard.Headers(http.HandlerFunc(s.endLogin)))
	}
	root.Handle("/", s.guard.Wrap(pages, http.HandlerFunc(s.login)))
	return root
}
