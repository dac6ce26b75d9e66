package acl_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// The users of the suite, each with the role of its name, but for those of analytics
// and a stranger who has none.
const (
	userIngest    = "ingest"
	userProcessor = "processor"
	userBI        = "bi"
	userFraud     = "fraud"
	userOperator  = "operator"
	userTopics    = "topics"
	userReset     = "reset"
	userStranger  = "stranger"
)

func users() []string {
	return []string{userIngest, userProcessor, userBI, userFraud, userOperator, userTopics, userReset, userStranger}
}

func password(user string) string { return "the password of " + user }

// cluster is a broker that wants to know who one is: the embedded one, or a real
// Kafka where TRIBUTARY_ACL_BROKERS names one.
type cluster struct {
	t       *testing.T
	brokers []string
	admin   *kadm.Client
	names   schemas.Names
	config  *acl.Config
	real    bool
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	// A prefix of its own, so that a broker may be used again.
	c := &cluster{t: t, names: schemas.Names{Prefix: "t" + strconv.FormatUint(rand.Uint64(), 10) + "."}, config: everyone()}
	c.config.Principals.Analytics = []string{"User:" + userBI, "User:" + userFraud}
	adminPassword := "the password of admin"
	if brokers := os.Getenv("TRIBUTARY_ACL_BROKERS"); brokers != "" {
		text, err := os.ReadFile(os.Getenv("TRIBUTARY_ACL_PASSWORD_FILE"))
		if err != nil {
			t.Fatal(err)
		}
		c.brokers, c.real, adminPassword = strings.Split(brokers, ","), true, string(text)
	} else {
		fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableACLs(), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "admin", adminPassword))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fake.Close)
		c.brokers = fake.ListenAddrs()
	}
	c.admin = kadm.NewClient(c.clientWith("admin", adminPassword))
	var credentials []kadm.UpsertSCRAM
	for _, user := range users() {
		credentials = append(credentials, kadm.UpsertSCRAM{User: user, Mechanism: kadm.ScramSha512, Iterations: 4096, Password: password(user)})
	}
	altered, err := c.admin.AlterUserSCRAMs(t.Context(), nil, credentials)
	if err == nil {
		err = altered.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// options are a user's, made of the program's own configuration.
func (c *cluster) options(user, password string) []kgo.Opt {
	c.t.Helper()
	config := kafka.DefaultConfig()
	config.Brokers = c.brokers
	config.SASL = kafka.SASL{Mechanism: "SCRAM-SHA-512", Username: user, Password: secret.Ref{Value: ingest.Hidden(password)}}
	if err := config.Validate(); err != nil {
		c.t.Fatal(err)
	}
	options, err := config.Options()
	if err != nil {
		c.t.Fatal(err)
	}
	// What may not be seen is asked for again and again by default.
	return append(options, kgo.MetadataMinAge(50*time.Millisecond))
}

func (c *cluster) as(user string) []kgo.Opt {
	c.t.Helper()
	return c.options(user, password(user))
}

func (c *cluster) clientWith(user, password string, more ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	client, err := kgo.NewClient(append(c.options(user, password), more...)...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(client.Close)
	return client
}

func (c *cluster) client(user string, more ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	return c.clientWith(user, password(user), more...)
}

// brief is a context for what should be refused at once.
func (c *cluster) brief() context.Context {
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Minute)
	c.t.Cleanup(cancel)
	return ctx
}

// reads returns the error of reading a topic from its start, without a group.
func (c *cluster) reads(user, topic string) error {
	client := c.client(user, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}), kgo.FetchMaxWait(50*time.Millisecond))
	defer client.Close()
	return pollError(c.brief(), client)
}

// joins returns the error of reading by a group.
func (c *cluster) joins(user, group, topic string) error {
	client := c.client(user, kgo.ConsumeTopics(topic), kgo.ConsumerGroup(group), kgo.FetchMaxWait(50*time.Millisecond))
	defer client.Close()
	return pollError(c.brief(), client)
}

// pollError returns the first error of a poll, nil where records came.
func pollError(ctx context.Context, client *kgo.Client) error {
	for {
		fetches := client.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			return e.Err
		}
		if fetches.NumRecords() > 0 {
			return nil
		}
	}
}

