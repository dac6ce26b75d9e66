//go:build tributary_break

package producer

// Harmed says which harm is done.
type Harmed struct{ harm Harm }

func (h Harmed) by(harm Harm) bool { return h.harm == harm }

// Do returns the order to do a harm.
func Do(harm Harm) Harmed { return Harmed{harm} }
