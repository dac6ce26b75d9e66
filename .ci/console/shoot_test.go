package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// shoot keeps a picture of the page in the folder that SHOTS names, for people to look at.
func shoot(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("SHOTS")
	if folder == "" {
		return
	}
	var picture []byte
	const quality = 100
	shared.run(t, chromedp.FullScreenshot(&picture, quality))
	if err := os.WriteFile(filepath.Join(folder, strings.NewReplacer(" ", "-", "/", "_", "?", "_").Replace(name)+".png"), picture, 0o600); err != nil {
		t.Error(err)
	}
}
