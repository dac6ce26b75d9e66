package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
)

// TestNeedRestart: settings outside of sources are named, others are taken by a reload.
func TestNeedRestart(t *testing.T) {
	t.Parallel()
	load := func(text string) *config.File {
		path := filepath.Join(t.TempDir(), "tributary.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	const sources = "sources: [{id: shop, provider: lox24, secrets: [{id: a, value: a-secret-of-a-test}]}]\n"
	before := load("ingest: {listen: ':1'}\nprocessor: {dedupe_span: 72h}\n" + sources)
	if got := load("ingest: {listen: ':1'}\nprocessor: {dedupe_span: 72h}\nsources: []\n").NeedRestart(before); len(got) > 0 {
		t.Errorf("%v need a restart, want none", got)
	}
	got := load("ingest: {listen: ':2'}\nprocessor: {dedupe_span: 96h}\n" + sources).NeedRestart(before)
	if diff := cmp.Diff([]string{"ingest.listen", "processor.dedupe_span"}, got); diff != "" {
		t.Errorf("settings that need a restart (-want +got):\n%s", diff)
	}
}
