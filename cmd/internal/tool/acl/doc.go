// Package acl defines the rights of each role on topics, groups and transactional ids,
// and applies them to the cluster's authorizer.
//
//	roles + topic table + principals ─► Want ─► Diff against the cluster ─► Apply
//	                                      └──► Commands, for kafka-acls.sh
//
// Each role gets the rights that its work needs and no others: ingest and an operator's
// replay write raw topics, processors and operators read them. Missing rules are added;
// rules of ours that are not wanted are removed on request. Rules of a principal without
// a role are never changed, but each one that covers our topics is reported.
//
// Rights that Kafka's authorizer implies are left out: read, write, alter and delete
// imply describe, alter configs implies describe configs.
package acl
