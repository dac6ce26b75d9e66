package ingest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The kinds of errors on the way to Kafka that Kafka has no name for.
const (
	kindTimeout = "timeout"
	kindRefused = "connection_refused"
	kindClosed  = "connection_closed"
	kindDNS     = "dns"
	kindTLS     = "tls"
	kindOther   = "other"
)

// link is what is known of the way to Kafka. The producer tells it what became of
// records, the check what it found while there were none, the client's hook which
// connections failed. It is safe for use by
// several goroutines.
type link struct {
	now    func() time.Time
	logger *slog.Logger
	errors *prometheus.CounterVec
	// fresh is how long a cause explains the timeouts that follow it.
	fresh time.Duration
	// awaySince is when Kafka first failed after it last worked, in Unix
	// nanoseconds; 0 while it works.
	awaySince atomic.Int64
	last      atomic.Pointer[linkError]
	acks      ackTimes
	// look asks the check to find out at once what a record has met; of capacity 1.
	look chan struct{}

	// mu guards the change between away and not. Nothing takes it while all goes well.
	mu sync.Mutex
	// seen says that the check has found Kafka away, too, since it last worked.
	seen bool
}

// linkError is the kind of an error and its time.
type linkError struct {
	kind string
	at   time.Time
}

// OnBrokerConnect implements kgo.HookBrokerConnect. It is called for every attempt,
// after TLS and SASL, so that it knows why Kafka cannot be reached where the
// producer only sees that time ran out.
func (l *link) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, kgo.ErrClientClosed) {
		l.note(err)
	}
}

// failed notes a record that Kafka did not take.
func (l *link) failed(err error) {
	l.note(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.goneAway() {
		select {
		case l.look <- struct{}{}:
		default:
		}
	}
}

// worked notes records that it did, and in what time.
func (l *link) worked(took time.Duration) {
	l.acks.add(took)
	if l.awaySince.Load() != 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.back()
	}
}

// checked notes what the check found; nil is that Kafka would take a record. That is
// believed only of an absence which the check has seen itself: where it found nothing
// wrong while records failed, as with too few replicas in sync, only a record shows
// that it is over.
func (l *link) checked(err error) {
	if err != nil {
		l.note(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.seen = true
		l.goneAway()
	case l.seen:
		l.back()
	}
}

// goneAway says so once, and not for each webhook: those tell only that time ran out.
// It returns whether it is new.
func (l *link) goneAway() bool {
	if !l.awaySince.CompareAndSwap(0, l.now().UnixNano()) {
		return false
	}
	l.logger.Warn("kafka does not take records: webhooks are answered 503 until it does; look at the brokers, and at kafka in the configuration",
		slog.String("error_kind", l.last.Load().kind))
	return true
}

func (l *link) back() {
	l.seen = false
	if since := l.awaySince.Swap(0); since != 0 {
		l.logger.Info("kafka takes records again", slog.Duration("away", l.now().Sub(time.Unix(0, since))))
	}
}

// since returns when Kafka went away, or nil.
func (l *link) since() *time.Time {
	nanos := l.awaySince.Load()
	if nanos == 0 {
		return nil
	}
	at := time.Unix(0, nanos).UTC()
	return &at
}

// note keeps the error's kind. A timeout does not hide the cause it comes from.
func (l *link) note(err error) {
	kind, now := errorKind(err), l.now().UTC()
	l.errors.WithLabelValues(kind).Inc()
	if before := l.last.Load(); kind == kindTimeout && before != nil && now.Sub(before.at) <= l.fresh {
		kind = before.kind
	}
	l.last.Store(&linkError{kind: kind, at: now})
}

// errorKind sorts an error into one word that holds no address and no text of
// others.
func errorKind(err error) string {
	var (
		kafka    *kerr.Error
		lookup   *net.DNSError
		timeout  net.Error
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		stranger x509.UnknownAuthorityError
		alert    tls.AlertError
	)
	switch {
	case errors.As(err, &kafka):
		return strings.ToLower(kafka.Message)
	case errors.As(err, &lookup):
		return kindDNS
	case errors.As(err, &record), errors.As(err, &verify), errors.As(err, &stranger), errors.As(err, &alert):
		return kindTLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return kindRefused
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return kindClosed
	case errors.Is(err, kgo.ErrRecordTimeout), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return kindTimeout
	}
	return kindOther
}

// ackTimes are the newest times of acknowledgement, in nanoseconds.
type ackTimes struct {
	next  atomic.Uint64
	times [ackWindow]atomic.Int64
}

const ackWindow = 256

func (a *ackTimes) add(took time.Duration) {
	a.times[(a.next.Add(1)-1)%ackWindow].Store(max(int64(took), 1))
}

// count returns how many there have been.
func (a *ackTimes) count() uint64 { return a.next.Load() }

// quantiles returns the median and the 99th percentile in seconds.
func (a *ackTimes) quantiles() (p50, p99 float64) {
	sorted := make([]int64, 0, ackWindow)
	for i := range a.times {
		if v := a.times[i].Load(); v > 0 {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return 0, 0
	}
	slices.Sort(sorted)
	at := func(percent int) float64 {
		return time.Duration(sorted[(len(sorted)-1)*percent/100]).Seconds()
	}
	return at(50), at(99)
}
