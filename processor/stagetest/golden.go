// Package stagetest holds the parts that the tests of several stages share: golden files,
// dumps of state formats, and a pseudonymiser.
package stagetest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tributary-hq/tributary/processor/privacy"
)

var update = flag.Bool("update", false, "rewrite the golden files, and write the dump of a new state format") //nolint:gochecknoglobals // a flag

// Golden runs a subtest for each file of testdata/folder. The first section of a file is the
// input, and its comment a note; run returns the further sections. With -update the files
// are rewritten.
func Golden(t *testing.T, folder string, run func(t *testing.T, note, input string) []txtar.File) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			want, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sections := run(t, string(want.Comment), string(want.Files[0].Data))
			got := txtar.Format(&txtar.Archive{Comment: want.Comment, Files: append(want.Files[:1:1], sections...)})
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(want)), string(got)); diff != "" {
				t.Errorf("golden file (-want +got); -update rewrites it:\n%s", diff)
			}
		})
	}
}

// Pseudonyms returns a pseudonymiser with one key and blocks of two numbers.
func Pseudonyms(tb testing.TB, secret string) *privacy.Pseudonymiser {
	tb.Helper()
	p, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte(secret)}}, BlockK: 2})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
