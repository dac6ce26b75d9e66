package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// copyBodies fills the raw topics with the bodies of others, which may know nothing
// of our headers: LOX24's events and UAPAY's claims as they are. So two programs can
// be given the same work. topics are by provider.
func (p *environment) copyBodies(ctx context.Context, topics map[string]string) (map[string]simulator.Count, time.Time, error) {
	var begin time.Time
	names := slices.Sorted(maps.Values(topics))
	listed, err := p.admin.ListEndOffsets(ctx, names...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, begin, fmt.Errorf("look at the ends of %v: %w", names, err)
	}
	var total int64
	listed.Each(func(o kadm.ListedOffset) { total += o.Offset })
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.ConsumeTopics(names...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, p.kafka...)...)
	if err != nil {
		return nil, begin, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	p.o.Progress.Step(fmt.Sprintf("copying the bodies of %v", names), total)
	var f *filler
	for n := int64(0); n < total; {
		fetches := client.PollFetches(ctx)
		for _, bad := range fetches.Errors() {
			err = errors.Join(err, fmt.Errorf("read %s: %w", bad.Topic, bad.Err))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if err != nil {
				return
			}
			d, bodyErr := copied(providerOf(topics, r.Topic), r.Value)
			if bodyErr != nil {
				err = fmt.Errorf("%s partition %d offset %d: %w", r.Topic, r.Partition, r.Offset, bodyErr)
				return
			}
			if f == nil {
				// The first event's time: no event is stale then, nor of tomorrow.
				begin = d.at
				if f, err = p.newFiller(ctx, begin); err != nil {
					return
				}
			}
			// Topics are read one after another, so that the bodies' own times would go
			// back and forth.
			const apart = 400 * time.Microsecond
			d.at = begin.Add(time.Duration(n) * apart)
			n++
			f.take(d)
		})
		p.o.Progress.At(n)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, begin, err
		}
	}
	if f == nil {
		return nil, begin, fmt.Errorf("there is nothing in %v", names)
	}
	counts, err := f.end(ctx)
	return counts, begin, err
}

func providerOf(topics map[string]string, topic string) string {
	for provider, name := range topics {
		if name == topic {
			return provider
		}
	}
	return ""
}

// copied makes a webhook of a body.
func copied(provider string, body []byte) (delivery, error) {
	a := accounts()
	d := delivery{provider: provider, header: jsonHeader, items: 1}
	var known struct {
		CreatedAt json.RawMessage `json:"created_at"`
		IssuedAt  int64           `json:"iat"`
		PaymentID string          `json:"paymentId"` //nolint:tagliatelle // the provider's name
		Data      struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return d, fmt.Errorf("read the body: %w", err)
	}
	switch provider {
	case raw.ProviderLOX24:
		var seconds int64
		if err := json.Unmarshal(known.CreatedAt, &seconds); err != nil {
			return d, fmt.Errorf("read created_at: %w", err)
		}
		d.path, d.order, d.at = "/v1/lox24/"+a.LOX24.Source+"/"+a.LOX24.Secret, known.Data.ID, time.Unix(seconds, 0)
		d.body = func() []byte { return body }
	case raw.ProviderUAPAY:
		d.path, d.order, d.at = "/v1/uapay/"+a.UAPAY.Source, known.PaymentID, time.Unix(known.IssuedAt, 0)
		d.body = func() []byte { return simulator.Envelope(simulator.Sign(body, a.UAPAY.Secret, jwt.SigningMethodHS256)) }
	default:
		return d, fmt.Errorf("no bodies of %q can be copied", provider)
	}
	return d, nil
}

func jsonHeader([]byte, time.Time) http.Header {
	return http.Header{"Content-Type": {"application/json"}}
}
