package config

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
)

// longestRetry is how long after the event a documented retry comes at the latest: UAPAY's last, after
// 5 s, 5 min, 1 h, 2 h and 24 h.
const longestRetry = 27*time.Hour + 5*time.Minute + 5*time.Second

// Warnings returns settings that are allowed but unwise.
func (f *File) Warnings() []Fault {
	c := &f.Config
	out := slices.Clone(f.warnings)
	warn := func(path, format string, args ...any) {
		out = append(out, Fault{Path: path, Line: f.lines.of(path), Message: fmt.Sprintf(format, withSpans(args)...)})
	}
	e := &c.Processor.Engine
	if e.TransactionTimeout < 20*e.CommitInterval {
		warn("processor.engine.transaction_timeout", "%v is close to commit_interval (%v): a slow broker will abort rounds", e.TransactionTimeout, e.CommitInterval)
	}
	if e.WatermarkIdleTimeout < c.Ingest.AnswerDeadline {
		warn("processor.engine.watermark_idle_timeout", "%v is shorter than ingest.answer_deadline (%v): a deadline can fire before a record that ingest has is in Kafka; it is withdrawn when the record comes",
			e.WatermarkIdleTimeout, c.Ingest.AnswerDeadline)
	}
	if c.Topics.ReplicationFactor == 1 || c.Topics.MinInsyncReplicas < 2 {
		warn("topics.min_insync_replicas", "a 200 means that every in-sync replica has the record: with one it means one disk")
	}
	for name, retention := range c.Topics.Retention {
		if strings.HasPrefix(name, "raw.") && retention < c.Processor.DedupeSpan {
			warn("topics.retention", "%s is kept for %v, shorter than processor.dedupe_span (%v): what was dropped as a repeat cannot be looked up", name, retention, c.Processor.DedupeSpan)
		}
		if row, ok := schemas.Find(name); ok && row.HasRevisions() && retention < row.Retention {
			warn("topics.retention", "%s is kept for %v, shorter than its entities (%v)", name, retention, row.Retention)
		}
	}
	for at, t := range map[string]*kafka.TLS{"kafka.tls": &c.Kafka.TLS, "registry.tls": &c.Registry.TLS} {
		if t.InsecureSkipVerify {
			warn(at+".insecure_skip_verify", "ANY CERTIFICATE IS ACCEPTED: whoever is between can read and change everything")
		}
		if _, err := t.Config(at); t.Enabled && err != nil {
			path, message, _ := strings.Cut(err.Error(), ": ")
			warn(path, "%s", message)
		}
	}
	if c.Registry.clear() {
		warn("registry.urls", "http sends the registry's password or token in the clear")
	}
	if c.Kafka.SASL.Mechanism == "PLAIN" && !c.Kafka.TLS.Enabled {
		warn("kafka.sasl.mechanism", "PLAIN without TLS sends the password in the clear")
	}
	if host, _, err := net.SplitHostPort(c.Ops.Listen); err == nil && host != "127.0.0.1" && host != "localhost" && host != "::1" {
		warn("ops.listen", "metrics and health are open beyond this machine")
	}
	f.keyWarnings(f.now(), warn)
	f.shortSecrets(warn)
	if c.Processor.DedupeSpan < longestRetry {
		warn("processor.dedupe_span", "%v is shorter than UAPAY's retries (%v): a late retry of an event that was forgotten becomes a dead letter", c.Processor.DedupeSpan, longestRetry)
	}
	if len(c.Ingest.Sources) == 0 {
		warn("sources", "none: ingest answers 404 to every webhook")
	}
	for i := range c.Sources {
		if c.Sources[i].AcceptStale {
			warn(fmt.Sprintf("sources[%d].accept_stale", i), "old signed tokens can be played again: for a backfill only")
		}
	}
	f.locate(out)
	// A value that is wrong is not unwise as well.
	return slices.DeleteFunc(out, func(w Fault) bool {
		return slices.ContainsFunc(f.faults, func(fault Fault) bool { return fault.Path == w.Path && w.Path != "" })
	})
}

// withSpans writes the time spans among the arguments of a message.
func withSpans(args []any) []any {
	for i := range args {
		if d, ok := args[i].(time.Duration); ok {
			args[i] = timespan.Format(d)
		}
	}
	return args
}
