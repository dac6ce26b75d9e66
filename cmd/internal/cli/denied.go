package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
)

// isDenied reports whether an error means that the user lacks a right.
func isDenied(err error) bool {
	return errors.Is(err, kerr.TopicAuthorizationFailed) || errors.Is(err, kerr.GroupAuthorizationFailed) ||
		errors.Is(err, kerr.ClusterAuthorizationFailed) || errors.Is(err, kerr.TransactionalIDAuthorizationFailed)
}

// roleOf returns the role of `topics acl` that has the rights of a command.
func roleOf(cmd *cobra.Command) string {
	for cmd.HasParent() && cmd.Parent().HasParent() {
		cmd = cmd.Parent()
	}
	switch cmd.Name() {
	case "ingest":
		return acl.RoleIngest
	case "processor":
		return acl.RoleProcessor
	case "topics":
		return acl.RoleTopics
	case "reset":
		return acl.RoleReset
	case "contract", "export", "insights":
		return acl.RoleAnalytics
	}
	return acl.RoleOperator
}

// deniedHint names the user, the topics and operations that it lacks of a role, and the command that
// gives the role.
func deniedHint(ctx context.Context, f *config.File, role string) string {
	user, principal := f.Config.Kafka.SASL.Username, "User:"+f.Config.Kafka.SASL.Username
	if user == "" {
		user, principal = "The principal of this connection", "User:NAME"
	}
	missing := missingRights(ctx, f, role)
	if missing == "" {
		missing = "the right that the error names"
	}
	return fmt.Sprintf("%s lacks %s. It needs the role %s: a super user gives it with 'tributary topics acl --principal %s=%s --apply'.",
		user, missing, role, role, principal)
}

// missingRights lists the operations of a role that the user may not do, with their topics. It is empty if
// there are none, or if Kafka does not answer soon.
func missingRights(ctx context.Context, f *config.File, role string) string {
	ctx, cancel := context.WithTimeout(ctx, kafka.Patience)
	defer cancel()
	asking := f.Config.Kafka
	asking.Waiting = nil
	options, err := asking.Options()
	if err != nil {
		return ""
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return ""
	}
	defer client.Close()
	var out []string
	for _, right := range acl.Rights(role, f.Config.Names()) {
		if right.Resource != acl.ResourceTopic {
			continue
		}
		allowed, err := allowedOperations(ctx, client, right.Names)
		if err != nil {
			return ""
		}
		for _, operation := range right.Operations {
			if topics := denied(allowed, right.Names, operation); len(topics) > 0 {
				out = append(out, operation+" on "+shortened(topics))
			}
		}
	}
	const most = 2
	if more := len(out) - most; more > 0 {
		out = append(out[:most], fmt.Sprintf("and %d further rights", more))
	}
	return strings.Join(out, ", ")
}

// allowedOperations returns the operations that the user may do on topics. A topic that does not exist is
// left out. kadm returns an error without topics if one of them is denied.
func allowedOperations(ctx context.Context, client *kgo.Client, topics []string) (map[string][]kadm.ACLOperation, error) {
	request := kmsg.NewPtrMetadataRequest()
	request.IncludeTopicAuthorizedOperations = true
	for _, name := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = new(name)
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("ask for the rights to topics: %w", err)
	}
	out := map[string][]kadm.ACLOperation{}
	for i := range response.Topics {
		topic := &response.Topics[i]
		switch err := kerr.ErrorForCode(topic.ErrorCode); {
		case topic.Topic == nil:
		case errors.Is(err, kerr.TopicAuthorizationFailed):
			out[*topic.Topic] = nil
		case err == nil:
			out[*topic.Topic] = kadm.DecodeACLOperations(topic.AuthorizedOperations)
		}
	}
	return out, nil
}

// denied returns the topics for which the user may not do an operation.
func denied(allowed map[string][]kadm.ACLOperation, names []string, operation string) []string {
	want, err := kmsg.ParseACLOperation(operation)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		operations, exists := allowed[name]
		return !exists || slices.Contains(operations, want)
	})
}

// shortened lists the first few topics.
func shortened(topics []string) string {
	const most = 3
	if len(topics) <= most {
		return strings.Join(topics, ", ")
	}
	return fmt.Sprintf("%s and %d more topics", strings.Join(topics[:most], ", "), len(topics)-most)
}
