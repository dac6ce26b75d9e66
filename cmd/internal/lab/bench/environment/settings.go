package environment

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// phoneKey makes the pseudonyms of made-up phones.
const phoneKey = "the bench's key for pseudonyms"

// phoneKeyID names it.
const phoneKeyID = "bench"

// object is a part of the configuration file.
type object = map[string]any

// ingestSources returns the sources of ingest. The parameter is the provider's address
// for Unibell.
func ingestSources(unibell string) []ingest.Source {
	return demo.IngestSources(Accounts(), unibell)
}

func processorSources() []source.Source {
	return demo.ProcessorSources(Accounts())
}

// PhoneKeys are the keys of the processor under test.
func PhoneKeys() []privacy.Key {
	return []privacy.Key{{ID: phoneKeyID, Secret: []byte(phoneKey)}}
}

// sourcesOf returns the simulator's accounts as configured sources, each with a rate
// limit; 0 is none.
func sourcesOf(unibell string, rate float64) []object {
	out := demo.Settings(Accounts(), unibell)
	for _, s := range out {
		if rate > 0 {
			s["rate"] = rate
		}
	}
	return out
}

// WriteConfig writes the configuration of a subprocess. Listeners get free ports; other
// settings keep their defaults.
func (p *Environment) WriteConfig(connections int) (string, error) {
	file := object{
		"kafka":    object{"brokers": p.Brokers, "prefix": p.Names.Prefix, "client_id": "tributary"},
		"registry": object{"urls": []string{p.registry}},
		"topics":   object{"partitions": p.Options.Partitions, "replication_factor": -1, "min_insync_replicas": 0},
		"ingest": object{
			"listen": "127.0.0.1:0", "access_log": false,
			"max_connections": max(ingest.DefaultConfig().MaxConnections, connections), "max_connections_per_address": 0, // all are of one
		},
		"processor": object{"engine": object{
			"instance_id": "bench", "state_dir": p.StateDir(),
		}},
		"privacy": object{"keys": []any{object{"id": phoneKeyID, "value": phoneKey}}},
		"ops":     object{"listen": "127.0.0.1:0"},
		"log":     object{"format": "json"},
		"sources": sourcesOf("http://127.0.0.1:1", p.SourceRate),
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		return "", fmt.Errorf("write the subprocesses's configuration: %w", err)
	}
	path := filepath.Join(p.dir, "tributary.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("write the subprocesses's configuration: %w", err)
	}
	return path, nil
}

// settingPrefix begins the variables that are settings.
const settingPrefix = "TRIBUTARY_"

// environ returns the environment of a subprocess: the variables of this process
// without pipeline settings, except those for access to the cluster, plus --set.
func (p *Environment) environ() []string {
	var out []string
	for _, v := range os.Environ() {
		access := strings.HasPrefix(v, settingPrefix+"KAFKA__TLS__") || strings.HasPrefix(v, settingPrefix+"KAFKA__SASL__")
		if strings.HasPrefix(v, settingPrefix) && !access || strings.HasPrefix(v, "OTEL_") {
			continue
		}
		out = append(out, v)
	}
	for key, value := range p.settings() {
		out = append(out, settingPrefix+strings.ToUpper(strings.ReplaceAll(key, ".", "__"))+"="+value)
	}
	return append(out, p.Options.Env...)
}

// SettingsOfModel are those of the processor that give facts their meaning. The benches
// leave them as they are by default, but for a profile without insights.
func (p *Environment) SettingsOfModel() (processor.Config, []source.Source) {
	c := processor.DefaultConfig()
	c.Insights.Enabled = p.settings()[settingInsights] != "false"
	return c, processorSources()
}

// shown returns the settings for the report.
func (o *Options) shown(more map[string]string) map[string]string {
	out := maps.Clone(more)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, o.settings())
	return out
}
