//go:build !tributary_break

package producer

// Harmed is the enabled failpoint; in this build there is none.
type Harmed struct{}

func (Harmed) by(Harm) bool { return false }
