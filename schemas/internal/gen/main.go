// Command gen writes the Go side of the .avsc files: structs, append encoders and
// decoders.
//
//	schemas/avsc/*.avsc ──► gen ──► schemas/avro/*_gen.go
//
// It is run by go generate in package avro. A test of this package generates in
// memory and compares, so schema and code cannot drift apart.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

const suffix = "_gen.go"

func main() {
	in := flag.String("avsc", "../avsc", "folder of the .avsc files")
	out := flag.String("out", ".", "folder of the Go files")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		slog.Error("generate", slog.Any("error", err))
		os.Exit(1) //nolint:forbidigo // this is main of a development tool
	}
}

// run writes the generated files and removes those that are no longer made.
func run(in, out string) error {
	sources, err := read(in, ".avsc")
	if err != nil {
		return err
	}
	files, err := generate(sources)
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(out, "*"+suffix))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := files[filepath.Base(path)]; !ok {
			err = errors.Join(err, os.Remove(path))
		}
	}
	for name, content := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(out, name), []byte(content), 0o600))
	}
	return err
}

// read returns the files of a folder with an ending, by name without it.
func read(dir, ending string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ending)
		if !ok {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name())) //nolint:gosec // a folder of this repository
		if err != nil {
			return nil, fmt.Errorf("read schema %s: %w", name, err)
		}
		files[name] = string(b)
	}
	return files, nil
}
