package page

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/schemas"
)

// Site are the parts of the console that its pages share.
type Site struct {
	Feed *feed.Feed
	Acts *act.Log
	// Kafka, Names and Schema are those of the feed.
	Kafka  []kgo.Opt
	Names  schemas.Names
	Schema tail.SchemaFunc
	// SchemaIDs returns the registry's ids by topic.
	SchemaIDs func(context.Context) (map[string]uint32, error)
	// Version is the program's.
	Version string
	Logger  *slog.Logger
	// Base lives as long as the server. It is the context of jobs, which requests start.
	Base context.Context //nolint:containedctx // the lifetime of jobs
	// Reads limits how many requests read topics at a time.
	Reads chan struct{}
}

// Record writes an act before it is done.
func (s *Site) Record(ctx context.Context, p *access.Person, a *act.Act) (*act.Receipt, error) {
	receipt, err := s.Acts.Write(ctx, p, a)
	if errors.Is(err, act.ErrPurpose) {
		return nil, Refuse(http.StatusBadRequest, err.Error())
	}
	return receipt, err
}

// End records the outcome of an act. The act is done: that its outcome cannot be recorded is logged.
func (s *Site) End(ctx context.Context, receipt *act.Receipt, records int64, result string, failed error) {
	if err := receipt.End(ctx, records, result, failed); err != nil {
		s.Logger.WarnContext(ctx, "an act has no outcome", slog.String("error", err.Error()))
	}
}
