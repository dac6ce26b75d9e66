package kafka

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Patience is how long a client waits for a broker's first answer before it says so.
const Patience = 3 * time.Second

// Silence is a client hook that reports once if no broker has answered any client within Patience of the first one's start.
type Silence struct {
	report func(cause error)
	mu     sync.Mutex
	timer  *time.Timer
	// cause is the last failure of a connection or of a read.
	cause error
}

// ErrNoAnswer is the cause if no connection has failed: the broker's host does not answer at all.
var ErrNoAnswer = errors.New("no connection was refused, but nothing answers")

var (
	_ kgo.HookNewClient     = (*Silence)(nil)
	_ kgo.HookBrokerConnect = (*Silence)(nil)
	_ kgo.HookBrokerRead    = (*Silence)(nil)
	_ kgo.HookClientClosed  = (*Silence)(nil)
)

// NewSilence returns a hook for the clients of one program.
func NewSilence(report func(cause error)) *Silence {
	return &Silence{report: report, cause: ErrNoAnswer}
}

// OnNewClient implements kgo.HookNewClient.
func (w *Silence) OnNewClient(*kgo.Client) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil {
		w.timer = time.AfterFunc(Patience, func() { w.report(w.lastCause()) })
	}
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (w *Silence) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	w.failed(err)
}

// OnBrokerRead implements kgo.HookBrokerRead.
func (w *Silence) OnBrokerRead(_ kgo.BrokerMetadata, _ int16, _ int, _, _ time.Duration, err error) {
	if err == nil {
		w.stop()
	}
	w.failed(err)
}

// OnClientClosed implements kgo.HookClientClosed.
func (w *Silence) OnClientClosed(*kgo.Client) { w.stop() }

func (w *Silence) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.cause = err
	}
}

func (w *Silence) lastCause() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cause
}

func (w *Silence) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
}

// HangsUp reports whether an error means that a broker accepted a connection and closed it before its
// first answer.
func HangsUp(err error) bool {
	_, ok := errors.AsType[*kgo.ErrFirstReadEOF](err)
	return ok || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// Unreachable reports whether an error means that no broker was reached. A port of our own that cannot be
// listened on is none.
func Unreachable(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "listen" {
		return false
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}
