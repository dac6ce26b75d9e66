// Package environment is the surroundings of a bench: topics under a prefix of their own,
// a broker or the embedded one, subprocesses of the program under test with their CPU and
// memory, profiles of settings, the load in the raw topics, and the check of the outputs.
//
//	Open ─► Fill (raw topics) ─► Process (a subprocess until it has no lag) ─► Check ─► Close
//
// Promise: nothing outside the prefix is changed, and Close removes everything under it.
package environment
