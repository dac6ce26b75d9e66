// Package export writes committed records of topics into files that engines read: Parquet or
// JSON lines, typed by the schemas.
//
//	topic ─► scan ─► chunk: a file for each day ─► rename ─► manifest.json
//	DIR/enriched.payments.v1/day=2026-11-30/00000001.parquet
//
// Promise: the files of the manifest hold every committed record of the manifest's ranges of
// offsets once, whenever the program is killed. A chunk's files are renamed into place before
// the manifest names them, and the manifest is replaced as a whole; files that it does not
// name are deleted at the next start, which goes on at the manifest's offsets.
//
// Offsets that retention deleted between two runs are listed as lost. Retention that overtakes
// a run while it reads is not noticed: a topic is kept for days, and a run takes minutes.
//
// A day is the UTC day of the record's timestamp, not that of an event in it: that never
// changes, so that files are written once.
//
// Memory is bounded by a chunk, and for the newest records by the keys of one partition.
package export
