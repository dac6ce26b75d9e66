//go:build tributary_break

package ingest

import "github.com/tributary-hq/tributary/ingest/producer"

// HarmDeps enables a failpoint in every service made with these Deps.
func HarmDeps(d *Deps, harm producer.Harm) { d.harmed = producer.Do(harm) }
