// Package console shows the pipeline to people: pages for those who would rather look than type.
//
//	browser ─► access: who, role, CSRF ─► page ─► feed, tools ─► model ─┬─► HTML, pushed again when it changes
//	                                                                   ├─► ?format=json
//	                                                                   └─► ?format=csv&table=
//
// Promise: a page is made from the result of the same tool as the command that its numbers name. Nothing
// is read from Kafka while nobody looks, and ten viewers cost as much as one: see package poll. Reading
// joins no consumer group.
package console
