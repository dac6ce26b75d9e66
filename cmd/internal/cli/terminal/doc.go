// Package terminal escapes control characters in texts from outside, so that they cannot
// control the terminal: ids, keys, headers and error texts come from providers, their
// customers and anybody who writes to a topic.
//
//	id, detail, error ─► Line, Table, Printf ─► a cell or a line without line breaks
//	everything        ─► Writer              ─► no control, bidirectional or invisible character
//
// The Writer is the last step and covers text formatted elsewhere, such as errors
// and logs. It cannot distinguish a line break of ours from one inside an id, so values
// go through Line before they become part of a line.
//
// An escaped character is written as in JSON (\u001b, surrogate pairs beyond U+FFFF),
// so that JSON that passes through the Writer means the same.
package terminal
