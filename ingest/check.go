package ingest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// check asks Kafka whether it would take a record while none is written, so that its
// absence is known before the first webhook meets it, and its return without one.
type check struct {
	client *kgo.Client
	link   *link
	// topics returns the raw topics of the sources of now.
	topics func() []string
	// every is about how often it is asked, patience how long an answer may take: as
	// long as a record would have.
	every, patience time.Duration

	stop context.CancelFunc
	done chan struct{}
}

// start begins; end ends it, and nothing else does: ctx only lends its values.
func (c *check) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.stop, c.done = cancel, make(chan struct{})
	// Ended by end.
	go func() {
		defer close(c.done)
		c.run(ctx)
	}()
}

// end ends it and waits until it has; before start it does nothing.
func (c *check) end() {
	if c.stop == nil {
		return
	}
	c.stop()
	<-c.done
}

func (c *check) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for acks := uint64(0); ; timer.Reset(c.pause()) {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-c.link.look:
		}
		// Records that were taken since say more than any question.
		if now := c.link.acks.count(); now != acks {
			acks = now
			continue
		}
		err := c.ask(ctx)
		if ctx.Err() != nil {
			return
		}
		if c.link.acks.count() == acks {
			c.link.checked(err)
		}
	}
}

// pause spreads the questions of many processes that started at once.
func (c *check) pause() time.Duration {
	return c.every*3/4 + rand.N(c.every/2+1) //nolint:gosec // nobody is to be surprised by it
}

// ask returns why a record would not be taken. What passes before the patience ends,
// as an election does, is no reason: a record would have waited for it, too.
func (c *check) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	var why error
	for {
		err := c.once(ctx)
		if err == nil {
			return nil
		}
		// That time ran out does not hide why.
		if why == nil || !errors.Is(err, context.DeadlineExceeded) {
			why = err
		}
		timer := time.NewTimer(retryBackoff)
		select {
		case <-ctx.Done():
			timer.Stop()
			return why
		case <-timer.C:
		}
	}
}

// once asks for the raw topics: they must be there, ours to see, and each partition
// must have a leader.
func (c *check) once(ctx context.Context) error {
	request := kmsg.NewPtrMetadataRequest()
	request.AllowAutoTopicCreation = false
	request.Topics = []kmsg.MetadataRequestTopic{} // none is not all
	for _, name := range c.topics() {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, c.client)
	if err != nil {
		return err
	}
	for i := range response.Topics {
		topic := &response.Topics[i]
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil {
			return err
		}
		for j := range topic.Partitions {
			// A replica that is away is no reason: the leader takes records.
			if err := kerr.ErrorForCode(topic.Partitions[j].ErrorCode); err != nil && !errors.Is(err, kerr.ReplicaNotAvailable) {
				return err
			}
		}
	}
	return nil
}

// rawTopics returns the topics that the sources of now write to.
func (s *Service) rawTopics() []string {
	var out []string
	for _, e := range *s.entrances.Load() {
		name, ok := map[string]string{
			raw.ProviderLOX24: schemas.RawLOX24, raw.ProviderUAPAY: schemas.RawUAPAY,
			raw.ProviderVoximplant: schemas.RawVoximplant, raw.ProviderUnibell: schemas.RawUnibell,
		}[e.provider]
		if ok {
			out = append(out, s.deps.Names.Topic(name))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
