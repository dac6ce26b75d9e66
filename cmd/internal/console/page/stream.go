package page

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// The pace of a live page.
const (
	// calm is the shortest time between two updates.
	calm = time.Second
	// heartbeat keeps proxies from closing a page that does not change.
	heartbeat = 15 * time.Second
)

// stream sends a page again whenever it changes, as server-sent events.
func (f *Frame) stream(w http.ResponseWriter, p *Page, q *Request) {
	select {
	case f.streams <- struct{}{}:
		defer func() { <-f.streams }()
	default:
		http.Error(w, "Too many live pages are open.", http.StatusServiceUnavailable)
		return
	}
	for _, poll := range p.Live {
		defer poll.Watch()() //nolint:gocritic // a handful, until the page is closed
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	ctx := q.Context()
	var last []byte
	for ctx.Err() == nil {
		changed := changes(p.Live)
		var b bytes.Buffer
		c := f.content(ctx, p, q, paintWait)
		if err := bodyOf(c).Render(&b); err != nil {
			return
		}
		message := []byte(": still\n\n")
		if !bytes.Equal(b.Bytes(), last) {
			last = b.Bytes()
			message = event(last)
		}
		if _, err := w.Write(message); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		_ = timespan.Wait(ctx, calm)
		first(ctx, changed, heartbeat)
	}
}

// event is a server-sent event with HTML, each line with its field name.
func event(html []byte) []byte {
	var b bytes.Buffer
	b.WriteString("event: page\n")
	for line := range bytes.SplitSeq(html, []byte("\n")) {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteString("\n")
	return b.Bytes()
}

func changes(polls []Watched) []<-chan struct{} {
	out := make([]<-chan struct{}, len(polls))
	for i := range polls {
		out[i] = polls[i].Changed()
	}
	return out
}

// first waits for the first of several channels.
func first(ctx context.Context, channels []<-chan struct{}, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for _, c := range channels {
		// Each ends with its channel or with ctx.
		go func() {
			select {
			case <-c:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	<-ctx.Done()
}
