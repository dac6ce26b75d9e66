package audit

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// provider is the raw topic of one provider.
type provider struct {
	name, topic string
	parts       map[int32]*part
}

// part is a partition of a raw topic.
type part struct {
	// low and high bound the offsets that are compared: [low, high). cut is the offset
	// up to which the stage has processed the partition.
	low, high, cut int64
	// start and end are the log start offset and the high watermark.
	start, end int64
	raw        *marks
	// identities belong to the records in raw, indexed by offset minus low: 4 bytes
	// each.
	identities []identity
	replays    *marks
	outcomes   [outcomes]*marks
	// replayed are the offsets of records whose dead letters were replayed.
	replayed *marks
	// late are outcomes of records from before the span, by their offset.
	late map[int64]late
	// handled is the offset after the highest record whose outcome was read.
	handled int64
}

// The ways a raw record ends.
const (
	decoded = iota
	duplicate
	deadLetter
	outcomes
)

// outcomeTopic returns the name of the topic that holds an outcome.
func outcomeTopic(outcome int, provider string) string {
	switch outcome {
	case decoded:
		return "decoded." + provider + ".*"
	case duplicate:
		return schemas.Duplicates
	default:
		p, _ := schemas.FindProvider(provider)
		return p.DeadLetter
	}
}

func newPart(start, end, low, high, cut int64) *part {
	p := &part{start: start, end: end, low: low, high: high, cut: cut, raw: newMarks(), replays: newMarks(), replayed: newMarks()}
	for i := range p.outcomes {
		p.outcomes[i] = newMarks()
	}
	return p
}

// origin is the raw record that an outcome names.
type origin struct {
	topic     string
	partition int32
	offset    int64
	// received is the time of ingestion; zero if the outcome does not carry it.
	received time.Time
	// is identifies the record; carries masks the parts of the identity that the
	// outcome has.
	is, carries identity
	// written is the timestamp of the outcome's own record.
	written time.Time
}

// end records the outcome of a raw record. An outcome that names a raw record that
// never existed is a difference at once.
func (a *auditor) end(outcome int, provider string, o origin) {
	p := a.raw[rawTopicOf(provider)]
	var at *part
	if p != nil && o.topic == p.topic {
		at = p.parts[o.partition]
	}
	switch {
	case at != nil && o.offset < at.end:
		a.endAt(outcome, provider, at, &o)
	case a.cut.span.From.IsZero() || o.received.After(a.cut.span.From.Add(a.cut.margin)):
		a.report.differ(&Difference{
			Kind: KindNoRaw, Topic: o.topic, Partition: o.partition, Offset: o.offset, Missing: o.topic, There: outcomeTopic(outcome, provider),
		})
	}
}

// endAt records the outcome of a record of a known partition.
func (a *auditor) endAt(outcome int, provider string, at *part, o *origin) {
	other := at.isOther(o)
	if !other {
		at.handled = max(at.handled, o.offset+1)
	}
	switch {
	case !a.inSpan(at, o):
		a.takeLate(outcome, provider, at, o)
	case o.offset >= at.high:
	case other:
		// The raw record of this outcome is gone and another record has its offset,
		// which needs an outcome of its own.
		a.report.differ(&Difference{
			Kind: KindOtherRecord, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: outcomeTopic(outcome, provider),
			Missing: "the record that it is of; another stands there",
		})
	default:
		at.outcomes[outcome].add(o.offset)
	}
}

// inSpan reports whether a raw record belongs to the account. A record before the log
// start belongs to it if it was received within the span: then it was deleted too
// early.
func (a *auditor) inSpan(at *part, o *origin) bool {
	if o.offset >= at.low {
		return true
	}
	return o.offset < at.start && !o.received.IsZero() && o.received.After(a.cut.span.From.Add(a.cut.margin))
}

// isDeadLetter reports whether a topic, named without prefix, is a dead-letter topic.
func isDeadLetter(topic string) bool { return strings.HasPrefix(topic, "deadletter.") }

// deadLetterOf returns the record that was sent to the dead-letter topic.
func (a *auditor) deadLetterOf(r *kgo.Record) (origin, bool) {
	o, ok := deadLetterOrigin(r)
	o.is, o.carries, o.written = a.identifyHeaders(r.Headers), whole, r.Timestamp
	return o, ok
}

// duplicateOf returns the raw record that was found to be a duplicate.
func (a *auditor) duplicateOf(r *kgo.Record, body []byte) (d avro.Duplicate, o origin, err error) {
	if err := d.DecodeAvro(body); err != nil {
		return d, o, err
	}
	at := &d.Record
	return d, origin{at.Topic, at.Partition, at.Offset, d.ReceivedAt, a.identify("", d.ReceivedAt), receipt, r.Timestamp}, nil
}

