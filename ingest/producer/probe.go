package producer

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// probe asks Kafka whether it would take records of topics that nobody currently writes
// to, so that an outage is known before the first webhook meets it, and its end without
// one. It also makes the clients forget a topic that was deleted and created again.
type probe struct {
	client *kgo.Client
	health *health
	inUse  func() []string
	forget func(topics ...string)
	// every is about how often it asks, 0 for never. patience is how long an answer may
	// take; it equals the time that a record would wait.
	every, patience time.Duration

	stop context.CancelFunc
	done chan struct{}

	// Of run's goroutine alone:

	acked map[*topic]uint64   // as the last round found them
	ids   map[string][16]byte // the topics' ids
	wide  map[string]int      // the partition counts beyond the configured ones
	// forgot is when the clients were last made to forget a topic.
	forgot map[string]time.Time
}

// forgetPause is how long the probe waits for a recreated topic to become usable before
// it makes the clients forget the topic again: each time fails the records that they
// have buffered for it.
const forgetPause = time.Second

// start begins; end ends it, and nothing else does: ctx only lends its values.
func (p *probe) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p.stop, p.done = cancel, make(chan struct{})
	p.acked, p.ids, p.wide = make(map[*topic]uint64), make(map[string][16]byte), make(map[string]int)
	p.forgot = make(map[string]time.Time)
	// Ended by end.
	go func() {
		defer close(p.done)
		p.run(ctx)
	}()
}

// end ends it and waits until it has ended; before start it does nothing.
func (p *probe) end() {
	if p.stop == nil {
		return
	}
	p.stop()
	<-p.done
}

func (p *probe) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	due := timer.C
	if p.every == 0 {
		due = nil
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-due:
		case <-p.health.look:
		}
		p.round(ctx)
		if p.every > 0 {
			timer.Reset(p.pause())
		}
	}
}

// pause returns the time until the next request, with jitter, so that processes that
// started together do not ask together.
func (p *probe) pause() time.Duration {
	return p.every*3/4 + rand.N(p.every/2+1) //nolint:gosec // nobody is to be surprised by it
}

// round makes the clients forget recreated topics and asks for the topics without
// records.
func (p *probe) round(ctx context.Context) {
	p.remade()
	if p.every == 0 {
		return
	}
	asked := make(map[*topic]uint64)
	for _, name := range p.inUse() {
		t := p.health.topics[name]
		// Records written since the last round already show the topic's state.
		if n := t.acked.Load(); n == p.acked[t] {
			asked[t] = n
		} else {
			p.acked[t] = n
		}
	}
	if len(asked) == 0 {
		return
	}
	found := p.ask(ctx, asked)
	if ctx.Err() != nil {
		return
	}
	for t := range found {
		if t.acked.Load() != asked[t] {
			delete(found, t)
		}
	}
	p.health.checked(found)
}

// remade makes the clients forget topics whose id Kafka no longer knows. The next
// request then shows that they work again.
func (p *probe) remade() {
	for name, t := range p.health.topics {
		now := p.health.now()
		if !t.remade.Load() || now.Sub(p.forgot[name]) < forgetPause {
			continue
		}
		p.forgot[name] = now
		delete(p.ids, name)
		p.forget(name)
		t.remade.Store(false)
		p.health.mu.Lock()
		t.seen = true
		p.health.mu.Unlock()
	}
}

// ask returns, by topic, why Kafka would not take a record. A condition that ends
// within the probe's patience, such as an election, does not count: a record would have
// waited for its end, too.
func (p *probe) ask(ctx context.Context, topics map[*topic]uint64) map[*topic]error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	why := make(map[*topic]error, len(topics))
	for {
		err := p.once(ctx, topics, why)
		well := err == nil
		for t := range topics {
			// A timeout does not replace the result of an earlier attempt, be it an error or none.
			_, answered := why[t]
			if err != nil && (!answered || !errors.Is(err, context.DeadlineExceeded)) {
				why[t] = err
			}
			well = well && why[t] == nil
		}
		if well {
			return why
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

// once asks Kafka for the metadata of the topics: each must exist and be visible to us,
// and each of its partitions must have a leader.
func (p *probe) once(ctx context.Context, topics map[*topic]uint64, why map[*topic]error) error {
	request := kmsg.NewPtrMetadataRequest()
	request.AllowAutoTopicCreation = false
	request.Topics = []kmsg.MetadataRequestTopic{} // none is not all
	for t := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &t.name
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, p.client)
	if err != nil {
		return err
	}
	for i := range response.Topics {
		answer := &response.Topics[i]
		if answer.Topic == nil {
			continue
		}
		if t := p.health.topics[*answer.Topic]; t != nil {
			why[t] = p.judge(t, answer)
		}
	}
	return nil
}

// judge returns the reason why a topic would refuse records of some keys, or nil.
func (p *probe) judge(t *topic, answer *kmsg.MetadataResponseTopic) error {
	if err := kerr.ErrorForCode(answer.ErrorCode); err != nil {
		return err
	}
	if id := answer.TopicID; id != ([16]byte{}) {
		if before, ok := p.ids[t.name]; ok && before != id {
			p.forget(t.name)
		}
		p.ids[t.name] = id
	}
	for j := range answer.Partitions {
		// A missing replica does not matter here: the leader still takes records.
		if err := kerr.ErrorForCode(answer.Partitions[j].ErrorCode); err != nil && !errors.Is(err, kerr.ReplicaNotAvailable) {
			return err
		}
	}
	return p.count(t, len(answer.Partitions))
}

// count compares a topic's partitions with the configured ones.
func (p *probe) count(t *topic, have int) error {
	want := int(t.partitions)
	switch {
	case want == 0:
	case have < want:
		return errTooFewPartitions
	case have > want && p.wide[t.name] != have:
		p.wide[t.name] = have
		p.health.logger.Warn("a raw topic has more partitions than topics.partitions says: ingest writes to the configured ones only",
			slog.String("topic", t.name), slog.Int("configured", want), slog.Int("partitions", have))
	}
	return nil
}
