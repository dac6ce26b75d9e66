package topics

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/schemas"
)

// keyPartitions is the Key of a change of the partition count.
const keyPartitions = "partitions"

// The hints of refused changes of the partition count.
const (
	hintState = "the state of its entities lies by partition, and with another count their records would come to partitions that do not know them; " +
		"keep the count in topics.partitions or topics.families, or move to another prefix: see tributary topics apply --help"
	hintOutput = "its keys lie by partition, and with another count an older snapshot of a key would stay in a partition where none replaces it; " +
		"keep the count in topics.partitions or topics.families, or move to another prefix: see tributary topics apply --help"
	hintFewer = "Kafka takes no partitions away; the topics of its family are empty, so delete them and apply again"
)

// judgePartitions decides whether a differing partition count may be changed. A family
// whose topics never held a record has no state and may get more partitions; any other
// family keeps its count. Output topics are judged one by one.
func judgePartitions(ctx context.Context, admin *kadm.Client, wanted []Wanted, existing []string, changes []Change) error {
	if !slices.ContainsFunc(changes, func(c Change) bool { return c.Key == keyPartitions }) {
		return nil
	}
	// Offsets never go back: an end of 0 says that there never was a record.
	ends, err := admin.ListEndOffsets(ctx, existing...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look whether topics are empty: %w", err)
	}
	used := map[string]bool{}
	ends.Each(func(o kadm.ListedOffset) { used[o.Topic] = used[o.Topic] || o.Offset > 0 })
	family := map[string]bool{}
	for i := range wanted {
		family[wanted[i].Row.Family] = family[wanted[i].Row.Family] || used[wanted[i].Name]
	}
	for i := range changes {
		c := &changes[i]
		if c.Key != keyPartitions {
			continue
		}
		output := c.wanted.Row.Family == schemas.FamilyOutput
		have, _ := strconv.Atoi(c.Have) // we wrote it
		switch {
		case output && used[c.Topic]:
			c.Hint = hintOutput
		case !output && family[c.wanted.Row.Family]:
			c.Hint = hintState
		case int(c.wanted.Partitions) < have:
			c.Hint = hintFewer
		default:
			c.Kind = KindPartitions
		}
	}
	return nil
}
