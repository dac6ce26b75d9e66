package bench

import (
	"context"
	"net/http"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
)

// AuditFaults is what a bench says of an audit.
func AuditFaults(r *audit.Report, total int64) []string { return auditFaults(r, total) }

// CompareStored holds what was answered 200 against what is in a raw topic.
func CompareStored(wantRecords, haveRecords int64, wantDigest, haveDigest uint64) []string {
	return compareStored("uapay", stored{wantRecords, wantDigest}, stored{haveRecords, haveDigest})
}

// Compare adds a ratio to a report.
func Compare(r *Report, ours, theirs, figure string, more bool) {
	r.compare(ours, theirs, figure, more)
}

// StreamsRun and IngestRun read what the peers' scripts write.
func StreamsRun(lines []map[string]any) ([]Run, error) { return streamsRun(lines) }

// IngestRun reads a line of the harness.
func IngestRun(line map[string]any) (Run, string) { return ingestRun(line) }

// Post sends one request over a socket and returns status and body.
func Post(ctx context.Context, address, path string, header http.Header, body []byte) (status int, answer string, err error) {
	s, err := dial(ctx, address)
	if err != nil {
		return 0, "", err
	}
	defer s.close()
	var text []byte
	if status, err = s.send(encodeRequest(path, header, body), &text); err != nil {
		return status, "", err
	}
	// The connection is good for another one, whose body is passed over.
	if _, err := s.send(encodeRequest(path, header, body), nil); err != nil {
		return status, "", err
	}
	return status, string(text), nil
}

// Unprocessed fills the raw topics and checks as if a processor had been there.
func Unprocessed(ctx context.Context, o Options, load Load, how string) (faults []string, sent map[string]simulator.Count, err error) {
	p, err := open(ctx, &o)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = p.close() }() //nolint:contextcheck // a stop has its own time
	start := load.start(&o)
	if sent, err = p.fill(ctx, load.plan(&o, start), start, load.Webhooks); err != nil {
		return nil, nil, err
	}
	faults, err = p.check(ctx, how, sent)
	return faults, sent, err
}

// Bodies fills the raw topics twice: with a load, and with the bodies of a topic of it.
func Bodies(ctx context.Context, o Options, load Load, provider string) (first, second map[string]simulator.Count, err error) {
	p, err := open(ctx, &o)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = p.close() }() //nolint:contextcheck // a stop has its own time
	start := load.start(&o)
	if first, err = p.fill(ctx, load.plan(&o, start), start, load.Webhooks); err != nil {
		return nil, nil, err
	}
	second, _, err = p.copyBodies(ctx, map[string]string{provider: p.names.Topic("raw." + provider + ".v1")})
	return first, second, err
}

// SettingsOf are the settings of profiles joined by a plus.
func SettingsOf(words string) (map[string]string, error) {
	v, err := profileOf(words)
	return v.settings, err
}

// Steps says after each step whether another one fits.
func Steps(limit time.Duration, steps []time.Duration) []bool {
	now := time.Time{}
	b := (&Options{For: limit, Now: func() time.Time { return now }}).budget()
	var out []bool
	for _, step := range steps {
		now = now.Add(step)
		out = append(out, b.step())
	}
	return out
}

// Needed says which programs are missing.
func Needed(who, part string, names ...string) error { return needed(who, part, names...) }

// Lend copies a peer's folder.
func Lend(from, to string) error {
	_, err := copySources(from, to)
	return err
}

// Firsts counts the stories of a load, and the webhooks that were taken for their first.
func Firsts(o Options, load Load) (orders, first int) {
	f := newFirsts()
	seen := map[string]bool{}
	for plan := load.plan(&o, load.start(&o)); ; {
		s, more := plan.Next()
		if !more {
			return len(seen), first
		}
		seen[s.Order] = true
		if f.first(s) {
			first++
		}
	}
}
