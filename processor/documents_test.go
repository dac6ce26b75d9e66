package processor_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// TestDocumentsNameWhatIsThere: each test, benchmark and mutation that the documents give
// as a proof exists.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, mutation := range slices.Concat(failpoint.Mutations(), failpoint.AdministratorMutations()) {
		there[string(mutation)] = true
	}
	named := regexp.MustCompile("`((?:Test|Benchmark)[A-Z]\\w+)`")
	mutations := regexp.MustCompile("mutations? (`[a-z-]+`(?:, `[a-z-]+`)*)")
	for _, document := range []string{"DESIGN.md", "RECOVERY.md"} {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		proofs := named.FindAllStringSubmatch(string(text), -1)
		for _, m := range mutations.FindAllStringSubmatch(string(text), -1) {
			for mutation := range strings.SplitSeq(m[1], ", ") {
				proofs = append(proofs, []string{"", strings.Trim(mutation, "`")})
			}
		}
		for _, m := range proofs {
			if !there[m[1]] {
				t.Errorf("%s names %s, and there is none", document, m[1])
			}
		}
		if len(proofs) == 0 {
			t.Errorf("%s names no proof", document)
		}
	}
}
