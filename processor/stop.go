package processor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// stopPatience is how long a stop waits for Kafka's answer.
	stopPatience = 3 * time.Second
	// abandonAfter is how long the workers then have to end.
	abandonAfter = time.Second
)

// Stop ends the open transactions, leaves the consumer groups and closes the state
// store. If Kafka does not answer, it leaves the transactions to Kafka, which aborts them;
// the next start goes on from the last commit. It may be called without Start.
func (p *Processor) Stop(ctx context.Context) error {
	if p.engine == nil {
		return nil
	}
	p.stateDir.end()
	defer p.pauses.Stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped, asked := make(chan error, 1), make(chan error, 1)
	// Both end with their answers, or with the process.
	go func() { stopped <- p.engine.Stop(ctx) }()
	go func() { asked <- p.ping(ctx) }()
	for {
		select {
		case err := <-stopped:
			cancel()
			if asked != nil {
				<-asked //nolint:errcheck // the stop is over
			}
			return err
		case err := <-asked:
			asked = nil
			if err != nil {
				p.deps.Logger.WarnContext(ctx, "kafka is away: open transactions are left to it, the next start goes on from the last commit", slog.String("error", err.Error()))
				cancel()
				return p.abandon(stopped)
			}
		}
	}
}

// abandon waits a last moment for the workers: a request to a broker that hangs holds them
// for longer. The state store is then left as a crash leaves it.
func (p *Processor) abandon(stopped <-chan error) error {
	timer := time.NewTimer(abandonAfter)
	defer timer.Stop()
	select {
	case err := <-stopped:
		return err
	case <-timer.C:
		p.deps.Logger.Warn("a request to kafka hangs: the state store is left as it is, the next start reads a part of the changelog")
		return nil
	}
}

// ping asks any broker for an answer within stopPatience.
func (p *Processor) ping(ctx context.Context) error {
	client, err := kgo.NewClient(p.deps.Kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	// A dial ends with its client, not with its request.
	defer context.AfterFunc(ctx, client.Close)()
	defer client.Close()
	err = client.Ping(ctx)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("no broker answers within %s", stopPatience)
	}
	return err //nolint:wrapcheck // the caller logs it
}
