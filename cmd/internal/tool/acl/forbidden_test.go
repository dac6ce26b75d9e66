package acl_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// forbidden tries what each role must not do, by doing it.
func (l *life) forbidden(t *testing.T) {
	t.Helper()
	topic := l.names.Topic
	lox24, journeys := l.names.Group(processor.StageLOX24), topic(schemas.EnrichedJourneys)
	ownGroup, othersGroup := l.names.Group("analytics.bi.dashboard"), l.names.Group("analytics.fraud.model")
	noTopic, noGroup, noID, noCluster := kerr.TopicAuthorizationFailed, kerr.GroupAuthorizationFailed, kerr.TransactionalIDAuthorizationFailed, kerr.ClusterAuthorizationFailed
	for name, test := range map[string]struct {
		err  error
		want *kerr.Error
	}{
		"analytics reads raw":                     {l.reads(userBI, topic(schemas.RawLOX24)), noTopic},
		"analytics reads dead letters":            {l.reads(userBI, topic(schemas.DeadLetterLOX24)), noTopic},
		"analytics reads state":                   {l.reads(userBI, topic(schemas.ChangelogLOX24)), noTopic},
		"analytics reads what stages tell":        {l.reads(userBI, topic(schemas.InternalJourney)), noTopic},
		"analytics writes":                        {l.writes(userBI, journeys), noTopic},
		"analytics joins a stage":                 {l.joins(userBI, lox24, journeys), noGroup},
		"analytics joins another team":            {l.joins(userBI, othersGroup, journeys), noGroup},
		"analytics moves a stage's offsets":       {l.commits(userBI, lox24, journeys), noGroup},
		"another team moves offsets":              {l.commits(userFraud, ownGroup, journeys), noGroup},
		"analytics deletes":                       {l.deletes(userBI, journeys), noTopic},
		"analytics gives rights":                  {l.gives(userBI), noCluster},
		"ingest reads raw":                        {l.reads(userIngest, topic(schemas.RawLOX24)), noTopic},
		"ingest reads journeys":                   {l.reads(userIngest, journeys), noTopic},
		"ingest writes facts":                     {l.writes(userIngest, topic(schemas.DecodedLOX24SMS)), noTopic},
		"ingest joins a stage":                    {l.joins(userIngest, lox24, topic(schemas.RawLOX24)), noGroup},
		"ingest ends a processor's transaction":   {l.transacts(userIngest, lox24+".host.0"), noID},
		"processor writes raw":                    {l.writes(userProcessor, topic(schemas.RawLOX24)), noTopic},
		"processor writes notes of replays":       {l.writes(userProcessor, topic(schemas.InternalReplays)), noTopic},
		"processor reads notes of replays":        {l.reads(userProcessor, topic(schemas.InternalReplays)), noTopic},
		"processor pauses a stage":                {l.writes(userProcessor, topic(schemas.InternalPauses)), noTopic},
		"processor joins analytics":               {l.joins(userProcessor, ownGroup, topic(schemas.RawLOX24)), noGroup},
		"processor replays":                       {l.transacts(userProcessor, deadletter.TransactionalID(l.names)), noID},
		"processor under a foreign id":            {l.transacts(userProcessor, l.names.Group("somebody.0")), noID},
		"processor creates":                       {l.creates(userProcessor, topic("internal.changelog.new.v1")), noTopic},
		"processor deletes":                       {l.deletes(userProcessor, topic(schemas.ChangelogLOX24)), noTopic},
		"operator writes facts":                   {l.writes(userOperator, topic(schemas.DecodedLOX24SMS)), noTopic},
		"operator writes journeys":                {l.writes(userOperator, journeys), noTopic},
		"operator writes state":                   {l.writes(userOperator, topic(schemas.ChangelogLOX24)), noTopic},
		"operator joins a stage":                  {l.joins(userOperator, lox24, topic(schemas.RawLOX24)), noGroup},
		"operator moves a stage's offsets":        {l.commits(userOperator, lox24, topic(schemas.RawLOX24)), noGroup},
		"operator ends a processor's transaction": {l.transacts(userOperator, lox24+".host.0"), noID},
		"operator deletes":                        {l.deletes(userOperator, topic(schemas.RawLOX24)), noTopic},
		"operator gives rights":                   {l.gives(userOperator), noCluster},
		"topics reads raw":                        {l.reads(userTopics, topic(schemas.RawLOX24)), noTopic},
		"topics writes raw":                       {l.writes(userTopics, topic(schemas.RawLOX24)), noTopic},
		"topics deletes":                          {l.deletes(userTopics, topic(schemas.RawLOX24)), noTopic},
		"topics creates what is not ours":         {l.creates(userTopics, topic("other")), noTopic},
		"topics gives rights":                     {l.gives(userTopics), noCluster},
		"reset reads journeys":                    {l.reads(userReset, journeys), noTopic},
		"reset reads dead letters":                {l.reads(userReset, topic(schemas.DeadLetterLOX24)), noTopic},
		"reset joins analytics":                   {l.joins(userReset, ownGroup, topic(schemas.Ledger)), noGroup},
		"reset deletes raw":                       {l.deletes(userReset, topic(schemas.RawLOX24)), noTopic},
		"reset deletes journeys":                  {l.deletes(userReset, journeys), noTopic},
		"reset writes raw":                        {l.writes(userReset, topic(schemas.RawLOX24)), noTopic},
		"a stranger reads":                        {l.reads(userStranger, journeys), noTopic},
		"a stranger writes":                       {l.writes(userStranger, topic(schemas.RawLOX24)), noTopic},
		"a stranger transacts":                    {l.transacts(userStranger, lox24+".host.0"), noID},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v, want %s", name, test.err, test.want.Message)
		}
	}
	wrong := l.clientWith(userIngest, "not the password")
	// The embedded broker hangs up without a word.
	if err := wrong.Ping(l.brief()); err == nil || l.real && !errors.Is(err, kerr.SaslAuthenticationFailed) {
		t.Errorf("a wrong password: %v", err)
	}
	anonymous, err := kgo.NewClient(kgo.SeedBrokers(l.brokers...), kgo.RequestRetries(1))
	if err != nil {
		t.Fatal(err)
	}
	defer anonymous.Close()
	if err := anonymous.Ping(l.brief()); err == nil {
		t.Error("a client that says no name is answered")
	}
}

// prune takes a team's role away.
func (l *life) prune(t *testing.T) {
	t.Helper()
	l.config.Principals.Analytics = []string{"User:" + userFraud}
	d, err := acl.Diff(t.Context(), l.admin, l.config, l.names, []string{"User:" + userBI})
	if err != nil {
		t.Fatal(err)
	}
	if err := acl.Apply(t.Context(), l.admin, d.Add, d.Stale); err != nil {
		t.Fatal(err)
	}
	await(t, "the rules to go", func() bool {
		d, err := acl.Diff(t.Context(), l.admin, l.config, l.names, []string{"User:" + userBI})
		return err == nil && d.Empty()
	})
	if err := l.reads(userBI, l.names.Topic(schemas.EnrichedJourneys)); !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Errorf("a team without role reads: %v", err)
	}
	left, err := kadm.NewClient(l.client(userFraud)).ListTopics(t.Context())
	if err != nil || len(left) == 0 {
		t.Errorf("the other team sees %d topics: %v", len(left), err)
	}
}
