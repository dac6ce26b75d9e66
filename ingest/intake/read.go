package intake

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
)

// Reasons why a body was not read.
var (
	// ErrTooLarge is a body beyond the limit.
	ErrTooLarge = errors.New("the body is too large")
	// ErrNoRoom is a body for which the budget has no room, or that was evicted to make
	// room for a newer one.
	ErrNoRoom = errors.New("there is no room for the body")
	// ErrSlow is a body that did not come in time.
	ErrSlow = errors.New("the body did not come in time")
	// ErrCut is a body that ended before its announced length.
	ErrCut = errors.New("the body did not come whole")
)

// Read reads a request's whole body into a slice that nothing else uses: it becomes the
// record's value. It takes room from the budget as bytes arrive; the slice is at most
// twice as large as the bytes that arrived. A body counts as unproven, for its source
// and its sender's address, unless Prove came first. The room is held until Release.
func (body *Body) Read(b *Bodies, w http.ResponseWriter, r *http.Request, source string, from netip.Addr) ([]byte, error) {
	length, text := r.ContentLength, io.Reader(r.Body)
	switch {
	case length > b.largest:
		return nil, ErrTooLarge
	case length == 0:
		return nil, nil
	case length < 0:
		text = http.MaxBytesReader(w, r.Body, b.largest)
	}
	body.w, body.source, body.from = w, source, network(from)
	if !b.begin(body) {
		return nil, ErrNoRoom
	}
	whole, err := body.fill(text, length)
	if !b.read(body) {
		return nil, ErrNoRoom
	}
	return whole, reason(err)
}

// fill reads up to length bytes, or, where length is negative, to the end.
func (body *Body) fill(r io.Reader, length int64) ([]byte, error) {
	most := length
	if length < 0 {
		most = body.budget.largest + 1 // MaxBytesReader gives no more than the limit
	}
	text := make([]byte, 0, min(firstRoom, most))
	for {
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case int64(len(text)) == length:
			return text, nil
		case errors.Is(err, io.EOF) && length < 0:
			return text, nil
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case len(text) < cap(text):
			continue
		}
		size := min(2*int64(cap(text)), most)
		if !body.budget.more(body, size-int64(max(cap(text), firstRoom))) {
			return nil, ErrNoRoom
		}
		text = append(make([]byte, 0, size), text...)
	}
}

// reason maps the error of reading a body to one of the errors above.
func reason(err error) error {
	if err == nil {
		return nil
	}
	var over *http.MaxBytesError
	switch {
	case errors.Is(err, ErrNoRoom):
		return err
	case errors.As(err, &over):
		return ErrTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrSlow
	}
	return ErrCut
}
