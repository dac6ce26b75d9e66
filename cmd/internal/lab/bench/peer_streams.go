package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Names of the peer's topics, without prefix.
const (
	peerDecodedLOX24 = "peer.decoded.lox24"
	peerDecodedUAPAY = "peer.decoded.uapay"
	peerDuplicates   = "peer.duplicates"
	peerJourneys     = "peer.enriched.journeys"
)

func peerTopics() []string {
	return []string{
		peerDecodedLOX24, peerDecodedUAPAY, peerDuplicates, "peer.enriched.verifications", "peer.enriched.payments", "peer.journey", peerJourneys,
	}
}

// Log messages of the peer: it has its partitions, and it has processed everything.
const (
	saidRunning = "running"
	saidDrained = "drained"
)

// beyondPeers are the scenarios that the application cannot handle: it has no namespaces of
// correlation ids and no SMS events.
func beyondPeers() []string {
	return []string{"two shops with one order number", "sms delivered, then answered"}
}

func (b *peers) target() string { return filepath.Join(b.config.Work, "streams") }

// buildStreams builds the Kafka Streams application.
func (b *peers) buildStreams(ctx context.Context) error {
	return b.build(ctx, "mvn", "-q", "-B", "-f", filepath.Join(b.config.Sources, "streams", "pom.xml"), "-Dtarget="+b.target(), "package",
		"dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(b.target(), "libs"))
}

// streams compares the processor with the Kafka Streams application: the same raw topics,
// the same broker, the same number of partitions.
func (b *peers) streams(ctx context.Context) error {
	p := b.environment
	load := environment.DefaultLoad()
	load.Webhooks, load.Providers, load.Except = b.config.Webhooks, []string{raw.ProviderLOX24, raw.ProviderUAPAY}, beyondPeers()
	start := load.Start(p.Options)
	b.report.Start = start
	sent, err := p.Fill(ctx, load.Plan(p.Options, start), start, load.Webhooks)
	if err != nil {
		return err
	}
	err = b.inPairs(
		func(n int) ([]result.Run, error) { return b.ours(ctx, sent, n) },
		func(n int) ([]result.Run, error) { return b.theirs(ctx, sent, n) },
	)
	if err != nil {
		return err
	}
	for _, v := range b.selectedProfiles {
		environment.CompareProcessor(b.report, v.Title(), nameStreams)
	}
	return nil
}

// ours are runs of the processor, one of each profile, in another order each time. Those of
// the discarded pair are compared with the model.
func (b *peers) ours(ctx context.Context, sent map[string]simulator.Count, n int) ([]result.Run, error) {
	defer b.environment.Use(environment.Profile{})
	var out []result.Run
	for i := range b.selectedProfiles {
		v := b.selectedProfiles[(n+i)%len(b.selectedProfiles)]
		b.environment.Use(v)
		run, faults, err := b.environment.Process(ctx, v.Title(), sent, b.environment.CheckOf(n))
		if err != nil {
			return nil, err
		}
		for _, fault := range faults {
			b.report.Fault(v.Title() + ": " + fault)
		}
		out = append(out, *run)
	}
	return out, nil
}

// theirs is a run of the application from an empty state.
func (b *peers) theirs(ctx context.Context, sent map[string]simulator.Count, n int) ([]result.Run, error) {
	p := b.environment
	if err := errors.Join(p.Wipe(), p.Renew(ctx)); err != nil {
		return nil, err
	}
	total := environment.Accepted(sent)
	c, err := b.startStreams(ctx, total)
	if err != nil {
		return nil, err
	}
	defer c.Kill()
	first, end, err := b.drainPeer(ctx, c, total)
	if err != nil {
		return nil, err
	}
	run := &result.Run{Name: nameStreams, Checked: environment.CheckNone}
	p.Costs(&run.Figures, &first, &end, total)
	if err := c.Terminate(); err != nil {
		return nil, err
	}
	if p.Options.Check == environment.CheckNone {
		return []result.Run{*run}, nil
	}
	run.Checked = environment.CheckModel + ", in the discarded pair"
	if n == 0 {
		faults, err := b.checkPeer(ctx)
		if err != nil {
			return nil, err
		}
		for _, fault := range faults {
			b.report.Fault(nameStreams + ": " + fault)
		}
	}
	return []result.Run{*run}, nil
}

// startStreams makes the topics of the application and starts it.
func (b *peers) startStreams(ctx context.Context, total int64) (*environment.Subprocess, error) {
	p := b.environment
	topics := peerTopics()
	for i, name := range topics {
		topics[i] = p.Names.Prefix + name
	}
	created, err := p.Admin.CreateTopics(ctx, p.Options.Partitions, -1, nil, topics...)
	if err = errors.Join(err, created.Error()); err != nil {
		return nil, fmt.Errorf("create the topics of %s: %w", nameStreams, err)
	}
	return p.Start("peer", "java", "-Xmx2g", "-cp", filepath.Join(b.target(), "peer.jar")+":"+filepath.Join(b.target(), "libs", "*"),
		"tributary.peer.App", strings.Join(p.Brokers, ","), p.Names.Prefix, p.StateDir(), strconv.FormatInt(total, 10))
}

// drainPeer waits until the application has processed and committed everything.
func (b *peers) drainPeer(ctx context.Context, c *environment.Subprocess, total int64) (first, end environment.Moment, err error) {
	p := b.environment
	ends, err := p.RawEnds(ctx)
	if err != nil {
		return first, end, err
	}
	if _, err := c.Says(ctx, saidRunning); err != nil {
		return first, end, err
	}
	p.Options.Progress.Step("processing with "+nameStreams, total)
	groups := []string{p.Names.Prefix + "peer"}
	for {
		if end, err = p.Moment(ctx, c, groups, ends); err != nil {
			return first, end, err
		}
		if first.At.IsZero() {
			first = end
		}
		p.Options.Progress.At(end.Done)
		if end.Done >= total && len(c.Lines(saidDrained)) > 0 {
			return first, end, nil
		}
		if err := timespan.Wait(ctx, environment.Look); err != nil {
			return first, end, err
		}
	}
}

// checkPeer compares the application's committed outputs with the naive model: each fact is
// decoded once, and every journey has its members and knows whether it is verified.
func (b *peers) checkPeer(ctx context.Context) ([]string, error) {
	p := b.environment
	c, sources := p.SettingsOfModel()
	m := model.New(demo.ModelSettings(&c, sources, environment.PhoneKeys()), simulator.Digest)
	for _, topic := range []string{schemas.RawLOX24, schemas.RawUAPAY} {
		if err := p.ReadAll(ctx, p.Names.Topic(topic), func(r *kgo.Record) error { return m.Add(topic, r) }); err != nil {
			return nil, err
		}
	}
	var faults []string
	for provider, topic := range map[string]string{raw.ProviderLOX24: peerDecodedLOX24, raw.ProviderUAPAY: peerDecodedUAPAY} {
		var n int64
		if err := p.ReadAll(ctx, p.Names.Prefix+topic, func(*kgo.Record) error { n++; return nil }); err != nil {
			return nil, err
		}
		// The peer has no dead letters: some of our dead letters are facts there.
		if want := m.Expected(provider); n < want.Decoded || n > want.Decoded+want.DeadLetters {
			faults = append(faults, fmt.Sprintf("%s: %d facts are decoded, %d by the model", provider, n, want.Decoded))
		}
	}
	have := map[string]peerJourney{}
	err := p.ReadAll(ctx, p.Names.Prefix+peerJourneys, func(r *kgo.Record) error {
		j, err := parsePeerJourney(r.Value)
		have[string(r.Key)] = j
		return err
	})
	if err != nil {
		return nil, err
	}
	now := p.Options.Now()
	want := map[string]peerJourney{}
	for id, j := range m.Journeys(now, now) {
		want[id] = peerJourney{verified: j.Verified, verifications: int64(j.Verifications), payments: int64(j.Payments)}
	}
	return append(faults, comparePeerJourneys(want, have)...), nil
}

// peerJourney is the part of a journey that the application and the model both have.
type peerJourney struct {
	verified                bool
	verifications, payments int64
}

// parsePeerJourney reads the first three fields of the Avro record Journey of peer.avsc.
func parsePeerJourney(value []byte) (peerJourney, error) {
	in := bytes.NewReader(value)
	verified, err := in.ReadByte()
	verifications, err2 := binary.ReadVarint(in)
	payments, err3 := binary.ReadVarint(in)
	return peerJourney{verified == 1, verifications, payments}, errors.Join(err, err2, err3)
}

// comparePeerJourneys lists some of the differences. Journeys whose ids the processor replaces
// by pseudonyms have other ids there, and are not compared.
func comparePeerJourneys(want, have map[string]peerJourney) []string {
	const most = 10
	var faults []string
	for id, w := range want {
		pseudonym := strings.HasPrefix(id, source.PhonePrefix) || strings.HasPrefix(id, source.HMACPrefix)
		if h := have[id]; h != w && !pseudonym && len(faults) < most {
			faults = append(faults, fmt.Sprintf("journey %s is %+v, %+v by the model", id, h, w))
		}
	}
	return faults
}
