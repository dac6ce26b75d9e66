//go:build !tributary_break

package producer

// Harmed says which harm is done: none.
type Harmed struct{}

func (Harmed) by(Harm) bool { return false }
