//go:build !race

package demo_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// TestMarket plays two days of a shop.
//
// Not under the race detector, where the two days take minutes: the catalogue runs the
// same code there.
func TestMarket(t *testing.T) {
	t.Parallel()
	if r := run(t, demo.Options{Scale: 2, Profile: simulator.Market}); r.DemoTime < 48*time.Hour {
		t.Errorf("the demo's time went on by %v, want two days and more", r.DemoTime)
	}
}
