// Package config is the program's configuration: one YAML file and the
// environment.
//
//	defaults ─► YAML file ─► TRIBUTARY_… environment ─► Config ─► Check: every fault, with its line
//
// An environment variable is named after its setting, with two underscores between
// levels: TRIBUTARY_KAFKA__BROKERS is kafka.brokers. Lists are separated by commas. Lists
// of objects (sources, privacy.keys) can be set in the file only.
package config

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// Config holds all settings.
type Config struct {
	Kafka     kafka.Config     `json:"kafka" koanf:"kafka" yaml:"kafka"`
	Registry  Registry         `json:"registry" koanf:"registry" yaml:"registry"`
	Topics    topics.Config    `json:"topics" koanf:"topics" yaml:"topics"`
	ACL       acl.Config       `json:"acl" koanf:"acl" yaml:"acl"`
	Ingest    ingest.Config    `json:"ingest" koanf:"ingest" yaml:"ingest"`
	Processor processor.Config `json:"processor" koanf:"processor" yaml:"processor"`
	Privacy   Privacy          `json:"privacy" koanf:"privacy" yaml:"privacy"`
	Ops       Ops              `json:"ops" koanf:"ops" yaml:"ops"`
	Console   Console          `json:"console" koanf:"console" yaml:"console"`
	Log       Log              `json:"log" koanf:"log" yaml:"log"`

	// Sources is the processor's part of the list sources, Ingest.Sources that of
	// ingest. In the file they are one list.
	Sources []source.Source `json:"-" koanf:"-" yaml:"-"`
}

// Registry is the schema registry.
type Registry struct {
	// URLs are its addresses.
	URLs []string `json:"urls" koanf:"urls" yaml:"urls"`
	// Username and Password are for HTTP Basic.
	Username string     `json:"username" koanf:"username" yaml:"username"`
	Password secret.Ref `json:"password" koanf:"password" yaml:"password"`
	// Token is a bearer token, instead of Username and Password.
	Token secret.Ref `json:"token" koanf:"token" yaml:"token"`
	// TLS is for https addresses; off means the system's certificates.
	TLS kafka.TLS `json:"tls" koanf:"tls" yaml:"tls"`
	// CacheFile keeps the resolved ids, so that a start does not need the registry. Empty
	// means schema-ids.json beside the state directory.
	CacheFile string `json:"cache_file" koanf:"cache_file" yaml:"cache_file"`
}

// Privacy configures the pseudonyms and the blocks of phone numbers.
type Privacy struct {
	Keys []Key `json:"keys" koanf:"keys" yaml:"keys"`
	// BlockK is how many different numbers of a block must have been seen before the block
	// leaves the restricted topics; 0: none does.
	BlockK int `json:"block_k" koanf:"block_k" yaml:"block_k"`
}

// Key is a key for pseudonyms.
type Key struct {
	secret.Ref `koanf:",squash" yaml:",inline"`

	// ID is stored with every pseudonym.
	ID string `json:"id" koanf:"id" yaml:"id"`
	// From and Until limit the received_at for which the key is used; empty means no
	// limit.
	From  time.Time `json:"from" koanf:"from" yaml:"from"`
	Until time.Time `json:"until" koanf:"until" yaml:"until"`
}

// Ops is the port for metrics and health.
type Ops struct {
	// Listen is its address, host:port, or host:first-last for the first free port of a range;
	// empty disables it.
	Listen string `json:"listen" koanf:"listen" yaml:"listen"`
}

// Validate checks the address.
func (o *Ops) Validate() error {
	if o.Listen == "" {
		return nil
	}
	if _, err := ops.Ports(o.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

// Log configures the program's own log.
type Log struct {
	// Level is debug, info, warn or error.
	Level string `json:"level" koanf:"level" yaml:"level"`
	// Format is text or json.
	Format string `json:"format" koanf:"format" yaml:"format"`
}

// Default returns the default settings.
func Default() Config {
	c := Config{
		Kafka: kafka.DefaultConfig(), Registry: Registry{URLs: []string{"http://127.0.0.1:8081"}}, Topics: topics.DefaultConfig(), ACL: acl.DefaultConfig(),
		Ingest: ingest.DefaultConfig(), Processor: processor.DefaultConfig(),
		Ops: Ops{Listen: "127.0.0.1:9090-9099"}, Console: Console{Listen: "127.0.0.1:8800-8809", LocalRole: "viewer", OIDC: ConsoleOIDC{Scopes: []string{"profile", "email", "groups"}, RolesClaim: "groups", DefaultRole: "viewer", Session: 8 * time.Hour}}, Log: Log{Level: "info", Format: "text"},
		Privacy: Privacy{BlockK: block.DefaultK},
	}
	// Load fills it in, by the instance.
	c.Processor.Engine.StateDir = ""
	return c
}

// Names returns the names of topics and groups, with the configured prefix.
func (c *Config) Names() schemas.Names { return schemas.Names{Prefix: c.Kafka.Prefix} }

// RawPartitions returns the configured partition counts of the raw topics, by the
// topics' names without prefix.
func (c *Config) RawPartitions() map[string]int32 {
	out := make(map[string]int32)
	for _, name := range schemas.RawTopics() {
		if topic, ok := schemas.Find(name); ok {
			out[name] = c.Topics.PartitionsOf(topic)
		}
	}
	return out
}

// PhoneKeys reads the keys for pseudonyms.
func (c *Config) PhoneKeys() ([]privacy.Key, error) {
	keys := make([]privacy.Key, 0, len(c.Privacy.Keys))
	for i := range c.Privacy.Keys {
		k := &c.Privacy.Keys[i]
		text, err := k.Resolve()
		if err != nil {
			return nil, fmt.Errorf("privacy.keys[%d]: %w", i, err)
		}
		keys = append(keys, privacy.Key{ID: k.ID, Secret: []byte(text), From: k.From, Until: k.Until})
	}
	return keys, nil
}

// Pseudonymiser reads the keys and returns the pseudonymiser that the stages use for
// phones and ids.
func (c *Config) Pseudonymiser() (*privacy.Pseudonymiser, error) {
	keys, err := c.PhoneKeys()
	if err != nil {
		return nil, err
	}
	p, err := privacy.New(privacy.Config{Keys: keys, BlockK: c.Privacy.BlockK})
	if err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	return p, nil
}

// LogLevel returns the level as a slog.Level.
func (l *Log) LogLevel() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		return level, fmt.Errorf("level: %q is none of debug, info, warn, error", l.Level)
	}
	return level, nil
}
