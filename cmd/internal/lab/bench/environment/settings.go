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
	a := Accounts()
	return demo.IngestSources(&a, unibell)
}

func processorSources() []source.Source {
	a := Accounts()
	return demo.ProcessorSources(&a)
}

// PhoneKeys are the keys of the processor under test.
func PhoneKeys() []privacy.Key {
	return []privacy.Key{{ID: phoneKeyID, Secret: []byte(phoneKey)}}
}

// sourcesOf returns the simulator's accounts as configured sources, each with a rate
// limit; 0 is none.
func sourcesOf(unibell string, rate float64) []any {
	var out []any
	correlation := map[string][]source.Correlation{}
	callback := map[string]bool{}
	for _, s := range processorSources() {
		correlation[s.ID], callback[s.ID] = s.Correlation, s.StatusCallback
	}
	for _, s := range ingestSources(unibell) {
		one := object{"id": s.ID, "provider": s.Provider}
		if rate > 0 {
			one["rate"] = rate
		}
		secret := object{"id": s.Secrets[0].ID}
		if value := s.Secrets[0].Value; value != "" {
			secret["value"] = string(value)
		} else {
			secret["salt"] = object{"value": string(s.Secrets[0].Salt.Value)}
			secret["api_key"] = object{"value": string(s.Secrets[0].APIKey.Value)}
		}
		one["secrets"] = []any{secret}
		for _, c := range correlation[s.ID] {
			one["correlation"] = []any{object{"field": c.Field, "pointer": c.Pointer}}
		}
		if callback[s.ID] {
			one["status_callback"] = true
		}
		if s.Relay.BaseURL != "" {
			one["relay"] = object{
				"rate": s.Relay.Rate, "daily_calls": s.Relay.DailyCalls,
				"base_url": s.Relay.BaseURL, "access_key": object{"value": string(s.Relay.AccessKey.Value)},
				"callers": []any{object{"id": s.Relay.Callers[0].ID, "value": string(s.Relay.Callers[0].Value)}},
			}
		}
		out = append(out, one)
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
// leave them as they are by default.
func SettingsOfModel() (processor.Config, []source.Source) {
	c := processor.DefaultConfig()
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
