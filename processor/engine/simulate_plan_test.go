package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
)

// plan makes the schedule of a seed.
func plan(seed uint64) *schedule {
	r := rand.New(rand.NewPCG(seed, 0x706c616e))
	p := &schedule{Schedule: *simulate.Plan(seed, r)}
	p.PlanHosts(r)
	p.planTraffic(r)
	p.PlanFaults(r)
	p.PlanPauses(r)
	return p
}

func (p *schedule) planTraffic(r *rand.Rand) {
	n, keys, span, dues := 5+r.IntN(60), 1+r.IntN(8), 200+r.IntN(2500), 14
	if r.IntN(3) == 0 {
		n, dues = 5+r.IntN(10), 19 // little else than deadlines
	}
	at := make([]int64, n)
	for i := range at {
		at[i] = int64(r.IntN(span))
	}
	slices.Sort(at)
	var ids []string
	keyOf := map[string]string{}
	for i := range at {
		key := fmt.Sprintf("k%d", r.IntN(keys))
		f := check.Fact{ID: fmt.Sprintf("f%d", i)}
		switch kind := r.IntN(20); {
		case kind < 9:
			f.Kind = check.Count
		case kind < dues:
			f.Kind, f.After = check.Due, int64(r.IntN(2000))
			ids = append(ids, f.ID)
		case kind < 16 && len(ids) > 0:
			f.Kind, f.Of = check.Withdraw, ids[r.IntN(len(ids))]
			key = keyOf[f.Of]
		case kind == 16:
			f.Kind = check.Forget
		case kind == 17:
			f.Kind = check.Poison
		case kind == 18 && i > 0 && !p.Records[i-1].Marker:
			f, key = factOf(&p.Records[i-1]), string(p.Records[i-1].Key)
		case kind == 19:
			p.Records = append(p.Records, simulate.Record{At: at[i], Partition: int32(r.IntN(int(p.Partitions))), Marker: true})
			continue
		default:
			f.Kind = check.Count
		}
		keyOf[f.ID] = key
		p.Records = append(p.Records, simulate.Record{At: at[i], Partition: int32(key[1]-'0') % p.Partitions, Key: []byte(key), Value: f.Encode()})
	}
}
