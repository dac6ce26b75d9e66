package intake

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// HangUp lets the answer, which must not have begun, be sent at once and the connection
// be closed behind it. net/http would first read on in a body that nobody wants, until
// it ends or the read timeout. With HTTP/2 the stream ends in any case, and the connection
// stays: closing it would lose the proven requests that a sender or proxy puts beside it.
func HangUp(w http.ResponseWriter, r *http.Request, unread bool) {
	if r.ProtoMajor != 1 {
		return
	}
	w.Header().Set("Connection", "close")
	if !unread {
		return
	}
	// A reader that exceeds its limit is net/http's own way to say this: it sends the
	// answer, ends the sending direction, and leaves the peer half a second to read it.
	_, _ = http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
	// Closing the body must not wait for it either.
	_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
}
