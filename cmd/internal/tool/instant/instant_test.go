package instant_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
)

func TestBounds(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 5_000_000, time.UTC)
	for name, test := range map[string]struct {
		got  time.Time
		want string
	}{
		"as it is":          {instant.OfMillis(noon.UnixMilli()), "2026-03-01T12:00:00.005Z"},
		"a time as it is":   {instant.Bound(noon.In(time.FixedZone("east", 3600))), "2026-03-01T12:00:00.005Z"},
		"too late":          {instant.OfMillis(253402300800000), "9999-12-31T23:59:59.999Z"},
		"far too late":      {instant.OfMillis(math.MaxInt64), "9999-12-31T23:59:59.999Z"},
		"too early":         {instant.OfMillis(math.MinInt64), "0001-01-01T00:00:00Z"},
		"a time too late":   {instant.Bound(time.UnixMilli(math.MaxInt64)), "9999-12-31T23:59:59.999Z"},
		"a time too early":  {instant.Bound(time.UnixMilli(math.MinInt64)), "0001-01-01T00:00:00Z"},
		"the zero of a day": {instant.Bound(time.Time{}), "0001-01-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := json.Marshal(test.got); err != nil || string(got) != `"`+test.want+`"` {
				t.Errorf("as JSON: %s, %v, want %s", got, err, test.want)
			}
		})
	}
}
