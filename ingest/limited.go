package ingest

import (
	"net"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// limited accepts as many connections as there are slots; more wait in the
// kernel's queue.
type limited struct {
	net.Listener

	slots  chan struct{}
	closed chan struct{}
	once   sync.Once
	open   prometheus.Gauge
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	l.open.Inc()
	return &limitedConn{Conn: conn, release: func() {
		l.open.Dec()
		<-l.slots
	}}, nil
}

// Close implements net.Listener.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// limitedConn gives its slot back once.
type limitedConn struct {
	net.Conn

	once    sync.Once
	release func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.release)
	return err
}
