package feed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/schemas"
)

// Letters are all dead letters, grouped.
type Letters struct {
	At       time.Time `json:"at"`
	Waiting  int64     `json:"waiting"`
	Replayed int64     `json:"replayed"`
	Issues   []Issue   `json:"issues"`
}

// Issue is the dead letters of a provider or internal stage with one cause.
type Issue struct {
	Provider string `json:"provider"`
	Stage    string `json:"stage"`
	Cause    string `json:"cause"`
	// Versions of the program that could not handle them.
	Versions []string  `json:"versions"`
	Count    int64     `json:"count"`
	Replayed int64     `json:"replayed"`
	First    time.Time `json:"first_at"`
	Last     time.Time `json:"last_at"`
	// Newest are the newest of them, the newest first.
	Newest []*deadletter.Letter `json:"newest"`
}

// Waiting is how many were not replayed.
func (i *Issue) Waiting() int64 { return i.Count - i.Replayed }

// newest is how many letters of an issue are kept.
const newest = 20

// letterReader reads the dead letters again only if there are others.
type letterReader struct {
	feed *Feed
	ends string
	last *Letters
}

func (l *letterReader) read(ctx context.Context) (*Letters, error) {
	admin, err := l.feed.admin()
	if err != nil {
		return nil, err
	}
	ends, err := l.bounds(ctx, admin)
	if err != nil {
		return nil, err
	}
	if l.last != nil && ends == l.ends {
		same := *l.last
		same.At = l.feed.Now().UTC()
		return &same, nil
	}
	reader := deadletter.NewReader(l.feed.config.Kafka, l.feed.config.Names)
	if err := reader.Open(ctx); err != nil {
		return nil, err
	}
	out := &Letters{At: l.feed.Now().UTC()}
	issues := map[[3]string]*Issue{}
	err = reader.Each(ctx, &deadletter.Filter{}, func(letter *deadletter.Letter) error {
		out.add(issues, letter)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Issues = make([]Issue, 0, len(issues))
	for _, i := range issues {
		i.trim(0)
		out.Issues = append(out.Issues, *i)
	}
	slices.SortFunc(out.Issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(b.Waiting(), a.Waiting()), b.Last.Compare(a.Last), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Cause, b.Cause))
	})
	l.ends, l.last = ends, out
	return out, nil
}

// bounds names where the topics of dead letters begin and end.
func (l *letterReader) bounds(ctx context.Context, admin *kadm.Client) (string, error) {
	topics := []string{l.feed.config.Names.Topic(schemas.InternalReplays)}
	for _, name := range schemas.DeadLetterTopics() {
		topics = append(topics, l.feed.config.Names.Topic(name))
	}
	starts, err := admin.ListStartOffsets(ctx, topics...)
	if err != nil {
		return "", fmt.Errorf("look where the dead letters begin: %w", err)
	}
	ends, err := admin.ListCommittedOffsets(ctx, topics...)
	if err != nil {
		return "", fmt.Errorf("look how far the dead letters go: %w", err)
	}
	return fmt.Sprint(sumOf(starts), sumOf(ends)), nil
}

func (l *Letters) add(issues map[[3]string]*Issue, letter *deadletter.Letter) {
	key := [3]string{letter.Kind, letter.Stage, letter.Cause}
	i := issues[key]
	if i == nil {
		i = &Issue{Provider: letter.Kind, Stage: letter.Stage, Cause: letter.Cause, First: letter.DeadLettered}
		issues[key] = i
	}
	i.Count++
	if letter.Replayed != nil {
		i.Replayed++
		l.Replayed++
	} else {
		l.Waiting++
	}
	if letter.DeadLettered.Before(i.First) {
		i.First = letter.DeadLettered
	}
	if letter.DeadLettered.After(i.Last) {
		i.Last = letter.DeadLettered
	}
	if !slices.Contains(i.Versions, letter.Version) {
		i.Versions = append(i.Versions, letter.Version)
	}
	i.Newest = append(i.Newest, letter)
	i.trim(newest)
}

// trim keeps the newest letters, with some room before it sorts again.
func (i *Issue) trim(room int) {
	if len(i.Newest) <= newest+room && room > 0 {
		return
	}
	slices.SortStableFunc(i.Newest, func(a, b *deadletter.Letter) int { return b.DeadLettered.Compare(a.DeadLettered) })
	i.Newest = i.Newest[:min(len(i.Newest), newest)]
}
