// Package standard turns webhooks that are signed as Standard Webhooks specifies into facts,
// and joins them to journeys as milestones. It serves any sender that signs this way.
//
//	raw.standard.v1 ─► decoded.standard.event.v1: id, type, time, the fields of the settings
//	                ├► duplicates.v1: a webhook-id that was seen
//	                └► internal.journey.v1: the types of events of the source and correlation id
//
// Promise: each webhook-id of a source and correlation id counts once, for as long as events
// of that correlation id come and a retention longer. The milestones are a function of the
// set of events, not of their order.
//
// The body is the sender's own. Only its members type and timestamp have a meaning that the
// specification recommends; the correlation ids and further fields are where the source's
// settings say. A value leaves unchanged if it looks like an id or a word; any other leaves
// as a pseudonym.
package standard
