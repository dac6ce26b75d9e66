//go:build tributary_break

package producer

// Harmed is the enabled failpoint, empty for none.
type Harmed struct{ harm Harm }

func (h Harmed) by(harm Harm) bool { return h.harm == harm }

// Do enables a failpoint.
func Do(harm Harm) Harmed { return Harmed{harm} }
