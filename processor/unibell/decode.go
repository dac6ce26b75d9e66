package unibell

import (
	"strings"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Decode reads a raw record of any kind.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	headers, err := raw.Parse(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
	}
	e := &event{source: s.config.Sources.Find(headers.Source, raw.ProviderUnibell)}
	e.call.Origin, e.call.ReceivedAt = entity.OriginOf(in, &headers), headers.ReceivedAt
	var f fields
	unreachable := header(in.Headers, raw.HeaderError)
	if headers.Kind == raw.KindRelayAnswer {
		// Any answer is a fact, even one that is not JSON, such as an error page of a
		// gateway.
		if unreachable != "" || f.readJSON(in.Value) != nil {
			f = fields{}
		}
	} else if err := f.read(headers.ContentType, in.Value); err != nil {
		return nil, err
	}
	// Only a webhook is refused if an identifying field is not a text or has two
	// values: a caller's request or a gateway's answer is a fact even then.
	if err := f.validate(headers.Kind == raw.KindWebhook, &e.faults); err != nil {
		return nil, err
	}
	for i := range f.text {
		if !utf8.ValidString(f.text[i]) {
			return nil, stage.Permanentf(stage.CauseUndecodable, "a field is not UTF-8")
		}
	}
	switch headers.Kind {
	case raw.KindRelayRequest:
		e.request(&f, header(in.Headers, raw.HeaderReferenceMade) == "true")
	case raw.KindRelayAnswer:
		s.answer(e, &f, unreachable, headers.Status)
	case raw.KindWebhook:
		err = s.status(e, &f)
	default:
		err = stage.Permanentf(stage.CauseUnknownType, "a raw record of a kind that this stage does not know")
	}
	if err != nil {
		return nil, err
	}
	if headers.Kind != raw.KindWebhook {
		e.byKey(string(in.Key), &f)
	}
	if err := s.finish(e, &f); err != nil {
		return nil, err
	}
	return e, nil
}

// byKey takes the reference from the raw key, which request and answer share. If ingest
// could not use the caller's reference in a key, it made another one, and that
// identifies the call.
func (e *event) byKey(key string, f *fields) {
	text, named := strings.CutPrefix(key, prefix(e.source.ID))
	f.text[reference] = raw.ReadUnibellReference(text)
	if !named {
		e.call.ReferenceMade = true
	}
}

func header(headers []stage.Header, key string) string {
	for i := range headers {
		if headers[i].Key == key {
			return string(headers[i].Value)
		}
	}
	return ""
}

// prefix qualifies the references of a source.
func prefix(sourceID string) string { return raw.ProviderUnibell + ":" + sourceID + ":" }
