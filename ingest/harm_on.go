//go:build tributary_break

package ingest

// harmed says which harm is done.
type harmed struct{ harm Harm }

func (h harmed) by(harm Harm) bool { return h.harm == harm }

// HarmDeps makes every service made with these Deps do a harm.
func HarmDeps(d *Deps, harm Harm) { d.harmed = harmed{harm} }
