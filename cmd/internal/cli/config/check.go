package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/ingest"
)

// Fault is one mistake in the configuration.
type Fault struct {
	// Path is the setting, "sources[2].secrets[0].file"; empty for the whole file.
	Path string `json:"path"`
	// Line is the line of the setting in the file, or of the nearest one around it; 0
	// if it is not in the file.
	Line int `json:"line"`
	// Variable is the environment variable or flag that the value comes from; empty if it is neither.
	Variable string `json:"variable,omitempty"`
	Message  string `json:"message"`
}

// String returns the fault as a line of text.
func (f Fault) String() string {
	switch {
	case strings.HasPrefix(f.Variable, "-"):
		return f.Variable + ": " + f.Message
	case f.Variable != "":
		return fmt.Sprintf("%s (%s): %s", f.Variable, f.Path, f.Message)
	case f.Line > 0 && f.Path != "":
		return fmt.Sprintf("line %d: %s: %s", f.Line, f.Path, f.Message)
	case f.Path != "":
		return f.Path + ": " + f.Message
	}
	return f.Message
}

// Check returns all faults, in the order of the file.
func (f *File) Check() []Fault {
	c := &f.Config
	faults := slices.Clone(f.faults)
	faults = append(faults, faultsOf("kafka", c.Kafka.Validate())...)
	faults = append(faults, faultsOf("topics", c.Topics.Validate())...)
	faults = append(faults, faultsOf("acl", c.ACL.Validate(c.Names()))...)
	faults = append(faults, faultsOf("ingest", c.Ingest.Validate())...)
	faults = append(faults, faultsOf("processor", c.Processor.Validate())...)
	for i := range c.Sources {
		faults = append(faults, faultsOf(fmt.Sprintf("sources[%d]", i), c.Sources[i].Validate())...)
	}
	faults = append(faults, faultsOf("registry", c.Registry.Validate())...)
	faults = append(faults, f.keyFaults(f.now())...)
	if _, err := c.Log.LogLevel(); err != nil {
		faults = append(faults, faultsOf("log", err)...)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		faults = append(faults, Fault{Path: "log.format", Message: fmt.Sprintf("%q is none of text, json", c.Log.Format)})
	}
	faults = append(faults, faultsOf("ops", c.Ops.Validate())...)
	if _, _, err := net.SplitHostPort(c.Ingest.Listen); err != nil {
		faults = append(faults, Fault{Path: "ingest.listen", Message: fmt.Sprintf("%q is no address: write host:port or :port", c.Ingest.Listen)})
	}
	faults = append(faults, faultsOf("console", c.Console.Validate())...)
	f.locate(faults)
	return slices.Compact(faults)
}

// byLine is the order of faults and warnings.
func byLine(a, b Fault) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path)) }

// faultsOf splits joined errors into faults below a path. The text of each error begins
// with its key, a colon and a space.
func faultsOf(below string, err error) []Fault {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []Fault
		for _, one := range joined.Unwrap() {
			out = append(out, faultsOf(below, one)...)
		}
		return out
	}
	path, message := "", err.Error()
	if fault, ok := errors.AsType[*ingest.Fault](err); ok {
		path, message = fault.Path, fault.Message
		// The list of sources is at the top level of the file.
		if strings.HasPrefix(path, "sources") {
			below = ""
		}
	} else if key, rest, ok := strings.Cut(message, ": "); ok && !strings.Contains(key, " ") {
		path, message = key, rest
	}
	return []Fault{{Path: strings.Trim(below+"."+path, "."), Message: message}}
}

// lines maps each setting to its line in the file.
type lines map[string]int

func linesOf(root *yaml.Node) lines {
	l := lines{}
	if len(root.Content) > 0 {
		l.walk("", root.Content[0])
	}
	return l
}

func (l lines) walk(path string, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
			l[at] = n.Content[i].Line
			l.walk(at, n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			at := path + "[" + strconv.Itoa(i) + "]"
			l[at] = item.Line
			l.walk(at, item)
		}
	default:
	}
}

// of returns the line of a setting, or of the nearest one around it.
func (l lines) of(path string) int {
	for path != "" {
		if line, ok := l[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}
