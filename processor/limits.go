package processor

import "runtime/debug"

// MemoryLimits bounds what the process takes beside the state store, whose own settings are
// engine.store.
type MemoryLimits struct {
	// GCPercent is by how much the heap may grow before it is collected, as GOGC says
	// it: half as much takes about a tenth more processor time. 0 leaves it to GOGC.
	GCPercent int `json:"gc_percent" koanf:"gc_percent" yaml:"gc_percent"`
	// LimitBytes is near which the collector works harder, as GOMEMLIMIT says it. The
	// store's cache is outside of it. A limit below what is needed costs most of the
	// processor time. 0 leaves it to GOMEMLIMIT.
	LimitBytes int64 `json:"limit_bytes" koanf:"limit_bytes" yaml:"limit_bytes"`
}

// DefaultMemory keeps an ordinary process well under 600 MB.
func DefaultMemory() MemoryLimits { return MemoryLimits{GCPercent: 50} }

// apply sets them, for the whole process.
func (m *MemoryLimits) apply() {
	if m.GCPercent > 0 {
		debug.SetGCPercent(m.GCPercent)
	}
	if m.LimitBytes > 0 {
		debug.SetMemoryLimit(m.LimitBytes)
	}
}
