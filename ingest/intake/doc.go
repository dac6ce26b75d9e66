// Package intake limits the connections and body bytes that senders may hold before they
// are authenticated.
//
//	connection ─► Connections (slots, a bound per address; the longest unused one makes room)
//	request    ─► Address     (the sender's, behind listed proxies the forwarded one)
//	body       ─► Bodies      (room as bytes arrive; unproven bodies have a share of their own)
//	refusal    ─► HangUp      (answered at once, the rest of the body is not waited for)
//
// It promises that a sender without a secret cannot keep a proven one out: when room is
// needed, unproven connections and bodies are evicted first, the oldest before the newest.
// It depends on no provider and writes no answers.
package intake
