package topics

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// noteState says of a changelog that is to be created that its stage has state: the
// stage's group has committed offsets. The new changelog does not hold that state.
func noteState(ctx context.Context, admin *kadm.Client, changes []Change) error {
	for i := range changes {
		c := &changes[i]
		stage, ok := strings.CutPrefix(strings.TrimSuffix(c.wanted.Row.Name, ".v1"), "internal.changelog.")
		if !ok || c.Kind != KindCreate {
			continue
		}
		group := strings.TrimSuffix(c.Topic, c.wanted.Row.Name) + stage
		offsets, err := committed(ctx, admin, group)
		if errors.Is(err, kerr.GroupIDNotFound) || errors.Is(err, kerr.GroupAuthorizationFailed) {
			continue // there is no state, or this user may not see it
		}
		if err != nil {
			return fmt.Errorf("look whether stage %s has state: %w", stage, err)
		}
		offsets.Each(func(o kadm.OffsetResponse) {
			if o.At > 0 {
				c.Hint = fmt.Sprintf("this changelog belonged to a stage that has state: group %s has committed offsets, and the new topic is empty; "+
					"the stage does not start on it: run tributary reset --stage %s", group, stage)
			}
		})
	}
	return nil
}

// coordinatorPatience bounds the wait for a group's coordinator: a new cluster makes the
// topic of its groups at the first question.
const (
	coordinatorPatience = 20 * time.Second
	coordinatorPause    = 200 * time.Millisecond
)

func committed(ctx context.Context, admin *kadm.Client, group string) (kadm.OffsetResponses, error) {
	ctx, cancel := context.WithTimeout(ctx, coordinatorPatience)
	defer cancel()
	for {
		offsets, err := admin.FetchOffsets(ctx, group)
		if !errors.Is(err, kerr.CoordinatorNotAvailable) && !errors.Is(err, kerr.NotCoordinator) && !errors.Is(err, kerr.CoordinatorLoadInProgress) {
			return offsets, err //nolint:wrapcheck // the caller says what was asked
		}
		select {
		case <-ctx.Done():
			return nil, err //nolint:wrapcheck // the caller says what was asked
		case <-time.After(coordinatorPause):
		}
	}
}
