package processor_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// pumpingEntries begin the lines of the entries of the detector of pumping, which keeps a part of
// the hash of a number for a day.
const pumpingEntries = `"\x01pumping/`

// hashed lists the stages whose state has the hash of a number outside those entries.
func hashed(t *testing.T, memory *processortest.Memory, number string) (stages []string) {
	t.Helper()
	_, located := deps(t).Privacy.NumberOf(&source.Source{}, number, noon(0))
	// The first two bytes are those of the key.
	mark := hex.EncodeToString(binary.BigEndian.AppendUint64(nil, located.Hash)[2:])
	for _, name := range processor.StageNames() {
		for partition := range int32(2) {
			for line := range strings.Lines(memory.Stage(name).Dump(partition)) {
				if strings.Contains(line, mark) && !strings.HasPrefix(line, pumpingEntries) && !slices.Contains(stages, name) {
					stages = append(stages, name)
				}
			}
		}
	}
	return stages
}

// TestAForgottenNumberLeavesTheInsights: the hash of a number that is forgotten is in no set of
// numbers any more, its codes are in no row, and the rows of others stay.
func TestAForgottenNumberLeavesTheInsights(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"lox24": 3, "unibell": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const number, other = "+380501234567", "+380501234568"
			p := newPipeline(t)
			h, d := &history{}, dialled{}
			d.add(h, n, number)
			d.add(h, n+5, other)
			p.feed(t, h.records...)
			p.advance(t, noon(time.Hour))
			p.advance(t, noon(2*time.Hour))
			if got := hashed(t, p.memory, number); !slices.Contains(got, name) || !slices.Contains(got, schemas.FamilyInsights) {
				t.Fatalf("before, stages %v have the hash", got)
			}
			if diff := cmp.Diff(fullRows(2), rowsOf(p)); diff != "" {
				t.Fatalf("rows before (-want +got):\n%s", diff)
			}
			p.feed(t, erasureOf(t, &h.records[0]))
			p.advance(t, noon(3*time.Hour))
			p.advance(t, noon(4*time.Hour))
			if got := hashed(t, p.memory, number); len(got) > 0 {
				t.Errorf("stages %v have the hash", got)
			}
			if got := hashed(t, p.memory, other); !slices.Contains(got, schemas.FamilyInsights) {
				t.Errorf("stages %v have the hash of the other number", got)
			}
			if diff := cmp.Diff(fullRows(1), rowsOf(p)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// fullRows are the rows of codes of one block.
func fullRows(codes int) map[string]string {
	out := map[string]string{}
	for _, window := range []string{"QUARTER_HOUR", "HOUR", "DAY"} {
		for _, level := range []string{"COUNTRY", "AREA", "BLOCK"} {
			out[window+" "+level] = fmt.Sprintf("%d codes of %d numbers", codes, codes)
		}
	}
	return out
}

// rowsOf returns the codes and numbers of the funnel's rows.
func rowsOf(p *pipeline) map[string]string {
	out := map[string]string{}
	for name, fields := range p.last {
		if strings.HasPrefix(name, schemas.InsightsFunnel+" ") {
			out[fmt.Sprint(fields["window"], " ", fields["level"])] += fmt.Sprintf("%v codes of %v numbers", fields["requested"], fields["numbers"])
		}
	}
	return out
}
