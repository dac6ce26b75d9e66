// Package contract generates the tables, types, comments and views by which a consumer
// reads the topics in an engine.
//
//	topic table, .avsc ─► Tables ─► engine ─► files of DDL or schema
//
// Every output follows from the schemas and the topic table alone; no topic and no field is
// listed here. A topic of snapshots becomes two relations: the history holds every revision,
// the view named as the entity holds the newest of each key. Other topics become one.
//
// The types survive the evolution that FULL_TRANSITIVE allows: strings where Avro might have
// an enum, nullable columns, and views that name their columns.
package contract
