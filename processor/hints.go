package processor

import (
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// hint returns the command that solves a problem of a stage.
func hint(problem engine.Problem, name string) string {
	switch problem {
	case engine.ProblemTopicMissing:
		return "run tributary topics apply, or tributary topics acl"
	case engine.ProblemChangelogMissing:
		return "run tributary topics apply, and where the stage had state before, tributary reset --stage " + name
	case engine.ProblemPartitions:
		return "see topics.partitions and topics.families; Kafka takes no partitions away, so move to another prefix: see tributary topics apply --help"
	case engine.ProblemStateLost:
		return "stop the processors and make the state anew from the input with tributary reset --stage " + name
	case engine.ProblemUnfinishedReset:
		return "stop the processors and run tributary reset --stage " + name + " again"
	case engine.ProblemStateLocked:
		return "give each processor on a machine its own processor.engine.instance_id (TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID), and its state directory is its own, too"
	}
	return ""
}

// replayed reports whether a record is a dead letter that was replayed.
func replayed(in *stage.Input) bool {
	for i := range in.Headers {
		if in.Headers[i].Key == raw.HeaderReplayRound {
			return true
		}
	}
	return false
}
