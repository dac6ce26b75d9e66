//go:build synctests

package chaos_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// verdict is what becomes of a request.
type verdict int

const (
	passes     verdict = iota
	refused            // answered with an error, not applied
	confused           // applied, and answered with an error all the same
	alone              // one partition's part is refused, the others' applied
	cutBefore          // the connection ends, not applied
	cutAfter           // applied, the connection ends before the answer
	diesBefore         // the process ends with the request unsent
	diesAfter          // the process ends with the request applied
)

// wire is all connections of a process. It reads the frames that pass, so that a
// fault can be bound to a request.
type wire struct {
	network *kfake.VirtualNetwork
	// judge says what becomes of a request; code is the error for those that need one.
	judge func(req kmsg.Request) (v verdict, code int16)
	// die ends the process.
	die func()

	mu     sync.Mutex
	dead   bool
	frozen time.Time // nothing moves before
	conns  map[*conn]bool
}

func newWire(network *kfake.VirtualNetwork) *wire {
	return &wire{network: network, conns: map[*conn]bool{}}
}

// dial is what clients get.
func (w *wire) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	w.thaw()
	inner, err := w.network.DialContext(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, wire: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		_ = inner.Close()
		return nil, net.ErrClosed
	}
	w.conns[c] = true
	return c, nil
}

// cut ends all connections for good, as a kill -9 does.
func (w *wire) cut() {
	w.mu.Lock()
	w.dead = true
	conns := w.conns
	w.conns = map[*conn]bool{}
	w.mu.Unlock()
	for c := range conns {
		_ = c.Conn.Close()
	}
}

// freeze lets nothing pass for a time.
func (w *wire) freeze(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := time.Now().Add(d); until.After(w.frozen) {
		w.frozen = until
	}
}

func (w *wire) isDead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

// thaw waits for the end of a freeze.
func (w *wire) thaw() {
	for {
		w.mu.Lock()
		left := time.Until(w.frozen)
		if w.dead {
			left = 0
		}
		w.mu.Unlock()
		if left <= 0 {
			return
		}
		time.Sleep(left)
	}
}

// conn passes whole requests and whole responses.
type conn struct {
	net.Conn

	wire *wire
	out  []byte // written, not yet a whole request
	in   []byte // of a response, not yet read

	mu sync.Mutex
	// waiting are the requests without a response, in order.
	waiting []pending
}

type pending struct {
	kind        verdict
	correlation uint32
	// answer is a response made here.
	answer func(theirs []byte) []byte
}

// Write implements net.Conn.
func (c *conn) Write(b []byte) (int, error) {
	c.wire.thaw()
	c.out = append(c.out, b...)
	for len(c.out) >= 4 {
		size := int(binary.BigEndian.Uint32(c.out)) + 4
		if len(c.out) < size {
			break
		}
		frame := c.out[:size]
		c.out = c.out[size:]
		if err := c.request(frame); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (c *conn) request(frame []byte) error {
	req, correlation := parseRequest(frame)
	p := pending{}
	if req != nil && c.wire.judge != nil {
		var code int16
		if p.kind, code = c.wire.judge(req); c.wire.isDead() {
			return net.ErrClosed
		}
		if p.kind == refused || p.kind == confused {
			p.answer = refusal(req, correlation, code)
		}
	}
	if p.answer == nil && (p.kind == confused || p.kind == refused) {
		p.kind = passes
	}
	switch p.kind {
	case alone:
		frame, p = refuseAlone(req, frame, correlation)
	case cutBefore:
		_ = c.Conn.Close()
		return net.ErrClosed
	case diesBefore:
		c.wire.die()
		return net.ErrClosed
	case refused:
		// A fetch session needs the broker's own answer.
		if req.Key() == int16(kmsg.Fetch) {
			p.kind = confused
		}
	default: // it goes out
	}
	p.correlation = correlation
	c.mu.Lock()
	c.waiting = append(c.waiting, p)
	c.mu.Unlock()
	// A network takes time. Without, a client that asks again at once for what is not
	// there yet is answered at once, for ever, and the clock of the bubble stands still.
	time.Sleep(200*time.Microsecond + time.Duration(p.correlation%16)*100*time.Microsecond)
	if p.kind == refused {
		return nil
	}
	_, err := c.Conn.Write(frame)
	return err
}

// Read implements net.Conn. It gives the bytes of one response at most.
func (c *conn) Read(b []byte) (int, error) {
	if len(c.in) == 0 {
		if err := c.response(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.in)
	c.in = c.in[n:]
	return n, nil
}

func (c *conn) response() error {
	c.wire.thaw()
	c.mu.Lock()
	p := pending{}
	if len(c.waiting) > 0 {
		p = c.waiting[0]
		c.waiting = c.waiting[1:]
	}
	c.mu.Unlock()
	// A network takes time. Without, a client that asks again at once for what is not
	// there yet is answered at once, for ever, and the clock of the bubble stands still.
	time.Sleep(200*time.Microsecond + time.Duration(p.correlation%16)*100*time.Microsecond)
	if p.kind == refused {
		c.in = p.answer(nil)
		return nil
	}
	var size [4]byte
	if _, err := io.ReadFull(c.Conn, size[:]); err != nil {
		return err
	}
	frame := make([]byte, 4+binary.BigEndian.Uint32(size[:]))
	copy(frame, size[:])
	if _, err := io.ReadFull(c.Conn, frame[4:]); err != nil {
		return err
	}
	c.wire.thaw()
	switch p.kind {
	case cutAfter:
		_ = c.Conn.Close()
		return io.EOF
	case diesAfter:
		c.wire.die()
		return io.EOF
	case confused:
		frame = p.answer(frame)
	default: // as it is
	}
	c.in = frame
	return nil
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.wire.mu.Lock()
	delete(c.wire.conns, c)
	c.wire.mu.Unlock()
	return c.Conn.Close()
}
