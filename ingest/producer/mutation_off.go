//go:build !tributary_break

package producer

// Mutated is the enabled failpoint; in this build there is none.
type Mutated struct{}

func (Mutated) by(Mutation) bool { return false }
