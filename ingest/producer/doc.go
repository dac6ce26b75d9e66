// Package producer writes raw records to Kafka and knows whether Kafka takes them.
//
//	records ─► Write ─► partition by the configured count ─► all in-sync replicas ─► receipts
//	                └► too large together: one by one
//	probe ─► metadata of the raw topics ─► Health: away, since when, why, by topic
//	      └► topic with a new id: forget the old one
//
// Promise: Write returns receipts only for records that every in-sync replica has. It
// returns within the answer deadline, whatever Kafka does.
package producer
