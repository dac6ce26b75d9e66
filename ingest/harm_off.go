//go:build !tributary_break

package ingest

// harmed says which harm is done: none.
type harmed struct{}

func (harmed) by(Harm) bool { return false }
