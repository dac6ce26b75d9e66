//go:build tributary_break

package ingest

import "github.com/tributary-hq/tributary/ingest/producer"

// HarmDeps makes every service made with these Deps do a harm.
func HarmDeps(d *Deps, harm producer.Harm) { d.harmed = producer.Do(harm) }
