package export

// SetFailpoint lets tests break off at the named points: written, renamed, committed.
func (c *Config) SetFailpoint(f func(name string) error) { c.failpoint = f }
