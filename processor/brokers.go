package processor

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// silentAfter is how long no broker may have answered before Kafka counts as away. A
// fetch that finds nothing is answered in a third of it.
const silentAfter = 15 * time.Second

// brokers knows from all clients of the process whether Kafka answers.
type brokers struct {
	answer atomic.Int64 // Unix nanoseconds of the newest answer, or of the start
	failed atomic.Pointer[brokerFailure]
}

type brokerFailure struct{ kind string }

var (
	_ kgo.HookBrokerRead    = (*brokers)(nil)
	_ kgo.HookBrokerConnect = (*brokers)(nil)
)

func newBrokers() *brokers {
	b := &brokers{}
	b.answer.Store(time.Now().UnixNano())
	return b
}

// OnBrokerRead implements kgo.HookBrokerRead.
func (b *brokers) OnBrokerRead(_ kgo.BrokerMetadata, _ int16, _ int, _, _ time.Duration, err error) {
	if err == nil {
		b.answer.Store(time.Now().UnixNano())
		b.failed.Store(nil)
	}
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (b *brokers) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		b.failed.CompareAndSwap(nil, &brokerFailure{kind: dialKind(err)})
	}
}

// dialKind names why a broker could not be dialled.
func dialKind(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "its name is not found"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it does not answer"
	}
	return "it cannot be reached"
}

// why says since when Kafka is away; "" while it answers.
func (b *brokers) why() string {
	answer := time.Unix(0, b.answer.Load())
	silent := time.Since(answer)
	// One of several brokers may be down while others answer.
	if f := b.failed.Load(); f != nil && silent > silentAfter/3 {
		return "Kafka is away since " + timeOfDay(answer) + ": " + f.kind
	}
	if silent > silentAfter {
		return "Kafka is away since " + timeOfDay(answer) + ": no broker answers"
	}
	return ""
}
