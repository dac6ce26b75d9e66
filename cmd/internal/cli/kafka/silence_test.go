package kafka_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
)

// TestSilence reports a broker that does not answer, once and after Patience, and none that does.
func TestSilence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  bool
		connect error
		err     error
		want    int64
		cause   error
	}{
		"silent":                 {want: 1, cause: kafka.ErrNoAnswer},
		"refused":                {connect: syscall.ECONNREFUSED, want: 1, cause: syscall.ECONNREFUSED},
		"answers":                {answer: true},
		"refused, then answers":  {connect: syscall.ECONNREFUSED, answer: true},
		"answers with a failure": {answer: true, err: net.ErrClosed, want: 1, cause: net.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var reports atomic.Int64
				silence := kafka.NewSilence(func(cause error) {
					reports.Add(1)
					if !errors.Is(cause, c.cause) {
						t.Errorf("cause %v, want %v", cause, c.cause)
					}
				})
				silence.OnNewClient(nil)
				silence.OnBrokerConnect(kgo.BrokerMetadata{}, 0, nil, c.connect)
				time.Sleep(kafka.Patience - time.Millisecond)
				synctest.Wait()
				if reports.Load() != 0 {
					t.Error("reported before its time")
				}
				if c.answer {
					silence.OnBrokerRead(kgo.BrokerMetadata{}, 0, 0, 0, 0, c.err)
				}
				time.Sleep(2 * kafka.Patience)
				synctest.Wait()
				silence.OnClientClosed(nil)
				if got := reports.Load(); got != c.want {
					t.Errorf("%d reports, want %d", got, c.want)
				}
			})
		})
	}
}

// TestUnreachable: a broker that does not answer is named with its setting, a port of our own is not.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"refused":  {fmt.Errorf("unable to dial: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), true},
		"silent":   {fmt.Errorf("list the topics: %w", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), true},
		"no name":  {&net.DNSError{Err: "no such host"}, true},
		"our port": {fmt.Errorf("metrics: %w", &net.OpError{Op: "listen", Err: syscall.EADDRINUSE}), false},
		"another":  {errors.New("x"), false},
	} {
		if got := kafka.Unreachable(c.err); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

// TestHangsUp: a broker that accepts connections and closes them is told from one that refuses them.
func TestHangsUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	client, err := kgo.NewClient(kgo.SeedBrokers(listener.Addr().String()), kgo.RequestRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if err := client.Ping(t.Context()); !kafka.HangsUp(err) {
		t.Errorf("%v is not known as hung up", err)
	}
	// The request may already be under way: then the connection is reset.
	if err := (&net.OpError{Op: "read", Err: syscall.ECONNRESET}); !kafka.HangsUp(err) {
		t.Errorf("%v is not known as hung up", err)
	}
	if kafka.HangsUp(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}) {
		t.Error("a refused connection is known as hung up")
	}
}