// factOf returns the raw record of a fact, and the fact's event id.
func (a *auditor) factOf(r *kgo.Record, body []byte) (o origin, eventID string, err error) {
	f, err := avro.DecodeFact(body)
	if err != nil {
		return o, "", err
	}
	from := &f.Origin
	return origin{from.Topic, from.Partition, from.Offset, f.ReceivedAt, a.identify(from.RequestID, f.ReceivedAt), whole, r.Timestamp}, f.EventID, nil
}

// deadLetterOrigin returns the origin of a dead letter from its headers. The last header of
// each name counts: a record that was replayed and failed again has each of them twice.
func deadLetterOrigin(r *kgo.Record) (o origin, ok bool) {
	o.offset = -1
	for i := range r.Headers {
		switch h := &r.Headers[i]; h.Key {
		case dlq.HeaderTopic:
			o.topic, ok = string(h.Value), true
		case dlq.HeaderPartition:
			n, err := strconv.ParseInt(string(h.Value), 10, 32)
			ok = ok && err == nil
			o.partition = int32(n)
		case dlq.HeaderOffset:
			n, err := strconv.ParseInt(string(h.Value), 10, 64)
			ok = ok && err == nil
			o.offset = n
		case raw.HeaderReceivedAt:
			if ms, err := strconv.ParseInt(string(h.Value), 10, 64); err == nil && ms > 0 {
				o.received = time.UnixMilli(ms)
			}
		}
	}
	return o, ok
}

// readDeadLetters reads the dead letters of all stages.
func (a *auditor) readDeadLetters(ctx context.Context) error {
	topics := a.stretches(schemas.DeadLetterTopics()...)
	return a.each(ctx, "reading dead letters", topics, func(topic string, r *kgo.Record) error {
		o, ok := a.deadLetterOf(r)
		if !ok {
			a.report.differ(&Difference{
				Kind: KindUnreadable, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Missing: "headers that name the record it is of",
			})
			return nil
		}
		if o.offset < 0 {
			a.report.DeadTimers++
			return nil
		}
		switch topic {
		case schemas.DeadLetterUnibellCall:
			a.deadLetter(schemas.InternalUnibell, o)
		case schemas.DeadLetterJourney:
			a.deadLetter(schemas.InternalJourney, o)
		default:
			a.end(deadLetter, providerOf(topic), o)
		}
		return nil
	})
}

// deadLetter marks an internal record as a dead letter.
func (a *auditor) deadLetter(topic string, o origin) {
	if a.deadLetters[topic] == nil {
		a.deadLetters[topic] = map[int32]*marks{}
	}
	if a.deadLetters[topic][o.partition] == nil {
		a.deadLetters[topic][o.partition] = newMarks()
	}
	a.deadLetters[topic][o.partition].add(o.offset)
}

// isErasure reports whether a raw record is a request to erase its entity.
func isErasure(r *kgo.Record) bool {
	return len(r.Value) == 0 && slices.ContainsFunc(r.Headers, func(h kgo.RecordHeader) bool {
		return h.Key == raw.HeaderKind && string(h.Value) == raw.KindErasure
	})
}

// readRaw reads the raw records, which ingest wrote.
func (a *auditor) readRaw(ctx context.Context) error {
	topics := scan.Ranges{}
	for _, name := range schemas.RawTopics() {
		topics[name] = map[int32]scan.Range{}
		for p, at := range a.raw[name].parts {
			topics[name][p] = scan.Range{From: at.low, To: at.high}
		}
	}
	return a.each(ctx, "reading raw records", topics, func(topic string, r *kgo.Record) error {
		p := a.raw[topic]
		at := p.parts[r.Partition]
		if isErasure(r) {
			// An erasure is not a fact; facts of the entity before it no longer count.
			a.erased[p.name+"/"+string(r.Key)] = r.Offset
			a.report.Erasures++
			return nil
		}
		at.hold(r.Offset, a.identifyHeaders(r.Headers))
		if o, replay := deadLetterOrigin(r); replay {
			at.replays.add(r.Offset)
			if was := p.parts[o.partition]; was != nil && o.topic == p.topic && o.offset >= was.low && o.offset < was.high {
				was.replayed.add(o.offset)
			}
		}
		return nil
	})
}

// readOutcomes reads decoded facts and duplicates.
func (a *auditor) readOutcomes(ctx context.Context) error {
	topics := a.stretches(append(schemas.DecodedTopics(), schemas.Duplicates)...)
	return a.each(ctx, "reading facts and duplicates", topics, func(topic string, r *kgo.Record) error {
		_, body, err := wire.Parse(r.Value)
		if err == nil && topic == schemas.Duplicates {
			err = a.takeDuplicate(r, body)
		} else if err == nil {
			err = a.takeFact(topic, r, body)
		}
		if err != nil {
			a.unreadable(r)
		}
		return nil
	})
}

