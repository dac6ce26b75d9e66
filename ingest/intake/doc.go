// Package intake bounds what senders may hold before anybody knows who they are:
// connections, and the bytes of bodies that are being read.
//
//	connection ─► Connections (slots, a bound per address; the longest unused one makes room)
//	request    ─► Address     (the sender's, behind listed proxies the forwarded one)
//	body       ─► Bodies      (room as bytes arrive; unproven bodies have a share of their own)
//	refusal    ─► HangUp      (answered at once, the rest of the body is not waited for)
//
// It promises that a sender without a secret cannot keep a proven one out: what is
// unproven, a connection or a body, is always the first to go, the oldest of it
// before the newest. It knows no provider and no answer.
package intake
