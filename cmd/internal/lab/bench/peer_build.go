package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tools maps each executable that peers need to the package that contains it.
func tools() map[string]string {
	return map[string]string{
		"java":    "a JDK 17 or newer (Debian: openjdk-17-jdk-headless)",
		"mvn":     "Maven (Debian: maven)",
		"go":      "Go",
		"python3": "Python 3 (Debian: python3)",
		"wrk":     "wrk (Debian: wrk)",
	}
}

// needed says which tools are missing, how to get them, and how to do without.
func needed(who, part string, names ...string) error {
	var errs []error
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			errs = append(errs, fmt.Errorf("%s is not to be found: install %s", name, tools()[name]))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%s cannot be built: %w; %s", who, errors.Join(errs...), without(part))
}

// unbuilt explains a build that failed.
func unbuilt(who, part string, err error) error {
	return fmt.Errorf("%s could not be built. It gets its libraries from Maven Central, npm, PyPI and the Go proxy, so look at the network, "+
		"and behind a proxy at ~/.m2/settings.xml and HTTPS_PROXY; %s: %w", who, without(part), err)
}

// without says how to measure without a part.
func without(part string) string {
	other := partIngest
	if part == partIngest {
		other = partStreams
	}
	return fmt.Sprintf("or measure without it: --only %s, or no PEERS at all", other)
}

// copySources copies a folder of scripts to a folder where they may build; the original is
// only read. Earlier build results are kept where the source is unchanged.
func copySources(from, to string) (string, error) {
	built := []string{"target", "node_modules", ".git"}
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		at := filepath.Join(to, relative)
		switch {
		case entry.IsDir() && slices.Contains(built, entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(at, 0o750)
		case !entry.Type().IsRegular():
			return nil
		}
		return lendFile(path, at)
	})
	if err != nil {
		return "", fmt.Errorf("copy the peers' folder %s: %w", from, err)
	}
	return to, nil
}

// lendFile copies a file that is not there yet, or is another.
func lendFile(from, to string) error {
	text, err := os.ReadFile(from) //nolint:gosec // of the folder that the user named
	if err != nil {
		return err
	}
	if before, err := os.ReadFile(to); err == nil && bytes.Equal(before, text) { //nolint:gosec // our copy
		return nil
	}
	mode := os.FileMode(0o600)
	if info, err := os.Stat(from); err == nil && info.Mode()&0o100 != 0 || strings.HasPrefix(string(text), "#!") {
		mode = 0o700
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(to, text, mode) //nolint:gosec // below the folder that the user named for it
}
