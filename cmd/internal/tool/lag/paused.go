package lag

import "github.com/tributary-hq/tributary/processor/pause"

// PausedFrom returns a function for Config.Paused from one that lists pauses. group maps a
// stage to its consumer group.
func PausedFrom(list func() []pause.Pause, group func(stage string) string) func() map[string]pause.Pause {
	return func() map[string]pause.Pause {
		out := map[string]pause.Pause{}
		for _, p := range list() {
			out[group(p.Stage)] = p
		}
		return out
	}
}
