//go:build tributary_break

package engine

// harmed is the selected mutation.
type harmed struct{ harm Harm }

func (h harmed) by(harm Harm) bool { return h.harm == harm }

// HarmDeps selects a mutation for every engine created with these Deps.
func HarmDeps(d *Deps, harm Harm) { d.harmed = harmed{harm} }