func (a *auditor) takeDuplicate(r *kgo.Record, body []byte) error {
	d, o, err := a.duplicateOf(r, body)
	if err != nil {
		return err
	}
	// Without a place of the first record, its time decides whether another record was there.
	if d.First.Offset < 0 && d.FirstReceivedAt.Equal(d.ReceivedAt) || d.Record == d.First {
		a.report.differ(&Difference{
			Kind: KindOwnDuplicate, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: r.Topic, Key: string(r.Key), Event: d.EventID,
		})
	}
	a.end(duplicate, d.Provider, o)
	return nil
}

func (a *auditor) takeFact(topic string, r *kgo.Record, body []byte) error {
	o, event, err := a.factOf(r, body)
	if err != nil {
		return err
	}
	name, key := providerOf(topic), r.Key
	a.end(decoded, name, o)
	if a.counts(topic, key, &o) {
		a.events.add(a.eventHash(topic, key, event))
	}
	if kind := kindOfFact(topic); kind != "" && a.isApplied(name, o) {
		if erased, ok := a.erased[name+"/"+string(key)]; ok {
			a.entities[kind].change(key, func(x *entity) { x.flags |= erasedOnce })
			if o.offset < erased {
				return nil
			}
		}
		a.entities[kind].fact(key)
	}
	return nil
}

// isApplied says whether a raw record is in the span and before its stage's cut.
func (a *auditor) isApplied(provider string, o origin) bool {
	p := a.raw[rawTopicOf(provider)]
	if p == nil || o.topic != p.topic {
		return false
	}
	at := p.parts[o.partition]
	return at != nil && a.inSpan(at, &o) && o.offset < at.cut
}

func (a *auditor) unreadable(r *kgo.Record) {
	a.report.differ(&Difference{
		Kind: KindUnreadable, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Missing: "a value in the format of this version",
	})
}

// concludeRecords finds the raw records that do not have exactly one outcome, and the
// outcomes without a raw record.
func (a *auditor) concludeRecords() {
	for _, name := range schemas.RawTopics() {
		p := a.raw[name]
		for partition, at := range sorted(p.parts) {
			a.concludePart(p, partition, at)
		}
	}
}

func (a *auditor) concludePart(p *provider, partition int32, at *part) {
	account := Account{
		Provider: p.name, Partition: partition, From: at.low, To: at.high, Raw: at.raw.count(), Replayed: at.replays.count(),
		Decoded: at.outcomes[decoded].count(), Duplicates: at.outcomes[duplicate].count(), DeadLetters: at.outcomes[deadLetter].count(),
	}
	account.Accepted = account.Raw - account.Replayed
	account.DeadLettersReplayed = at.replayed.once.intersect(at.outcomes[deadLetter].once).count()
	before := a.report.Differences
	tell := func(kind, missing, there string, which offsetSet) {
		a.reportAll(kind, p.topic, partition, missing, there, which)
	}
	end := func(outcome int) offsetSet { return at.outcomes[outcome].once }
	ways := outcomeTopic(decoded, p.name) + ", " + outcomeTopic(duplicate, p.name) + ", " + outcomeTopic(deadLetter, p.name)
	tell(KindNoOutcome, ways, p.topic, at.raw.once.minus(end(decoded), end(duplicate), end(deadLetter)))
	for outcome := range outcomes {
		tell(KindNoRaw, p.topic, outcomeTopic(outcome, p.name), end(outcome).minus(at.raw.once))
		tell(KindRepeated, "", outcomeTopic(outcome, p.name), at.outcomes[outcome].again)
		for other := outcome + 1; other < outcomes; other++ {
			tell(KindTwoOutcomes, "", outcomeTopic(outcome, p.name)+", "+outcomeTopic(other, p.name), end(outcome).intersect(end(other)))
		}
	}
	tell(KindNoDeadLetter, outcomeTopic(deadLetter, p.name), "a replay", at.replayed.once.minus(end(deadLetter)))
	account.Differences = a.report.Differences - before
	a.report.Accounts = append(a.report.Accounts, account)
}

// reportAll lists every offset of a set as a difference.
func (a *auditor) reportAll(kind, topic string, partition int32, missing, there string, which offsetSet) {
	for offset := range which.all() {
		a.report.differ(&Difference{Kind: kind, Topic: topic, Partition: partition, Offset: offset, Missing: missing, There: there})
	}
}
