// Package detection measures the detector of pumping on the simulator's traffic, in which
// attacks are planted. It is tests only.
//
//	simulator ─► webhooks in the order they arrive ─► observations ─► pumping.Detector ─► claims
//	    └─► incidents (ground truth) ──────────────────────────────────────► compare ◄──────┘
//
// The observations are made by code of this package, independent of the stages.
package detection
