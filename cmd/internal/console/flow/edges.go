package flow

import (
	"slices"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/processor"
)

// edge is the place of a node in the picture: its name among the nodes, and those that it writes to. The
// script draws an arrow to each; without it, the picture has arrows from column to column.
type edge struct {
	name   string
	to     []string
	moving bool
}

// The names of nodes; topics have their own.
func providerNode(id string) string { return "provider:" + id }

func stageNode(name string) string { return "stage:" + name }

// attributes are those of the node's element.
func (e *edge) attributes() g.Node {
	return g.Group{h.Data("node", e.name), g.If(len(e.to) > 0, h.Data("to", strings.Join(e.to, " "))), g.If(e.moving, h.Data("moving", ""))}
}

// text says where the arrows lead, for people who cannot see them.
func (e *edge) text() g.Node {
	if len(e.to) == 0 {
		return g.Group{}
	}
	names := make([]string, len(e.to))
	for i, to := range e.to {
		_, name, found := strings.Cut(to, ":")
		if !found {
			name = to
		}
		names[i] = name
	}
	return h.Span(h.Class("sr"), view.Paragraph("writes to "+strings.Join(names, ", ")))
}

// stageEdge leads from a stage to the topics that it writes, as the picture groups them.
func stageEdge(st *flowStage) edge {
	e := edge{name: stageNode(st.Stage), moving: st.Group != nil && st.Group.Out > 0}
	topics, ok := processor.TopicsOf(st.Stage)
	if !ok {
		return e
	}
	for _, topic := range append(slices.Clone(topics.Outputs), topics.DeadLetter) {
		if name := outputName(topic); name != "" && !slices.Contains(e.to, name) {
			e.to = append(e.to, name)
		}
	}
	return e
}

// readersOf are the stages that read a topic.
func readersOf(topic string) (out []string) {
	for _, stage := range processor.StageNames() {
		if topics, ok := processor.TopicsOf(stage); ok && topics.Input == topic {
			out = append(out, stageNode(stage))
		}
	}
	return out
}

// outputName is the node of an output topic, empty for topics that the picture leaves out.
func outputName(topic string) string {
	switch first, _, _ := strings.Cut(topic, "."); first {
	case "raw", "internal", "operations":
		return ""
	case "decoded", "deadletter":
		return first + ".*"
	}
	return topic
}
