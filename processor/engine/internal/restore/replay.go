package restore

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// replay reads the changelogs up to their ends, with its own client.
func (s *Restorer) replay(ctx context.Context, ahead map[int32]*Result) error {
	from, behind := map[int32]kgo.Offset{}, map[int32]*Changelog{}
	for p, r := range ahead {
		if r.Checkpoint.Offset < r.End {
			from[p], behind[p] = kgo.NewOffset().At(r.Checkpoint.Offset), &r.Changelog
		}
	}
	load := NewLoader(s.config.Store)
	began := s.config.Now()
	if len(from) > 0 {
		if err := s.replayFrom(ctx, from, behind, load); err != nil {
			return errors.Join(err, load.Discard())
		}
	}
	for _, r := range ahead {
		if r.Took == 0 {
			r.Took = s.config.Now().Sub(began)
		}
		s.config.Replayed(r.Records, r.Bytes)
		r.Checkpoint.AtEnd = s.config.Now().UnixMilli()
		load.Touched[&r.Changelog] = true
	}
	return load.Flush()
}

func (s *Restorer) replayFrom(ctx context.Context, from map[int32]kgo.Offset, ahead map[int32]*Changelog, load *Loader) error {
	s.show(ahead)
	defer s.hide(ahead)
	client, err := s.config.Cluster.Read(&kafka.ReadRequest{
		Client: s.config.Client, Topic: s.config.Changelog, From: from, FetchMaxBytes: s.config.FetchMaxBytes,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	last := s.config.Now()
	for behind := len(from); behind > 0; {
		moved, err := Poll(ctx, client, load, ahead)
		if err != nil {
			return err
		}
		behind = len(behindOf(ahead))
		s.show(ahead)
		now := s.config.Now()
		if moved {
			last = now
		} else if now.Sub(last) > s.config.FenceAfter {
			last = now
			if err := s.config.Recovery.Fence(ctx, behindOf(ahead)); err != nil {
				return err
			}
			if err := s.truncated(ctx, ahead); err != nil {
				return err
			}
		}
	}
	return nil
}

// truncated returns an error if a changelog now ends before the end that the restore
// reads to: it would never get there.
func (s *Restorer) truncated(ctx context.Context, ahead map[int32]*Changelog) error {
	ends, err := s.offsets(s.admin.ListEndOffsets(ctx, s.config.Changelog))
	if err != nil {
		return nil //nolint:nilerr // asked again after the next wait
	}
	for p, f := range ahead {
		if end, ok := ends.Lookup(s.config.Changelog, p); ok && end.Offset < f.End {
			return s.StateLost(p, fmt.Sprintf("its changelog lost its end during the restore: it ends at offset %d and ended at %d before", end.Offset, f.End))
		}
	}
	return nil
}

// show publishes the progress of a running restore.
func (s *Restorer) show(ahead map[int32]*Changelog) {
	s.running.report(ahead, s.config.Now(), s.config.Progress)
}

// hide removes a restore that has ended.
func (s *Restorer) hide(ahead map[int32]*Changelog) {
	s.running.forget(ahead, s.config.Now(), s.config.Progress)
}

// behindOf returns the partitions that have not reached the end of their changelog.
func behindOf(ahead map[int32]*Changelog) []int32 {
	var out []int32
	for p, f := range ahead {
		if f.Checkpoint.Offset < f.End {
			out = append(out, p)
		}
	}
	return out
}
