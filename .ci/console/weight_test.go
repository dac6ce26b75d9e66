package console_test

import (
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// cold opens a page with an empty cache, and returns the transferred bytes of everything that it loads and
// the time of its first paint in milliseconds. A live page goes on loading: what it is sent until its
// numbers are there counts.
func (r *rig) cold(tb testing.TB, path string) (bytes, paint float64) {
	tb.Helper()
	// A page that is open already would go on receiving.
	r.run(tb, chromedp.Navigate("about:blank"), network.ClearBrowserCache())
	r.seen.take()
	r.run(tb, look(r.origin, path, "light", 1280), until("performance.getEntriesByName('first-contentful-paint').length"),
		chromedp.Evaluate("(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime", &paint))
	_, _, bytes = r.seen.take()
	return bytes, paint
}

// TestWeight: no page is heavier than 200 kB with its style, script and icon.
func TestWeight(t *testing.T) {
	for _, path := range paths() {
		const most, least = 200_000, 20_000
		bytes, _ := shared.cold(t, path)
		if bytes > most || bytes < least {
			t.Errorf("%s transfers %.0f bytes, want at most %d, and at least the %d of style and script", path, bytes, most, least)
		}
		t.Logf("%-60s %6.1f kB", path, bytes/1000)
	}
}

// BenchmarkPaint measures the first paint of each page with an empty cache, in milliseconds: median and
// greatest. Its goal is 300 on a machine that does nothing else.
func BenchmarkPaint(b *testing.B) {
	for _, path := range paths() {
		b.Run(path, func(b *testing.B) {
			var paints []float64
			for b.Loop() {
				_, paint := shared.cold(b, path)
				paints = append(paints, paint)
			}
			slices.Sort(paints)
			b.ReportMetric(paints[len(paints)/2], "ms-median")
			b.ReportMetric(paints[len(paints)-1], "ms-max")
		})
	}
}
