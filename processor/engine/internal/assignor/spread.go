package assignor

import (
	"cmp"
	"slices"
)

// spread assigns standby replicas: existing replicas first, within an even share; then
// so that the partitions of one instance have their standbys on all others, which share
// its work when it dies.
func (a *assigner) spread(at []string, standby map[string]map[int32]bool) {
	var instances []string
	replicas := map[string]map[int32]Replica{}
	for _, m := range a.members {
		if _, known := replicas[m.Instance]; !known && m.Standbys > 0 {
			instances, replicas[m.Instance] = append(instances, m.Instance), m.Replicas
		}
	}
	wanted := min(a.standbys, len(instances))
	if wanted == 0 {
		return
	}
	share := (int(a.partitions)*wanted + len(instances) - 1) / len(instances)
	pairs := map[[2]string]int{}
	for p := range a.partitions {
		rank := slices.Clone(instances)
		slices.SortStableFunc(rank, func(x, y string) int {
			wx, wy := replicas[x][p], replicas[y][p]
			if len(standby[x]) >= share {
				wx = Replica{}
			}
			if len(standby[y]) >= share {
				wy = Replica{}
			}
			switch {
			case wy.behind(wx):
				return -1
			case wx.behind(wy):
				return 1
			}
			return cmp.Or(pairs[[2]string{at[p], x}]-pairs[[2]string{at[p], y}], len(standby[x])-len(standby[y]))
		})
		left := wanted
		for _, instance := range rank {
			if _, has := standby[instance][p]; has && instance != at[p] {
				left--
			}
		}
		for _, instance := range rank {
			if _, has := standby[instance][p]; has || left <= 0 || instance == at[p] {
				continue
			}
			standby[instance][p] = false
			pairs[[2]string{at[p], instance}]++
			left--
		}
	}
}
