package engine

// SetStep sets the hook that is called at the named steps of a round.
func SetStep(d *Deps, step func(Step, string, int) error) { d.step = step }
