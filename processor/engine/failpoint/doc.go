// Package failpoint lets tests stop an engine at the points of a transaction, and break its
// safeguards one by one. Both are wrappers around the seams of the engine: the connection to
// Kafka, the restore, the leases of the state store. Production code contains neither, and
// only tests import this package.
package failpoint
