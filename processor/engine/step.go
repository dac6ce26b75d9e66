package engine

// Step is a sync point of a transaction or a restore, at which tests inject failures.
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

// at calls the hook, if there is one.
func (w *worker) at(step Step) error {
	if w.deps.step == nil {
		return nil
	}
	return w.deps.step(step, w.spec.Name, w.index)
}
