// Package ops is the port for those who run the program: metrics, health and
// readiness, apart from the port that takes webhooks.
//
//	GET /metrics   Prometheus
//	GET /healthz   200 as long as the process answers
//	GET /readyz    200 when every check is good, else 503; JSON either way
package ops

import (
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

// Check reports the health of a part of the program. detail is shown as JSON and must
// not contain values from records.
type Check struct {
	Name string
	Func func() (ok bool, detail any)
}

// Server is the ops port.
type Server struct {
	address string
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
func New(address string, gatherer prometheus.Gatherer, logger *slog.Logger, checks ...Check) *Server {
	s := &Server{address: address, logger: logger, checks: checks}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, http.StatusOK, map[string]any{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", s.ready)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return s
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	status, detail := http.StatusOK, map[string]any{}
	for _, c := range s.checks {
		ok, more := c.Func()
		detail[c.Name] = map[string]any{"ok": ok, "detail": more}
		if !ok {
			status = http.StatusServiceUnavailable
		}
	}
	s.answer(w, status, detail)
}

func (s *Server) answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
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
