package intake

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// HangUp makes the server send the answer, which must not have begun, at once and close
// the connection after it. net/http would otherwise first read the unwanted body until
// it ends or the read timeout passes. With HTTP/2 only the stream ends and the
// connection stays: closing it would lose proven requests that a sender or proxy sends
// on the same connection.
func HangUp(w http.ResponseWriter, r *http.Request, unread bool) {
	if r.ProtoMajor != 1 {
		return
	}
	w.Header().Set("Connection", "close")
	if !unread {
		return
	}
	// A MaxBytesReader that exceeds its limit makes net/http do this: it sends the
	// answer, closes the sending direction, and gives the peer half a second to read
	// it.
	_, _ = http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
	// Closing the body must not wait for it either.
	_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
}
