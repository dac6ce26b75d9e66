package intake

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Reasons for closing a connection to make room for another: values of
// ConnectionsConfig.Closed.
const (
	closedForRoom    = "room"    // all slots were taken
	closedForAddress = "address" // its address had as many as one may have
	refusedAddress   = "address_busy"
)

// ConnectionsConfig bounds the connections of a port.
type ConnectionsConfig struct {
	// Max is the maximum number of open connections.
	Max int
	// PerAddress is the maximum number of connections of one address; 0 means no limit.
	// IPv6 addresses of one /64 count as one.
	PerAddress int
	// Proxies are the networks whose connections are not bounded by address.
	Proxies []netip.Prefix
	// Open counts the open connections, Closed those that were closed, by reason:
	// "room" and "address" for the longest unused one that made room, "address_busy"
	// for a new one of an address whose others all carry proven requests.
	Open   prometheus.Gauge
	Closed *prometheus.CounterVec
}

// Connections is a listener with a bound. A connection that carries no proven request
// may be closed for a newer one, the longest unused one first. While all of them carry
// one, a new connection waits.
type Connections struct {
	net.Listener

	cfg    ConnectionsConfig
	closed chan struct{}
	once   sync.Once
	freed  chan struct{} // a slot, or a connection that may be closed for another

	mu        sync.Mutex
	open      int
	unused    queue[Conn]
	addresses map[netip.Addr]*queue[Conn] // used: its open connections
}

// NewConnections bounds a listener.
func NewConnections(l net.Listener, cfg ConnectionsConfig) *Connections {
	return &Connections{
		Listener: l, cfg: cfg, closed: make(chan struct{}), freed: make(chan struct{}, 1), addresses: map[netip.Addr]*queue[Conn]{},
	}
}

// Conn is a connection of Connections.
type Conn struct {
	net.Conn

	owner *Connections
	// bounded is false where the address has no bound.
	bounded bool
	address netip.Addr

	// Guarded by owner.mu.
	gone      bool
	proven    int // proven requests being handled
	slot, own node[Conn]
}

// Accept implements net.Listener.
func (l *Connections) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &Conn{Conn: conn, owner: l}
		address := parse(conn.RemoteAddr().String())
		c.bounded = l.cfg.PerAddress > 0 && address.IsValid() && !Within(l.cfg.Proxies, address)
		c.address = network(address)
		switch admitted, waited := l.admit(c); {
		case !waited:
			_ = conn.Close()
			return nil, net.ErrClosed
		case admitted:
			return c, nil
		}
		_ = conn.Close()
	}
}

// admit makes room for a connection and waits for it if need be. It returns
// admitted == false if the address may not have another, and waited == false if the
// listener was closed meanwhile.
func (l *Connections) admit(c *Conn) (admitted, waited bool) {
	for {
		done, refused, old := l.try(c)
		for _, o := range old {
			_ = o.Conn.Close()
		}
		if done {
			return !refused, true
		}
		select {
		case <-l.freed:
		case <-l.closed:
			return false, false
		}
	}
}

// try lists a connection if there is room, or can be made by closing old ones.
func (l *Connections) try(c *Conn) (done, refused bool, old []*Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.bounded {
		if own := l.addresses[c.address]; own != nil && own.used >= int64(l.cfg.PerAddress) {
			oldest := own.oldest()
			if oldest == nil {
				l.count(refusedAddress)
				return true, true, nil
			}
			l.count(closedForAddress)
			l.drop(oldest)
			old = append(old, oldest)
		}
	}
	if l.open >= l.cfg.Max {
		oldest := l.unused.oldest()
		if oldest == nil {
			return false, false, old
		}
		l.count(closedForRoom)
		l.drop(oldest)
		old = append(old, oldest)
	}
	l.open++
	if c.bounded {
		own := l.addresses[c.address]
		if own == nil {
			own = &queue[Conn]{}
			l.addresses[c.address] = own
		}
		own.used++
	}
	l.list(c)
	l.report()
	return true, false, old
}

func (l *Connections) count(reason string) {
	if l.cfg.Closed != nil {
		l.cfg.Closed.WithLabelValues(reason).Inc()
	}
}

func (l *Connections) report() {
	if l.cfg.Open != nil {
		l.cfg.Open.Set(float64(l.open))
	}
}

// list adds a connection as the newest of those that may be closed for another.
func (l *Connections) list(c *Conn) {
	l.unused.push(&c.slot, c)
	if c.bounded {
		l.addresses[c.address].push(&c.own, c)
	}
}

func (l *Connections) unlist(c *Conn) {
	l.unused.remove(&c.slot)
	if c.bounded {
		l.addresses[c.address].remove(&c.own)
	}
}

// drop removes a connection and frees its slot.
func (l *Connections) drop(c *Conn) {
	if c.gone {
		return
	}
	l.unlist(c)
	c.gone = true
	l.open--
	if c.bounded {
		own := l.addresses[c.address]
		own.used--
		if own.used == 0 {
			delete(l.addresses, c.address)
		}
	}
	l.report()
	l.free()
}

// free wakes the waiting connection, if there is one.
func (l *Connections) free() {
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

// Close implements net.Listener.
func (l *Connections) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	err := c.Conn.Close()
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	c.owner.drop(c)
	return err
}

// CloseWrite ends the sending direction, so that the peer reads an answer to its end
// before the connection is cut.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Begin marks the start of a proven request: until End the connection is not closed for
// another. A nil Conn belongs to another listener, and both methods ignore it.
func (c *Conn) Begin() {
	if c == nil {
		return
	}
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	c.proven++
	if c.proven == 1 && !c.gone {
		c.owner.unlist(c)
	}
}

// End is called once for each Begin.
func (c *Conn) End() {
	if c == nil {
		return
	}
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	c.proven--
	if c.proven == 0 && !c.gone {
		c.owner.list(c)
		c.owner.free()
	}
}

type connKey struct{}

// WithConn is an http.Server's ConnContext: requests find their connection in their
// context.
func WithConn(ctx context.Context, conn net.Conn) context.Context {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if c, ok := conn.(*Conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// ConnOf returns the connection of a request, or nil.
func ConnOf(ctx context.Context) *Conn {
	c, _ := ctx.Value(connKey{}).(*Conn)
	return c
}
