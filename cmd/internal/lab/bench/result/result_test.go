package result_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []float64
		want   result.Spread
	}{
		"nothing":               {nil, result.Spread{}},
		"one":                   {[]float64{3}, result.Spread{Q1: 3, Median: 3, Q3: 3, N: 1}},
		"two":                   {[]float64{4, 2}, result.Spread{Q1: 2.5, Median: 3, Q3: 3.5, N: 2}},
		"seven, in any order":   {[]float64{7, 1, 3, 2, 6, 5, 4}, result.Spread{Q1: 2.5, Median: 4, Q3: 5.5, N: 7}},
		"an outlier moves none": {[]float64{1, 2, 3, 4, 1e9}, result.Spread{Q1: 2, Median: 3, Q3: 4, N: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, result.SpreadOf(c.values)); diff != "" {
				t.Errorf("SpreadOf(%v) (-want +got):\n%s", c.values, diff)
			}
		})
	}
}

// TestSpreadHolds: quartiles lie among the values and in their order.
func TestSpreadHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 30).Draw(t, "values")
		s := result.SpreadOf(values)
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range values {
			low, high = min(low, v), max(high, v)
		}
		const hair = 1e-6
		if s.Q1 > s.Median+hair || s.Median > s.Q3+hair || s.Q1 < low-hair || s.Q3 > high+hair {
			t.Errorf("SpreadOf(%v) = %+v, out of its order", values, s)
		}
	})
}

// TestRatios: pairs are divided, not medians: a machine that is slow for a pair is slow
// for both of it.
func TestRatios(t *testing.T) {
	t.Parallel()
	r := result.Report{}
	for _, pair := range [][2]float64{{40, 10}, {4, 1}, {200, 50}, {10, 0}} {
		ours, theirs := result.Figures{}, result.Figures{}
		ours.Add("speed", pair[0])
		theirs.Add("speed", pair[1])
		r.Runs = append(r.Runs, result.Run{Name: "ours", Figures: ours}, result.Run{Name: "theirs", Figures: theirs})
	}
	r.Compare("ours", "theirs", "speed", true)
	r.Compare("ours", "theirs", "not measured", true)
	if len(r.Ratios) != 1 {
		t.Fatalf("ratios = %+v, want one", r.Ratios)
	}
	want := result.Spread{Q1: 4, Median: 4, Q3: 4, N: 3}
	if diff := cmp.Diff(want, r.Ratios[0].Ratio, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("ratio (-want +got):\n%s", diff)
	}
}

// TestFiguresKeepTheirOrder: programs and people find them where they were; what could
// not be measured is absent, not nothing.
func TestFiguresKeepTheirOrder(t *testing.T) {
	t.Parallel()
	f := result.Figures{}
	f.Add("z_first", 1234567.89)
	f.Add("a_second", 0.00012345678)
	f.Add("of_nothing", math.NaN())
	f.Add("by_nothing", math.Inf(1))
	f.Add("none", 0)
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"z_first":1234570,"a_second":0.000123457,"none":0}`; string(text) != want {
		t.Errorf("JSON = %s, want %s", text, want)
	}
	var back result.Figures
	if err := json.Unmarshal([]byte(`{"b":1,"name":"x","deep":{"b":2},"a":2}`), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(result.Figures{{Key: "b", Value: 1}, {Key: "a", Value: 2}}, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// TestFamilies: what has no figure in common has no table in common.
func TestFamilies(t *testing.T) {
	t.Parallel()
	run := func(name string, keys ...string) result.Run {
		r := result.Run{Name: name}
		for _, key := range keys {
			r.Figures.Add(key, 1)
		}
		return r
	}
	r := result.Report{Runs: []result.Run{
		run("peer", "records"), run("ours", "records", "rounds"), run("web", "requests"), run("ours", "records"), run("other web", "requests"),
	}}
	want := [][]string{{"peer", "ours"}, {"web", "other web"}}
	if diff := cmp.Diff(want, r.Families()); diff != "" {
		t.Errorf("Families() (-want +got):\n%s", diff)
	}
}
