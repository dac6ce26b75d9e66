package schemas

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

//go:embed avsc/*.avsc
var avscFiles embed.FS

// AVSC returns the text of the Avro schema with the name, as in Topic.Schema.
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
	slices.Sort(names)
	return names
}

//go:embed released
var releasedFiles embed.FS

// Release is a published version of a schema. It never changes.
type Release struct {
	// Version counts from 1.
	Version int
	Text    string
}

// Released returns the released versions of a schema, oldest first; none is no
// error.
func Released(name string) ([]Release, error) {
	folder := "released/" + name
	entries, err := releasedFiles.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("released versions of %s: %w", name, err)
	}
	releases := make([]Release, 0, len(entries))
	for _, e := range entries {
		number, isSchema := strings.CutSuffix(e.Name(), ".avsc")
		version, err := strconv.Atoi(number)
		if err != nil || !isSchema {
			return nil, fmt.Errorf("released versions of %s: %s is not named <version>.avsc", name, e.Name())
		}
		text, err := releasedFiles.ReadFile(folder + "/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("released version %d of %s: %w", version, name, err)
		}
		releases = append(releases, Release{Version: version, Text: string(text)})
	}
	slices.SortFunc(releases, func(a, b Release) int { return a.Version - b.Version })
	return releases, nil
}
