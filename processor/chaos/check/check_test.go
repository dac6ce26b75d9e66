package check_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/tributary-hq/tributary/processor/chaos/check"
)

// run is a small history in which all is well.
func run() *check.Run {
	in := func(offset, at int64, key string, f check.Fact) check.Record {
		return check.Record{Partition: 1, Offset: offset, Timestamp: at, Key: key, Value: f.Encode()}
	}
	out := func(offset, at int64, key string, e check.Effect) check.Record {
		return check.Record{Offset: offset, Timestamp: at, Key: key, Value: e.Encode()}
	}
	src := func(offset int64) check.Source { return check.Source{Partition: 1, Offset: offset} }
	one, two := check.Chain(0, "x1"), check.Chain(check.Chain(0, "x1"), "x2")
	poison := check.Fact{ID: "p", Kind: check.Poison}
	return &check.Run{
		Accepted: []string{"x1", "x2", "p", "w"},
		Input: []check.Record{
			in(0, 100, "a", check.Fact{ID: "x1", Kind: check.Due, After: 50}),
			in(1, 110, "a", check.Fact{ID: "x1", Kind: check.Due, After: 50}),
			in(2, 120, "b", poison),
			in(4, 130, "a", check.Fact{ID: "x2", Kind: check.Due, After: 1000}),
			in(5, 200, "a", check.Fact{ID: "w", Kind: check.Withdraw, Of: "x1"}),
		},
		Output: []check.Record{
			out(0, 100, "a", check.Effect{Kind: check.Counted, ID: "x1", Source: src(0), N: 1, Chain: one}),
			out(1, 110, "a", check.Effect{Kind: check.Repeated, ID: "x1", Source: src(1)}),
			out(2, 110, "clock", check.Effect{Kind: check.Watermark, ID: "-", Source: src(0), N: 110}),
			out(3, 130, "a", check.Effect{Kind: check.Counted, ID: "x2", Source: src(4), N: 2, Chain: two}),
			out(4, 160, "a", check.Effect{Kind: check.Fired, ID: "x1", Source: src(0), N: 150}),
			out(5, 200, "a", check.Effect{Kind: check.Missed, ID: "w", Source: src(5)}),
		},
		Dead:    []check.Dead{{Source: src(2), Key: "b", Value: poison.Encode()}},
		Offsets: map[int32]int64{1: 6},
		State: []check.Entry{
			{Partition: 1, Key: check.EntityKey("a"), Payload: "2 " + chainText(two)},
			{Partition: 1, Key: check.SeenKey("a", "x1"), Payload: "1 0"},
			{Partition: 1, Key: check.SeenKey("a", "x2"), Payload: "1 4"},
			{Partition: 1, Key: check.DeadlineKey("a", "x2"), Payload: "1 4 1130", Deadline: 1130},
		},
		Drained: true,
		DueBy:   1000,
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*check.Run)
		want  string
	}{
		"all is well":              {func(*check.Run) {}, ""},
		"accepted and not stored":  {func(r *check.Run) { r.Accepted = append(r.Accepted, "x9") }, check.RuleLost},
		"an effect is missing":     {func(r *check.Run) { r.Output = slices.Delete(r.Output, 3, 4) }, check.RuleLost},
		"an effect is there twice": {func(r *check.Run) { again(r, 3) }, check.RuleTwice},
		"effects changed places":   {func(r *check.Run) { r.Output[0].Value, r.Output[1].Value = r.Output[1].Value, r.Output[0].Value }, check.RuleOrder},
		"a deadline fired twice":   {func(r *check.Run) { again(r, 4) }, check.RuleTwice},
		"a deadline did not fire":  {func(r *check.Run) { r.DueBy = 2000 }, check.RuleDeadline},
		"a deadline fired early":   {func(r *check.Run) { r.Output[4].Timestamp = 140 }, check.RuleDeadline},
		"no dead letter":           {func(r *check.Run) { r.Dead = nil }, check.RuleLost},
		"two dead letters":         {func(r *check.Run) { r.Dead = append(r.Dead, r.Dead[0]) }, check.RuleTwice},
		"a dead letter of nothing": {func(r *check.Run) { r.Dead[0].Source.Offset = 9 }, check.RuleInvented},
		"offsets behind":           {func(r *check.Run) { r.Offsets[1] = 5 }, check.RuleOffsets},
		"offsets ahead":            {func(r *check.Run) { r.Output = slices.Delete(r.Output, 5, 6); r.Drained = false }, check.RuleOffsets},
		"an entry is missing":      {func(r *check.Run) { r.State = r.State[1:] }, check.RuleState},
		"an entry too many":        {func(r *check.Run) { r.State = append(r.State, check.Entry{Key: "z/e"}) }, check.RuleState},
		"a store behind": {func(r *check.Run) {
			r.Stores = []check.Store{{Name: "s", Partitions: []int32{1}, Entries: r.State[1:]}}
		}, check.RuleState},
		"a clock went back": {func(r *check.Run) { again(r, 2); r.Output[2].Value = watermark(111) }, check.RuleClock},
		"the count is wrong": {func(r *check.Run) {
			r.Output[0].Value = check.Effect{Kind: check.Counted, ID: "x1", Source: check.Source{Partition: 1}, N: 2}.Encode()
		}, check.RuleSum},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run()
			test.spoil(r)
			found := r.Check()
			has := slices.ContainsFunc(found, func(v check.Violation) bool { return v.Rule == test.want })
			if test.want == "" && len(found) > 0 || test.want != "" && !has {
				t.Errorf("Check() = %v, want %q", found, test.want)
			}
		})
	}
}

// again repeats an output at the end.
func again(r *check.Run, i int) {
	more := r.Output[i]
	more.Offset = 100
	r.Output = append(r.Output, more)
}

func watermark(n int64) []byte {
	return check.Effect{Kind: check.Watermark, ID: "-", Source: check.Source{Partition: 1}, N: n}.Encode()
}

func chainText(chain uint64) string { return strconv.FormatUint(chain, 10) }
