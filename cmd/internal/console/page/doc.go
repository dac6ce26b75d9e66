// Package page serves pages: one content as HTML, as JSON, as CSV and as a live stream.
//
//	request ─► Build ─► Content ─┬─► HTML in the shell of package view, pushed again when a poll changes
//	                             ├─► ?format=json
//	                             └─► ?format=csv&table=
//
// Promise: an error is a page, too; a person sees a page at once, and its numbers when they are there.
package page
