package kafka_test

import (
	"net"
	"sync/atomic"
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
		answer bool
		err    error
		want   int64
	}{
		"silent":                 {want: 1},
		"answers":                {answer: true},
		"answers with a failure": {answer: true, err: net.ErrClosed, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var reports atomic.Int64
				silence := kafka.NewSilence(func() { reports.Add(1) })
				silence.OnNewClient(nil)
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
