// Package e2e is the end-to-end suite: the real program as separate processes, four
// providers over HTTP, one of the processors killed on the way. Its tests run on the
// embedded broker in `go test ./...`, and on a real Kafka where
// TRIBUTARY_KAFKA_BROKERS names one (`make e2e`).
package e2e
