package result

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Report is the result of a bench.
type Report struct {
	Bench string `json:"bench"`
	// Seed and Start reproduce the load: the same webhooks, byte for byte.
	Seed  uint64    `json:"seed"`
	Start time.Time `json:"start"`
	// Brokers are the addresses of the cluster. Embedded is set for the embedded
	// broker, whose speed says nothing about a real one.
	Brokers  []string          `json:"brokers"`
	Embedded bool              `json:"embedded"`
	Settings map[string]string `json:"settings,omitempty"`
	Machine  Machine           `json:"machine"`
	Runs     []Run             `json:"runs"`
	// Ratios compare our figures with a peer's, by pairs of runs.
	Ratios []Ratio `json:"ratios,omitempty"`
	// Faults lists wrong answers. Right is true if there are none.
	Faults []string `json:"faults,omitempty"`
	// Notes are remarks for the reader, for example that the time limit was reached.
	Notes []string `json:"notes,omitempty"`
	Right bool     `json:"right"`
}

// Run is one measurement. Runs of the same name measure the same.
type Run struct {
	Name    string  `json:"name"`
	Figures Figures `json:"figures"`
	// Checked says how the answers were checked: model, audit, counts or none.
	Checked string `json:"checked"`
}

// Ratio compares a figure with that of a peer.
type Ratio struct {
	Peer string `json:"peer"`
	// Of is the name of our runs.
	Of string `json:"of"`
	// Figure names the compared measurement. More is true if a larger value is better.
	Figure string `json:"figure"`
	More   bool   `json:"more_is_better"`
	Ours   Spread `json:"ours"`
	Theirs Spread `json:"theirs"`
	// Ratio is our figure divided by the peer's.
	Ratio Spread `json:"ratio"`
}

// Machine describes the hardware and the operating system.
type Machine struct {
	CPUs   int    `json:"cpus"`
	Model  string `json:"model,omitempty"`
	Kernel string `json:"kernel,omitempty"`
	Go     string `json:"go"`
}

// ThisMachine describes the current machine. Properties that it does not report are
// empty.
func ThisMachine() Machine {
	m := Machine{CPUs: runtime.NumCPU(), Go: runtime.Version()}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(b))
	}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.Model = strings.TrimSpace(value)
				break
			}
		}
	}
	return m
}

// Fault records a wrong answer.
func (r *Report) Fault(texts ...string) { r.Faults = append(r.Faults, texts...) }

// Short notes that the time limit allowed fewer runs than requested.
func (r *Report) Short(made, wanted int) {
	r.Notes = append(r.Notes, fmt.Sprintf("the time (--for) was enough for %d of %d runs of each", made, wanted))
}

// Names returns the runs' names, in their order.
func (r *Report) Names() []string {
	var out []string
	for i := range r.Runs {
		if !slices.Contains(out, r.Runs[i].Name) {
			out = append(out, r.Runs[i].Name)
		}
	}
	return out
}

// Keys returns the keys of the figures of the runs of these names, in their order.
func (r *Report) Keys(names ...string) []string {
	var out []string
	for i := range r.Runs {
		if !slices.Contains(names, r.Runs[i].Name) {
			continue
		}
		for _, f := range r.Runs[i].Figures {
			if !slices.Contains(out, f.Key) {
				out = append(out, f.Key)
			}
		}
	}
	return out
}

// Families groups run names that share figures. Runs without common figures, such as
// those of ingest and of the processor, get separate tables.
func (r *Report) Families() [][]string {
	var out [][]string
	for _, name := range r.Names() {
		keys := r.Keys(name)
		i := slices.IndexFunc(out, func(family []string) bool {
			return slices.ContainsFunc(r.Keys(family...), func(key string) bool { return slices.Contains(keys, key) })
		})
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], name)
	}
	return out
}

// Values returns a figure of all runs of a name that have it.
func (r *Report) Values(name, key string) []float64 {
	var out []float64
	for i := range r.Runs {
		if v, ok := r.Runs[i].Figures.Get(key); ok && r.Runs[i].Name == name {
			out = append(out, v)
		}
	}
	return out
}

// Compare adds the ratio of a figure between the runs of two names, by pairs.
func (r *Report) Compare(ours, theirs, figure string, more bool) {
	a, b := r.Values(ours, figure), r.Values(theirs, figure)
	if ratios := Ratios(a, b); len(ratios) > 0 {
		r.Ratios = append(r.Ratios, Ratio{
			Peer: theirs, Of: ours, Figure: figure, More: more, Ours: SpreadOf(a), Theirs: SpreadOf(b), Ratio: SpreadOf(ratios),
		})
	}
}
