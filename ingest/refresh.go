package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// Reload replaces the sources and reads their secrets. Requests being handled
// keep the ones they began with. With any fault nothing changes.
func (s *Service) Reload(sources []Source) error {
	s.reload.Lock()
	defer s.reload.Unlock()
	if len(sources) == 0 && len(s.sources) > 0 {
		return s.unchanged(errors.New("sources: none, where there were some: the file is empty or cut; to take no webhooks any more, stop the process"))
	}
	next, err := open(sources, *s.endpoints.Load(), s.metrics)
	if err != nil {
		return s.unchanged(err)
	}
	s.sources = sources
	s.endpoints.Store(&next)
	s.metrics.reloads.done(reloadSources)
	s.deps.Logger.Info("sources were reloaded", slog.Int("sources", len(next)))
	return nil
}

// Refresh loads the sources from Deps.Sources, their secrets, and the port's
// certificate again, as on SIGHUP. If anything has a fault, nothing changes.
func (s *Service) Refresh(ctx context.Context) error {
	sources, err := s.configured(ctx)
	if err != nil {
		return s.unchanged(err)
	}
	var p *pair
	if s.certificates != nil {
		if p, err = s.certificates.load(); err != nil {
			return s.unchanged(err)
		}
	}
	if err := s.Reload(sources); err != nil {
		return err
	}
	if p != nil {
		s.certificates.use(p)
	}
	return nil
}

// configured returns the sources as they stand in the configuration now.
func (s *Service) configured(ctx context.Context) ([]Source, error) {
	if s.deps.Sources != nil {
		return s.deps.Sources(ctx)
	}
	s.reload.Lock()
	defer s.reload.Unlock()
	return s.sources, nil
}

// unchanged counts a reload that changed nothing.
func (s *Service) unchanged(err error) error {
	s.metrics.reloads.failed(reloadSources)
	return fmt.Errorf("sources and certificate are unchanged: %w", err)
}
