package operator

import (
	"context"
	"fmt"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
)

// CreateTopics creates the topics and registers the schemas, as `topics apply` and `schemas register` do.
func CreateTopics(ctx context.Context, f *config.File) error {
	changes, err := changeTopics(ctx, &f.Config, true, func(*topics.Change) {})
	if err != nil {
		return err
	}
	for i := range changes {
		if changes[i].Kind == topics.KindRefused {
			return fmt.Errorf("topic %s cannot be changed: tributary topics diff has the reason", changes[i].Topic)
		}
	}
	registry, err := f.Config.RegistryClient()
	if err != nil {
		return err
	}
	if _, err := registry.Register(ctx); err != nil {
		return fmt.Errorf("schema registry %v: %w", f.Config.Registry.URLs, err)
	}
	return nil
}