// writes returns the error of writing a record, which aborts nobody's transaction.
func (c *cluster) writes(user, topic string) error {
	client := c.client(user, kgo.DisableIdempotentWrite(), kgo.RequiredAcks(kgo.LeaderAck()), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer client.Close()
	return client.ProduceSync(c.brief(), &kgo.Record{Topic: topic, Value: []byte("{}")}).FirstErr()
}

// transacts returns the error of taking over a transactional id.
func (c *cluster) transacts(user, id string) error {
	client := c.client(user, kgo.TransactionalID(id))
	defer client.Close()
	_, _, err := client.ProducerID(c.brief())
	return err
}

// commits returns the error of moving a group's offset of a topic.
func (c *cluster) commits(user, group, topic string) error {
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 0, -1)
	client := c.client(user)
	defer client.Close()
	responses, err := kadm.NewClient(client).CommitOffsets(c.brief(), group, offsets)
	if err != nil {
		return err
	}
	return responses.Error()
}

// deletes returns the error of deleting a topic.
func (c *cluster) deletes(user, topic string) error {
	client := c.client(user)
	defer client.Close()
	responses, err := kadm.NewClient(client).DeleteTopics(c.brief(), topic)
	if err != nil {
		return err
	}
	return responses.Error()
}

// creates returns the error of creating a topic.
func (c *cluster) creates(user, topic string) error {
	client := c.client(user)
	defer client.Close()
	responses, err := kadm.NewClient(client).CreateTopics(c.brief(), 1, 1, nil, topic)
	if err != nil {
		return err
	}
	return responses.Error()
}

// gives returns the error of giving rights away.
func (c *cluster) gives(user string) error {
	client := c.client(user)
	defer client.Close()
	return acl.Apply(c.brief(), kadm.NewClient(client), []acl.Rule{allowed("User:"+userStranger, "Read", acl.ResourceTopic, c.names.Topic(schemas.RawLOX24), "literal")}, nil)
}

// mayByTopic returns what the broker lets a user do with each of our topics.
func (c *cluster) mayByTopic(user string) map[string][]string {
	c.t.Helper()
	client := c.client(user)
	defer client.Close()
	req := kmsg.NewPtrMetadataRequest()
	req.IncludeTopicAuthorizedOperations = true
	for _, row := range schemas.Table() {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = new(c.names.Topic(row.Name))
		req.Topics = append(req.Topics, topic)
	}
	resp, err := req.RequestWith(c.t.Context(), client)
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string][]string{}
	for i := range resp.Topics {
		t := &resp.Topics[i]
		out[*t.Topic] = nil
		if t.ErrorCode == 0 {
			for _, op := range kadm.DecodeACLOperations(t.AuthorizedOperations) {
				out[*t.Topic] = append(out[*t.Topic], words()[op])
			}
			slices.Sort(out[*t.Topic])
		}
	}
	return out
}

func words() map[kadm.ACLOperation]string {
	return map[kadm.ACLOperation]string{
		kadm.OpRead: "Read", kadm.OpWrite: "Write", kadm.OpCreate: "Create", kadm.OpDelete: "Delete", kadm.OpAlter: "Alter",
		kadm.OpDescribe: "Describe", kadm.OpDescribeConfigs: "DescribeConfigs", kadm.OpAlterConfigs: "AlterConfigs",
	}
}

// wantByTopic returns what the wanted rules come to, with what they imply.
func (c *cluster) wantByTopic(user string) map[string][]string {
	rules, out := acl.Want(c.config, c.names), map[string][]string{}
	for _, row := range schemas.Table() {
		name := c.names.Topic(row.Name)
		has := map[string]bool{}
		for _, op := range words() {
			if may(rules, "User:"+user, op, acl.ResourceTopic, name) {
				has[op] = true
			}
		}
		has["Describe"] = has["Describe"] || has["Read"] || has["Write"] || has["Delete"] || has["Alter"]
		has["DescribeConfigs"] = has["DescribeConfigs"] || has["AlterConfigs"]
		out[name] = nil
		for _, op := range words() {
			// Who may not describe a topic is told nothing about it.
			if has[op] && has["Describe"] {
				out[name] = append(out[name], op)
			}
		}
		slices.Sort(out[name])
	}
	return out
}

// await waits until done, or fails the test after five minutes.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Minute, errors.New("too long"))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited for %s: %v", what, context.Cause(ctx))
		}
	}
}
