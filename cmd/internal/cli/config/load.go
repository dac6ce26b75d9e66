package config

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	koanfyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// envPrefix is the prefix of every environment variable that is a setting.
const envPrefix = "TRIBUTARY_"

// File is a configuration as read: the settings, and their lines in the file.
type File struct {
	Config Config
	// Path is the path of the file; empty if there was none.
	Path string
	// faults were found while reading.
	faults []Fault
	// warnings were found while reading, too: variables named like settings that are
	// none.
	warnings []Fault
	lines    lines
	// variables are the environment variables that set a setting, by its path.
	variables map[string]string
	// cut is set if the file does not end with a newline, so that it may be truncated.
	cut bool
	// Now is the clock for checking the keys' spans; nil means time.Now.
	Now func() time.Time
}

func (f *File) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// Path returns the file to read: the named one, else that of TRIBUTARY_CONFIG, else tributary.yaml in
// the working directory if there is one, else none.
func Path(named string) string {
	const usual = "tributary.yaml"
	if named == "" {
		named = os.Getenv(envPrefix + "CONFIG")
	}
	if _, err := os.Stat(usual); named == "" && err == nil {
		return usual
	}
	return named
}

// Load reads the file; without a path only defaults and environment apply. Each override is a setting,
// key=value, that goes before both. An error means that the file cannot be read at all; Check returns
// the mistakes in it.
func Load(path string, overrides ...string) (*File, error) {
	f := &File{Config: Default(), Path: path, variables: map[string]string{}}
	k := koanf.New(".")
	if path != "" {
		text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("read the configuration: %w", err)
		}
		var root yaml.Node
		if err := yaml.Unmarshal(text, &root); err != nil {
			return nil, fmt.Errorf("read the configuration %s: %w%s", path, err, tabHint(text))
		}
		f.cut = len(text) > 0 && text[len(text)-1] != '\n'
		f.lines = linesOf(&root)
		f.faults = unknown(&root)
		if len(root.Content) > 0 {
			coerced(settings(), "", root.Content[0], &f.faults)
		}
		if err := k.Load(rawbytes.Provider(text), koanfyaml.Parser()); err != nil {
			return nil, fmt.Errorf("read the configuration %s: %w", path, err)
		}
	}
	err := k.Load(env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: func(key, value string) (string, any) {
		return f.variable(key, value), value
	}}), nil)
	if err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	if err := f.override(k, overrides); err != nil {
		return nil, err
	}
	f.decode(k, "", &f.Config)
	f.Config.Ingest.Sources = nil // those below ingest are a fault, reported by unknown
	f.decode(k, "sources", &f.Config.Ingest.Sources)
	f.decode(k, "sources", &f.Config.Sources)
	f.Config.stateDir()
	for i := range min(len(f.Config.Ingest.Sources), len(f.Config.Sources)) {
		f.Config.Ingest.Sources[i].Settings = f.Config.Sources[i].Stamp()
		f.Config.Ingest.Sources[i].Correlation = f.Config.Sources[i].BodyPointers()
	}
	return f, nil
}

// tabHint names the first line that is indented with a tab, which YAML does not take.
func tabHint(text []byte) string {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("\t")) {
			return fmt.Sprintf("; line %d begins with a tab: indent with spaces", number)
		}
	}
	return ""
}

// SetBy names the flag that a setting comes from, where it is another than -X.
func (f *File) SetBy(path, flag string) { f.variables[path] = flag }

// variable returns the path of the setting that an environment variable sets, and checks its value.
func (f *File) variable(key, value string) string {
	path := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(key, envPrefix)), "__", ".")
	// A variable without levels may be a secret that the operator has named so.
	if !strings.Contains(path, ".") {
		return path
	}
	setting := settings().at(strings.Split(path, "."))
	if setting == nil {
		message := "no such setting: this variable changes nothing"
		if near := Nearest(path, settings().paths("")); near != "" {
			message += "; did you mean " + envPrefix + strings.ToUpper(strings.ReplaceAll(near, ".", "__")) + "?"
		}
		f.warnings = append(f.warnings, Fault{Path: path, Variable: key, Message: message})
		return path
	}
	f.variables[path] = key
	f.unfit(path, setting, value)
	return path
}

