package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
)

// states is where the state of the stages is: the partitions that processors own, and the standby
// replicas.
type states struct {
	*feed.States

	Stages []stageState `json:"stages"`
}

// stageState is the state of a stage.
type stageState struct {
	Stage string `json:"stage"`
	// Running, Restoring and Standby are partitions by the report of a processor; Elsewhere are
	// owned by a member of the group that is no process that the console asks; Unowned have no
	// owner.
	Running   []int32 `json:"running"`
	Restoring []int32 `json:"restoring"`
	Standby   []int32 `json:"standby"`
	Elsewhere []int32 `json:"elsewhere"`
	Unowned   []int32 `json:"unowned"`
	// Read and Left are the changelog offsets of the restores, SecondsLeft the time that the
	// last of them needs.
	Read        int64   `json:"offsets_read"`
	Left        int64   `json:"offsets_left"`
	SecondsLeft float64 `json:"seconds_left"`
	// Behind is the number of changelog offsets that the last standby replica is behind.
	Behind int64 `json:"standby_offsets_behind"`
}

// statesOf combines the reports of the processors with the owners that Kafka names; report is nil if
// the groups are not known.
func statesOf(s *feed.States, report *lag.Report, names schemas.Names) *states {
	out := &states{States: s}
	for _, stage := range processor.StageNames() {
		x := stageState{Stage: stage, Running: []int32{}, Restoring: []int32{}, Standby: []int32{}, Elsewhere: []int32{}, Unowned: []int32{}}
		reported := map[int32]bool{}
		for i := range s.Partitions {
			if p := &s.Partitions[i]; p.Stage == stage {
				reported[p.Partition.Partition] = true
				x.add(p)
			}
		}
		for i := range s.Standbys {
			if p := &s.Standbys[i]; p.Stage == stage {
				x.Standby = append(x.Standby, p.Partition)
				x.Behind = max(x.Behind, p.Behind)
			}
		}
		if report != nil {
			x.addOwners(report, names.Group(stage), reported)
		}
		out.Stages = append(out.Stages, x)
	}
	return out
}

func (x *stageState) add(p *feed.OwnedPartition) {
	if p.State == engine.PartitionRunning {
		x.Running = append(x.Running, p.Partition.Partition)
		return
	}
	x.Restoring = append(x.Restoring, p.Partition.Partition)
	x.Read, x.Left, x.SecondsLeft = x.Read+p.Read, x.Left+p.Left, max(x.SecondsLeft, p.SecondsLeft)
}

// addOwners adds the partitions that no process has reported.
func (x *stageState) addOwners(report *lag.Report, group string, reported map[int32]bool) {
	i := slices.IndexFunc(report.Groups, func(r lag.Group) bool { return r.Group == group })
	if i < 0 {
		return
	}
	for k := range report.Groups[i].Partitions {
		switch p := &report.Groups[i].Partitions[k]; {
		case reported[p.Partition]:
		case p.Owner == nil:
			x.Unowned = append(x.Unowned, p.Partition)
		default:
			x.Elsewhere = append(x.Elsewhere, p.Partition)
		}
	}
}

// stateWhat explains the card.
//
//nolint:gochecknoglobals // a constant
var stateWhat = view.What{
	ID:      "tip-state",
	Text:    "A partition runs once its state is complete. A restore reads the partition's changelog up to its end; a standby replica is a copy in another process that follows the changelog, so that this process can take over at once.",
	Command: "curl OPS/readyz",
}

// render is the card of the state and its tables.
func (s *states) render(path string) (body []g.Node, tables []*view.Table) {
	stages, moving := s.stageTable(), s.partitionTable()
	return []g.Node{s.verdict(), stages.Render(path), moving.Render(path)}, []*view.Table{stages, moving}
}

