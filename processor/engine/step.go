package engine

// Step is a named place in the life of a round or a restore, where tests let
// things go wrong.
type Step string

// The steps, in order.
const (
	StepBegin       Step = "begin"
	StepProduced    Step = "produced"
	StepFlushed     Step = "flushed"
	StepCommitted   Step = "committed"
	StepStored      Step = "stored"
	StepRestoring   Step = "restoring"
	StepRestored    Step = "restored"
	StepResynced    Step = "resynced"
	StepSessionOpen Step = "session-open"
)

// at tells the hook, if there is one, that a step is reached.
func (w *worker) at(step Step) error {
	if w.deps.step == nil {
		return nil
	}
	return w.deps.step(step, w.spec.Name, w.index)
}
