// Package signal keeps the claims of the detectors: it raises, updates and withdraws the
// snapshots of signals.v1.
//
//	             Report           Report, a figure differs        Withdraw           Retention over
//	(nothing) ──────────► RAISED ─────────────────────────► UPDATED ────────► WITHDRAWN ──────────► tombstone
//	                         ▲                                                    │
//	                         └────────────────────── Report ──────────────────────┘
//
// A detector reports a claim as often as it computes it; only a revision in which a reader
// sees another figure is emitted. All times are event times that the detector gives, so a
// replay of the same facts emits the same signals.
package signal