func (s *states) verdict() g.Node {
	var more []g.Node
	for _, reason := range s.Away {
		more = append(more, h.P(h.Class("quiet small prose"), view.Text("No answer: "+reason)))
	}
	var restoring, unowned, running int
	var read, left int64
	var seconds float64
	for i := range s.Stages {
		x := &s.Stages[i]
		running, restoring, unowned = running+len(x.Running), restoring+len(x.Restoring), unowned+len(x.Unowned)
		read, left, seconds = read+x.Read, left+x.Left, max(seconds, x.SecondsLeft)
	}
	switch {
	case !s.Asked:
		return view.Banner(view.Calm, "The state of the stages is not known here.", h.P(h.Class("prose"), g.Text("Name the ops ports of the processors in "), h.Code(g.Text("console.ops")), g.Text(" to see restores and standby replicas.")))
	case !s.Known:
		return view.Banner(view.Warn, "No processor answers on its ops port.", more...)
	case unowned+restoring == 0:
		return view.Verdict(view.Good, &stateWhat, fmt.Sprintf("No state is being restored: %s.", page.Count(running, "partition runs", "partitions run")), more...)
	}
	level, says := view.Warn, []string{}
	if unowned > 0 {
		level, says = view.Bad, append(says, page.Count(unowned, "partition has no owner", "partitions have no owner")+".")
	}
	if restoring > 0 {
		text := fmt.Sprintf("State is being restored: %s, %s done", page.Count(restoring, "partition", "partitions"), percent(read, left))
		if seconds > 0 {
			text += ", about " + timeLeft(seconds) + " left"
		}
		says = append(says, text+".")
	}
	return view.Verdict(level, &stateWhat, strings.Join(says, " "), more...)
}

func percent(read, left int64) string {
	if read+left == 0 {
		return "0 %"
	}
	// 100 % would say that nothing is left.
	return fmt.Sprintf("%d %%", 100*read/(read+left))
}

func timeLeft(seconds float64) string {
	const most = float64(1000 * 24 * time.Hour / time.Second)
	return view.Span(time.Duration(min(seconds, most) * float64(time.Second)))
}

func (s *states) stageTable() *view.Table {
	t := &view.Table{
		ID: "stages", Caption: "State of the stages", Command: "curl OPS/readyz", Empty: "There is no stage.",
		Columns: []view.Column{
			{Name: "Stage"},
			{Name: "Running partitions", Help: "Partitions whose state is complete: they read their input; and those that nobody owns."},
			{Name: "Restoring", Help: "Partitions that read their changelog, or wait for their former owner to let go."},
			{Name: "Done", Help: "Share of the changelog offsets of the running restores that is read."},
			{Name: "Time left", Right: true, Help: "Until the last restore of the stage ends, at its rate so far."},
			{Name: "Standby", Wide: true, Help: "Partitions with a copy of the state in another process, which can take over."},
			{Name: "Behind", Right: true, Wide: true, Help: "Changelog offsets that the last standby replica is behind."},
			{Name: "Elsewhere", Wide: true, Help: "Partitions of a process that is not named in console.ops: their state is not known."},
		},
	}
	if !s.Known {
		t.Empty = "Not known: no processor has answered."
		return t
	}
	for i := range s.Stages {
		x := &s.Stages[i]
		done, left := view.C("", view.None()), view.C("", view.None())
		if x.Read+x.Left > 0 {
			done = view.C(percent(x.Read, x.Left), progress(x.Read, x.Left))
		}
		if x.SecondsLeft > 0 {
			left = view.C(fmt.Sprintf("%.0f", x.SecondsLeft), g.Text(timeLeft(x.SecondsLeft)))
		}
		behind := view.C("", view.None())
		if len(x.Standby) > 0 {
			behind = view.N(x.Behind)
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.T(x.Stage), x.running(), partitions(view.Warn, x.Restoring), done, left,
			partitions(view.Calm, x.Standby), behind, partitions(view.Calm, x.Elsewhere),
		})
	}
	return t
}

