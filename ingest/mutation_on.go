//go:build tributary_break

package ingest

import "github.com/tributary-hq/tributary/ingest/producer"

// MutateDeps enables a failpoint in every service made with these Deps.
func MutateDeps(d *Deps, mutation producer.Mutation) { d.mutated = producer.Do(mutation) }
