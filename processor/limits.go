package processor

import "runtime/debug"

// MemoryLimits are the settings of the Go garbage collector. The memory of the state
// store is not on the Go heap; its settings are in engine.store.
type MemoryLimits struct {
	// GCPercent is the growth of the heap, in percent, after which the garbage
	// collector runs, as in GOGC: half the value costs about a tenth more processor
	// time. 0 leaves it to GOGC.
	GCPercent int `json:"gc_percent" koanf:"gc_percent" yaml:"gc_percent"`
	// LimitBytes is the heap size near which the garbage collector works harder, as in
	// GOMEMLIMIT; it excludes the store's cache. If the process needs more than the
	// limit, the collector takes most of the processor time. 0 leaves it to GOMEMLIMIT.
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
