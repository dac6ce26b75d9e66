package catalogue

import (
	"encoding/json"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
)

// Options are the parts of a catalogue that the schemas do not have.
type Options struct {
	Names schemas.Names
	// Brokers and Registry are addresses.
	Brokers, Registry string
	// Version is that of the program.
	Version string
	// Samples are rows as JSON by topic; nil means that the pages have none.
	Samples map[string][]json.RawMessage
}

// site is a catalogue in the making.
type site struct {
	*Options
	tables []contract.Table
	edges  []edge
}

// Generate makes all files.
func Generate(o *Options) ([]contract.File, error) {
	tables, err := contract.Tables()
	if err != nil {
		return nil, err
	}
	s := &site{Options: o, tables: tables, edges: edges()}
	api, err := json.MarshalIndent(s.asyncAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("asyncapi.json: %w", err)
	}
	odcs, err := yaml.Marshal(s.dataContract())
	if err != nil {
		return nil, fmt.Errorf("datacontract.yaml: %w", err)
	}
	files := []contract.File{
		{Name: "index.html", Text: s.index()},
		{Name: "lineage.html", Text: s.lineage()},
		{Name: "asyncapi.json", Text: string(api) + "\n"},
		{Name: "datacontract.yaml", Text: string(odcs)},
	}
	for i := range tables {
		text, err := s.topic(&tables[i])
		if err != nil {
			return nil, fmt.Errorf("page of %s: %w", tables[i].Topic.Name, err)
		}
		files = append(files, contract.File{Name: tables[i].Name + ".html", Text: text})
	}
	return files, nil
}

// retention is how long records are kept, in words.
func retention(t *schemas.Topic) string {
	if !t.Delete {
		return "for ever; compacted to the newest of each key"
	}
	text := days(t.Retention)
	if t.Compact {
		text += "; compacted to the newest of each key"
	}
	return text
}

func days(d time.Duration) string {
	const day = 24 * time.Hour
	if d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}
