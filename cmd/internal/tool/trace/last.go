package trace

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
)

// Last returns the last committed record of keys in topics (named without prefix),
// by topic and key, of those written since a time, zero for all. Of config it needs
// Kafka and Names.
func Last(ctx context.Context, config Config, keys map[string][]string, since time.Time) (map[string]map[string]*kgo.Record, error) {
	config.defaults()
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	t := newTracer(config, client)
	if err := t.hay.look(ctx); err != nil {
		return nil, err
	}
	out := map[string]map[string]*kgo.Record{}
	for topic := range keys {
		out[topic] = map[string]*kgo.Record{}
	}
	err = t.look(ctx, "reading the last records", keys, since, func(topic string, r *kgo.Record) { out[topic][string(r.Key)] = r })
	return out, err
}

func newTracer(config Config, client *kgo.Client) *tracer {
	return &tracer{
		config: config, report: &Report{As: []string{}, Journeys: []*Journey{}, Entities: []*Entity{}, Looked: []Looked{}},
		hay: &haystack{
			names: config.Names, kafka: config.Kafka, admin: kadm.NewClient(client), patience: config.Patience, now: config.Now, progress: config.Progress,
		},
		entities: map[string]*Entity{}, journeys: map[string]*Journey{}, seen: map[Position]bool{}, plain: map[string]string{},
	}
}

func (c *Config) defaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Progress == nil {
		c.Progress = silent{}
	}
	if c.Limit <= 0 {
		c.Limit = 60
	}
	if c.Patience <= 0 {
		c.Patience = 30 * time.Second
	}
}

// EnrichedTopic returns the topic with the snapshots of the entity of a key; "" for a
// key that names no provider.
func EnrichedTopic(key string) string {
	p, _ := schemas.ProviderOfKey(key)
	return p.Enriched
}

// RawTopic returns the topic with the raw records of the entity of a key, likewise.
func RawTopic(key string) string {
	p, _ := schemas.ProviderOfKey(key)
	return p.Raw
}
