package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// hint returns the way out of a failure that Kafka's own error does not say: which setting named the
// broker, which prefixes the cluster has, which role has the right. It is empty if there is none.
func (g *Globals) hint(ctx context.Context, err error) string {
	f := g.loaded
	switch {
	case f == nil:
		return ""
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.GroupAuthorizationFailed),
		errors.Is(err, kerr.ClusterAuthorizationFailed), errors.Is(err, kerr.TransactionalIDAuthorizationFailed):
		return deniedHint(f)
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, registry.ErrNotRegistered):
		return prefixHint(ctx, f)
	case errors.Is(err, registry.ErrUnavailable):
		return fmt.Sprintf("The registry's address is %s (%s).", strings.Join(f.Config.Registry.URLs, ","), f.Origin("registry.urls"))
	case kafka.Unreachable(err):
		return fmt.Sprintf("Kafka's address is %s (%s); -b host:port names another.", strings.Join(f.Config.Kafka.Brokers, ","), f.Origin("kafka.brokers"))
	}
	return ""
}

func deniedHint(f *config.File) string {
	user := f.Config.Kafka.SASL.Username
	if user == "" {
		user = "the principal of this connection"
	}
	return fmt.Sprintf("%s may not do this. 'tributary topics acl' prints the rights of each role (ingest, processor, analytics, operator, topics, reset); "+
		"--principal ROLE=User:NAME --apply gives them.", user)
}

// prefixHint names the prefixes under which the cluster has our topics.
func prefixHint(ctx context.Context, f *config.File) string {
	ctx, cancel := context.WithTimeout(ctx, kafka.Patience)
	defer cancel()
	f.Config.Kafka.Waiting = nil
	admin, err := Admin(&f.Config)
	if err != nil {
		return ""
	}
	defer admin.Close()
	listed, err := admin.ListTopics(ctx)
	if err != nil {
		return ""
	}
	prefix, there := f.Config.Kafka.Prefix, prefixes(listed.Names())
	switch {
	case len(there) == 0:
		return "The cluster has none of our topics: 'tributary topics apply' creates them, 'tributary schemas register' their schemas."
	case slices.Contains(there, prefix):
		return fmt.Sprintf("The cluster has topics with the prefix %q, but not all: 'tributary topics diff' lists what is missing.", prefix)
	}
	return fmt.Sprintf("The cluster has our topics with the prefix %s, but none with %q (%s): -X kafka.prefix=%s",
		quoted(there), prefix, f.Origin("kafka.prefix"), there[0])
}

// prefixes returns the prefixes of the raw topics among the names of a cluster's topics, sorted.
func prefixes(topics []string) []string {
	var out []string
	for _, p := range schemas.Providers() {
		for _, name := range topics {
			if prefix, ok := strings.CutSuffix(name, p.Raw); ok && !slices.Contains(out, prefix) {
				out = append(out, prefix)
			}
		}
	}
	slices.Sort(out)
	return out
}

// quoted lists the first few names.
func quoted(names []string) string {
	const most = 5
	var out []string
	for _, name := range names[:min(len(names), most)] {
		out = append(out, fmt.Sprintf("%q", name))
	}
	if left := len(names) - most; left > 0 {
		out = append(out, fmt.Sprintf("%d more", left))
	}
	return strings.Join(out, ", ")
}
