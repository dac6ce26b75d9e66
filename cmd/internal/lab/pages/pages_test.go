package pages_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../../.."

// walk yields the path of each file of the repository.
func walk(t *testing.T, yield func(file string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			yield(name)
		case name == "data" || name == "bin" || name == ".git" || entry.Name() == "node_modules":
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pages returns the texts of the repository's pages, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	walk(t, func(file string) {
		if path.Ext(file) != ".md" {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		out[file] = string(text)
	})
	if len(out) < 10 {
		t.Fatalf("only %d pages", len(out))
	}
	return out
}

// TestLinks: every relative link leads to a file, and every page is the target of one.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	all := pages(t)
	linked := map[string]bool{"README.md": true}
	for page, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			target := path.Join(path.Dir(page), m[1])
			linked[target] = true
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, m[1])
			}
		}
	}
	for page := range all {
		if !linked[page] {
			t.Errorf("no page links to %s", page)
		}
	}
}

// TestFiles: the files and packages that these pages name exist. A name without a slash may be
// in any package.
func TestFiles(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile("`([a-z][a-z0-9_/.-]*)`")
	var all []string
	walk(t, func(file string) { all = append(all, file) })
	texts := pages(t)
	for _, page := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, m := range name.FindAllStringSubmatch(texts[page], -1) {
			first, _, below := strings.Cut(m[1], "/")
			if !below && path.Ext(first) != ".go" || below && !slices.Contains([]string{"cmd", "ingest", "processor", "schemas", "deploy"}, first) {
				continue
			}
			named := func(file string) bool {
				return file == m[1] || strings.HasPrefix(file, m[1]+"/") || !below && path.Base(file) == m[1]
			}
			if !slices.ContainsFunc(all, named) {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
}

// TestDrawing: in ARCHITECTURE.md's line of processor packages, no import goes to the left.
func TestDrawing(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`(?m)^ +processor ──► .*$`).FindString(pages(t)["ARCHITECTURE.md"])
	rank, groups := map[string]int{}, strings.Split(line, "──►")
	for i, group := range groups {
		for name := range strings.FieldsSeq(group) {
			rank[strings.TrimPrefix("processor/"+name, "processor/processor")] = i
		}
	}
	if len(groups) < 4 {
		t.Fatalf("the line is %q", line)
	}
	for name, at := range rank {
		if name == "" {
			continue // it wires them all
		}
		files, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no files, %v", name, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				_, imported, _ := strings.Cut(strings.Trim(i.Path.Value, `"`), "tributary-hq/tributary/")
				if other, drawn := rank[imported]; drawn && imported != "" && other < at && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s imports %s, which the drawing has to its left", file, imported)
				}
			}
		}
	}
}
