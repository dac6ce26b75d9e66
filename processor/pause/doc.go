// Package pause follows which stages operators have paused.
//
//	tributary pause, console ─► internal.pauses.v1 ─► Board ─► engine.Spec.Paused, /readyz, metrics, lag
//
// Promise: Start returns when the records are read that the topic had then, so that a
// process that restarts keeps the pauses. If the topic does not exist or cannot be read,
// no stage is paused, a warning says so, and the board tries again until it can.
package pause
