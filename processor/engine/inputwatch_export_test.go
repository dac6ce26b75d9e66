package engine

// GapCause opens gapCause to tests: a real gap needs a broker that deletes records while
// they are read.
var GapCause = gapCause
