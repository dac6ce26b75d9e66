// Package loadgen sends prepared HTTP requests over keep-alive connections in a closed
// loop and measures the latency of the answers. It uses plain sockets, so that the load
// costs little of the machine that is measured.
package loadgen
