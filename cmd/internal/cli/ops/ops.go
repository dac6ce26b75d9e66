// Package ops is the port for those who run the program: metrics, health and
// readiness, apart from the port that takes webhooks.
//
//	GET /          an HTML page: role, version, instance, readiness and links
//	GET /metrics   Prometheus
//	GET /healthz   200 as long as the process answers
//	GET /readyz    200 when every check is good, else 503; JSON either way
package ops

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check reports the health of a part of the program.
type Check struct {
	Name string
	Func func() Report
}

// Report is the health of a part. Nothing in it may be a value from a record.
type Report struct {
	// OK says that the part is ready.
	OK bool
	// Why is the problem in one line, empty if there is none. A part that is OK may have one.
	Why string
	// Detail is shown as JSON.
	Detail any
}

// About identifies the process on the page.
type About struct {
	// Role is the command that runs, such as ingest; Instance tells it from others of
	// its role.
	Role, Version, Instance string
}

// Server is the ops port.
type Server struct {
	address string
	about   About
	since   time.Time
	logger  *slog.Logger
	checks  []Check
	server  *http.Server
	addr    net.Addr
}

// NewRegistry returns a metrics registry with the metrics of Go and the process.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return r
}

// New returns a server for the address; an empty one means no server.
func New(address string, about About, gatherer prometheus.Gatherer, logger *slog.Logger, checks ...Check) *Server {
	s := &Server{address: address, about: about, since: time.Now(), logger: logger, checks: checks}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		s.write(w, http.StatusOK, "application/json", []byte("{\"status\":\"ok\"}\n"))
	})
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /{$}", s.page)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return s
}

// ready answers {"ready": …, "why": …} and the detail of each check.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ready, why, reports := s.state()
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
	}
	// The reason comes first, so that a person reads it before the detail.
	text := fmt.Appendf(nil, `{"ready":%t,"why":%s`, ready, quoted(why))
	for i, report := range reports {
		detail, err := json.Marshal(report.Detail)
		if err != nil {
			s.logger.ErrorContext(r.Context(), "ops answer cannot be written", slog.String("error", err.Error()))
			continue
		}
		text = fmt.Appendf(text, `,%s:{"ok":%t,"detail":%s}`, quoted(s.checks[i].Name), report.OK, detail)
	}
	s.write(w, status, "application/json", append(text, "}\n"...))
}

// state asks every check. why is the first that a part says.
func (s *Server) state() (ready bool, why string, reports []Report) {
	ready = true
	for _, c := range s.checks {
		r := c.Func()
		ready, why, reports = ready && r.OK, cmp.Or(why, r.Why), append(reports, r)
	}
	return ready, why, reports
}

func quoted(text string) []byte {
	out, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`)
	}
	return out
}

func (s *Server) write(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.logger.Debug("ops answer not written", slog.String("error", err.Error()))
	}
}

// Addr returns where the server listens, nil before Start.
func (s *Server) Addr() net.Addr { return s.addr }

// Start binds the port and serves.
func (s *Server) Start(ctx context.Context) error {
	if s.address == "" {
		return nil
	}
	listener, err := Listen(ctx, s.address)
	if err != nil {
		return fmt.Errorf("metrics and health (ops.listen): %w", err)
	}
	s.addr = listener.Addr()
	// Ended by Stop.
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.logger.ErrorContext(ctx, "metrics and health are no longer served", slog.String("error", err.Error()))
		}
	}()
	s.logger.InfoContext(ctx, "metrics and health", slog.String("address", s.addr.String()))
	return nil
}

// Stop ends the server.
func (s *Server) Stop(ctx context.Context) error { return s.server.Shutdown(ctx) }
