package config

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// OwnGroups maps the consumer groups of stages to the topics that each must read. Without
// stages it returns all groups.
func (c *Config) OwnGroups(stages []string) map[string][]string {
	if len(stages) == 0 {
		stages = processor.StageNames()
	}
	own := map[string][]string{}
	for _, stage := range stages {
		if topics, ok := processor.TopicsOf(stage); ok {
			own[c.Names().Group(stage)] = []string{c.Names().Topic(topics.Input)}
		}
	}
	return own
}

// SchemaIDs asks the registry for the ids that the processor writes, by topic. If it is
// away, they are those of the cache file, and a warning says so.
func (c *Config) SchemaIDs(ctx context.Context, logger *slog.Logger) (map[string]uint32, error) {
	client, err := c.RegistryClient()
	if err != nil {
		return nil, err
	}
	ids, err := client.Resolve(ctx)
	if err != nil {
		return nil, fmt.Errorf("schema registry %v: %w", c.Registry.URLs, err)
	}
	if ids.Cached {
		logger.WarnContext(ctx, "the schema registry is away: the schema ids of the last start are used",
			slog.String("cache_file", c.Registry.CacheFile), slog.String("error", ids.Unavailable.Error()))
	}
	if ids.NotKept != nil {
		logger.WarnContext(ctx, "the schema ids are not kept for a start without the registry", slog.String("error", ids.NotKept.Error()))
	}
	return ids.ByTopic, nil
}

// PartitionsOf returns the configured partition count of a topic, by its name without
// prefix; 0 for an unknown topic.
func (c *Config) PartitionsOf(topic string) int32 {
	row, ok := schemas.Find(topic)
	if !ok {
		return 0
	}
	return c.Topics.PartitionsOf(row)
}
