package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// hint returns the way out of a failure that Kafka's own error does not say: which setting named the
// broker, which prefixes the cluster has, which role has the right. It is empty if there is none.
func (g *Globals) hint(ctx context.Context, role string, err error) string {
	f := g.loaded
	switch {
	case f == nil:
		return ""
	case isDenied(err):
		return deniedHint(ctx, f, role)
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return prefixHint(ctx, f, role, fmt.Sprintf("The cluster has topics with the prefix %q, but not all: 'tributary topics diff' lists what is missing.", f.Config.Kafka.Prefix))
	case errors.Is(err, registry.ErrNotRegistered):
		return prefixHint(ctx, f, role, "'tributary schemas register' registers the schemas of this version.")
	case errors.Is(err, registry.ErrUnavailable):
		return fmt.Sprintf("The registry's address is %s (%s).", strings.Join(f.Config.Registry.URLs, ","), f.Origin("registry.urls"))
	case kafka.HangsUp(err):
		return fmt.Sprintf("%s (%s) accepts connections and closes them: that is a broker that starts or stops, or one that wants TLS; kafka.tls.enabled is %t (%s).",
			strings.Join(f.Config.Kafka.Brokers, ","), f.Origin("kafka.brokers"), f.Config.Kafka.TLS.Enabled, f.Origin("kafka.tls.enabled"))
	case kafka.Unreachable(err):
		return fmt.Sprintf("Kafka's address is %s (%s); -b host:port names another.", strings.Join(f.Config.Kafka.Brokers, ","), f.Origin("kafka.brokers"))
	}
	return ""
}

// prefixHint names the prefixes under which the cluster has our topics; there is the advice where the
// configured one is among them.
func prefixHint(ctx context.Context, f *config.File, role, there string) string {
	switch problem, known := prefixProblem(ctx, f, role); {
	case !known:
		return ""
	case problem != "":
		return problem
	}
	return there
}

// PrefixProblem describes a prefix under which the cluster has none of our topics, or a user who may not
// see them because the role is missing. It is empty if there is no such problem, or if Kafka does not
// answer soon.
func PrefixProblem(ctx context.Context, f *config.File, role string) string {
	problem, _ := prefixProblem(ctx, f, role)
	return problem
}

func prefixProblem(ctx context.Context, f *config.File, role string) (problem string, known bool) {
	ctx, cancel := context.WithTimeout(ctx, kafka.Patience)
	defer cancel()
	asking := f.Config
	asking.Kafka.Waiting = nil
	admin, err := Admin(&asking)
	if err != nil {
		return "", false
	}
	defer admin.Close()
	listed, err := admin.ListTopics(ctx)
	if err != nil {
		return "", false
	}
	prefix, there := f.Config.Kafka.Prefix, prefixes(listed.Names())
	switch {
	case len(there) == 0 && missingRights(ctx, f, role) != "":
		return deniedHint(ctx, f, role), true // Kafka lists only topics that the user may describe
	case len(there) == 0:
		return "The cluster has none of our topics: 'tributary topics apply' creates them, 'tributary schemas register' their schemas.", true
	case slices.Contains(there, prefix):
		return "", true
	}
	return fmt.Sprintf("The cluster has our topics with the prefix %s, but none with %q (%s): -X kafka.prefix=%s",
		quoted(there), prefix, f.Origin("kafka.prefix"), there[0]), true
}

// WarnOfPrefix is a start hook of a role that runs without its topics: it looks for them beside the start,
// which does not wait for Kafka.
func WarnOfPrefix(f *config.File, role string, logger *slog.Logger) fx.Option {
	return fx.Invoke(func(lifecycle fx.Lifecycle) {
		ctx, cancel := context.WithCancel(context.Background())
		var looking sync.WaitGroup
		lifecycle.Append(fx.StartStopHook(func() {
			looking.Go(func() {
				if problem := PrefixProblem(ctx, f, role); problem != "" {
					logger.WarnContext(ctx, "the topics cannot be used", slog.String("reason", problem))
				}
			})
		}, func() {
			cancel()
			looking.Wait()
		}))
	})
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
