package cli

import (
	"runtime"
	"runtime/debug"
)

// release is the version of the newest section of CHANGELOG.md; a test compares them.
const release = "0.1.0"

// version is set by the linker (-X …/cmd/internal/cli.version=...) in the image and by make build to
// the output of git describe; else it is empty.
var version string

// Build is the version information of a binary.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
}

// BuildInfo returns the version information of this binary.
func BuildInfo() Build {
	b := Build{Version: release, Go: runtime.Version()}
	if version != "" && version != release && version != "v"+release {
		b.Version += "+" + version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
