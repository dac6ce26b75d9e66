package topics_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/schemas"
)

// TestChangelogOfAStageWithState: who makes a changelog anew whose stage has state is told
// that the state is lost.
func TestChangelogOfAStageWithState(t *testing.T) {
	t.Parallel()
	admin, c := cluster(t), settings()
	for _, change := range apply(t, admin, c) {
		if change.Hint != "" {
			t.Errorf("%s is new: %s", change.Topic, change.Hint)
		}
	}
	var offsets kadm.Offsets
	offsets.AddOffset(prefix+schemas.RawLOX24, 0, 7, -1)
	if err := admin.CommitAllOffsets(t.Context(), prefix+"lox24", offsets); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.DeleteTopics(t.Context(), prefix+schemas.ChangelogLOX24, prefix+schemas.ChangelogUAPAY); err != nil {
		t.Fatal(err)
	}
	hints := map[string]string{}
	for _, change := range apply(t, admin, c) {
		hints[change.Topic] = change.Hint
	}
	if len(hints) != 2 || !strings.Contains(hints[prefix+schemas.ChangelogLOX24], "tributary reset --stage lox24") || hints[prefix+schemas.ChangelogUAPAY] != "" {
		t.Errorf("hints %q, want one of lox24's changelog that names the reset", hints)
	}
}

// TestANewClusterHasNoCoordinatorYet: the first question for a group makes Kafka create
// the topic of all groups, and is answered with an error until it is there.
func TestANewClusterHasNoCoordinatorYet(t *testing.T) {
	t.Parallel()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var asked atomic.Int64
	broker.ControlKey(int16(kmsg.FindCoordinator), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.KeepControl()
		if asked.Add(1) > 4 {
			return nil, nil, false
		}
		r, _ := request.(*kmsg.FindCoordinatorRequest)
		response := kmsg.NewPtrFindCoordinatorResponse()
		response.SetVersion(r.GetVersion())
		response.ErrorCode = kerr.CoordinatorNotAvailable.Code
		for _, key := range r.CoordinatorKeys {
			c := kmsg.NewFindCoordinatorResponseCoordinator()
			c.Key, c.ErrorCode = key, kerr.CoordinatorNotAvailable.Code
			response.Coordinators = append(response.Coordinators, c)
		}
		return response, nil, true
	})
	apply(t, kadm.NewClient(client), settings())
	if asked.Load() <= 4 {
		t.Errorf("the coordinator was asked for %d times", asked.Load())
	}
}
