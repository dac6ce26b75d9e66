//go:build tributary_break

package producer

// Mutated is the enabled failpoint, empty for none.
type Mutated struct{ mutation Mutation }

func (h Mutated) by(mutation Mutation) bool { return h.mutation == mutation }

// Do enables a failpoint.
func Do(mutation Mutation) Mutated { return Mutated{mutation} }