// override sets the settings that the command line names.
func (f *File) override(k *koanf.Koanf, overrides []string) error {
	for _, one := range overrides {
		path, value, ok := strings.Cut(one, "=")
		if !ok {
			return fmt.Errorf("-X %s: write key=value, such as kafka.brokers=host:9092", one)
		}
		setting := settings().at(strings.Split(path, "."))
		if setting == nil || setting.fields != nil || strings.HasPrefix(path, "sources") {
			hint := "tributary config example has them all"
			if near := Nearest(path, settings().paths("")); near != "" {
				hint = "did you mean " + near + "?"
			}
			return fmt.Errorf("-X %s: no such setting; %s", path, hint)
		}
		f.variables[path] = "-X " + path
		f.unfit(path, setting, value)
		if err := k.Set(path, value); err != nil {
			return fmt.Errorf("-X %s: %w", path, err)
		}
	}
	return nil
}

// unfit reports items of a value that are of the wrong type.
func (f *File) unfit(path string, setting *shape, value string) {
	for item := range strings.SplitSeq(value, ",") {
		if message := unfit(setting.leaf, strings.TrimSpace(item)); message != "" {
			f.faults = append(f.faults, Fault{Path: path, Message: message})
		}
	}
}

// decodeSpan decodes a time span.
func decodeSpan(_, to reflect.Type, value any) (any, error) {
	if text, ok := value.(string); ok && to == reflect.TypeFor[time.Duration]() {
		return timespan.Parse(text)
	}
	return value, nil
}

// decode reads a part of the settings into a struct; values of the wrong type are
// faults.
func (f *File) decode(k *koanf.Koanf, at string, into any) {
	err := k.UnmarshalWithConf(at, into, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: into, TagName: "koanf", WeaklyTypedInput: true, Squash: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			decodeSpan,
			mapstructure.StringToTimeHookFunc("2006-01-02T15:04:05Z07:00"),
			mapstructure.StringToSliceHookFunc(","),
		),
	}})
	if err == nil {
		return
	}
	// The decoder reports one fault per line: "'kafka.dial_timeout' time: invalid
	// duration".
	for line := range strings.Lines(err.Error()) {
		quoted, ok := strings.CutPrefix(strings.TrimSpace(line), "'")
		if path, message, cut := strings.Cut(quoted, "' "); ok && cut {
			if at != "" {
				path = strings.TrimSuffix(at+path, ".")
			}
			// The check of the text has reported most, in terms of the value.
			if !slices.ContainsFunc(f.faults, func(known Fault) bool { return plainPath(known.Path) == plainPath(path) }) {
				f.faults = append(f.faults, Fault{Path: path, Message: message})
			}
		}
	}
}

// Origin describes where the value of a setting comes from: a flag, a variable, a line of the file or
// the defaults.
func (f *File) Origin(path string) string {
	switch {
	case f.variables[path] != "":
		return f.variables[path]
	case f.lines.of(path) > 0:
		return fmt.Sprintf("%s, line %d of %s", path, f.lines.of(path), f.Path)
	}
	return "the default of " + path
}

// plainPath returns a path in one spelling: the decoder writes map[key] where the file's is map.key.
func plainPath(path string) string { return strings.NewReplacer("[", ".", "]", "").Replace(path) }

// stateDir gives the state store its default folder, one for each instance, so that a second
// processor on the same machine needs an instance_id of its own and nothing else. The ids of
// the schemas are kept beside it.
func (c *Config) stateDir() {
	e := &c.Processor.Engine
	defer func() {
		c.Registry.CacheFile = cmp.Or(c.Registry.CacheFile, filepath.Join(filepath.Dir(e.StateDir), "schema-ids.json"))
	}()
	if e.StateDir != "" {
		return
	}
	instance := e.InstanceID
	if instance == "" {
		instance, _ = os.Hostname() // the engine reports it
	}
	e.StateDir = filepath.Join("state", filepath.Base(instance))
}
