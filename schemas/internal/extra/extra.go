// Package extra holds rows that a test adds to the tables of package schemas. Nothing
// outside schemas can import it; tests use package schematest.
package extra

import "sync/atomic"

var (
	providers atomic.Value //nolint:gochecknoglobals // the tables are global; only tests add to them
	topics    atomic.Value //nolint:gochecknoglobals // as providers
)

// Set replaces the added rows.
func Set[P, T any](p []P, t []T) {
	providers.Store(p)
	topics.Store(t)
}

// Providers returns the added providers.
func Providers[P any]() []P {
	rows, _ := providers.Load().([]P)
	return rows
}

// Topics returns the added topics.
func Topics[T any]() []T {
	rows, _ := topics.Load().([]T)
	return rows
}
