// Package acl says who may do what with the topics, and makes the cluster's
// authorizer say the same.
//
//	roles + topic table + principals ─► Want ─► Diff against the cluster ─► Apply
//	                                      └──► Commands, for kafka-acls.sh
//
// It gives each role what its work needs and nothing else: raw topics are written
// by ingest and by an operator's replay, and read by processors and operators. It
// adds what is missing and removes, when told to, what is ours and not wanted. It
// never touches a rule of a principal that has no role here, but tells of each one
// that reaches into our topics.
//
// Rights that Kafka's authorizer implies are not spelled out: who may read, write,
// alter or delete may describe, who may alter a topic's settings may describe them.
package acl