// running is the cell with the partitions that run, and those that nobody owns.
func (x *stageState) running() view.Cell {
	if len(x.Unowned) == 0 {
		return partitions(view.Good, x.Running)
	}
	text := "no owner: " + ranges(x.Unowned)
	cell := view.C(text, view.Badge(view.Bad, text))
	if len(x.Running) > 0 {
		running := partitions(view.Good, x.Running)
		cell = view.C(running.Plain+"; "+text, g.Group{running.Node, g.Text(" "), cell.Node})
	}
	return cell
}

// partitions is a cell with partitions.
func partitions(level view.Level, list []int32) view.Cell {
	if len(list) == 0 {
		return view.C("", view.None())
	}
	text := ranges(list)
	return view.C(text, view.Badge(level, text))
}

// ranges writes partitions as ranges: 0–3, 7.
func ranges(list []int32) string {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	var out []string
	for i := 0; i < len(list); {
		k := i
		for k+1 < len(list) && list[k+1] == list[k]+1 {
			k++
		}
		text := strconv.Itoa(int(list[i]))
		if k > i {
			text = fmt.Sprintf("%d–%d", list[i], list[k])
		}
		out = append(out, text)
		i = k + 1
	}
	return strings.Join(out, ", ")
}

// progress is the share of a restore that is done.
func progress(read, left int64) g.Node {
	share := float64(read) / float64(max(read+left, 1))
	return g.Group{g.Text(percent(read, left)), view.Bar(share, "", percent(read, left)+" restored")}
}

// maxMoving limits the table of partitions.
const maxMoving = 200

// partitionTable lists the partitions that are restored and the standby replicas.
func (s *states) partitionTable() *view.Table {
	t := &view.Table{
		ID: "partitions", Caption: "Restores and standby replicas", Command: "curl OPS/readyz",
		Empty: "No partition is being restored, and no process keeps a standby replica. Standby replicas need a second processor and processor.engine.standby of 1 or more.",
		Columns: []view.Column{
			{Name: "Partition"},
			{Name: "State"},
			{Name: "Done", Help: "Share of the changelog offsets of this restore that is read."},
			{Name: "Offsets left", Right: true, Help: "Changelog offsets to read: an upper bound of the records."},
			{Name: "Time left", Right: true, Help: "At the rate so far; not known before the first record."},
			{Name: "Process", Wide: true, Help: "The processor's ops port."},
		},
	}
	if !s.Known {
		t.Empty = "Not known: no processor has answered."
	}
	for i := range s.Partitions {
		p := &s.Partitions[i]
		if p.State != engine.PartitionRestoring {
			continue
		}
		state, done, left := "waiting", view.C("", view.None()), view.C("", view.None())
		if p.Read+p.Left > 0 {
			state, done = "restoring", view.C(percent(p.Read, p.Left), progress(p.Read, p.Left))
		}
		if p.SecondsLeft > 0 {
			left = view.C(fmt.Sprintf("%.0f", p.SecondsLeft), g.Text(timeLeft(p.SecondsLeft)))
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.T(fmt.Sprintf("%s/%d", p.Stage, p.Partition.Partition)), view.C(state, view.Badge(view.Warn, state)), done, view.N(p.Left), left, processCell(p.Process),
		})
	}
	for i := range s.Standbys {
		p := &s.Standbys[i]
		state, level := "standby, caught up", view.Good
		if !p.Warm {
			state, level = "standby, behind", view.Warn
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.T(fmt.Sprintf("%s/%d", p.Stage, p.Partition)), view.C(state, view.Badge(level, state)), view.C("", view.None()), view.N(p.Behind), view.C("", view.None()), processCell(p.Process),
		})
	}
	if len(t.Rows) > maxMoving {
		t.Caption += fmt.Sprintf(", the first %d of %d", maxMoving, len(t.Rows))
		t.Rows = t.Rows[:maxMoving]
	}
	return t
}

func processCell(address string) view.Cell {
	if address == "" {
		return view.T("this process")
	}
	return view.T(address)
}
