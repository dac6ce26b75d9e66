//go:build !tributary_break

package engine

// harmed selects no mutation in this build.
type harmed struct{}

func (harmed) by(Harm) bool { return false }
