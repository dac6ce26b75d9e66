package schemas

import (
	"embed"
	"sort"
	"strings"
)

//go:embed avsc/*.avsc
var avscFiles embed.FS

// AVSC returns the Avro schema of a name of Topic.Schema, as it lies in the
// repository.
func AVSC(name string) (string, bool) {
	b, err := avscFiles.ReadFile("avsc/" + name + ".avsc")
	return string(b), err == nil
}

// AVSCNames returns the names of all Avro schemas, sorted.
func AVSCNames() []string {
	entries, err := avscFiles.ReadDir("avsc")
	if err != nil {
		return nil // the folder is embedded: it is always there
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".avsc"))
	}
	sort.Strings(names)
	return names
}
