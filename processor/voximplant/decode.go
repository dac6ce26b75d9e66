package voximplant

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// callback is a decoded raw record.
type callback struct {
	envelope raw.Envelope
	source   *source.Source
	decoded  avro.VoximplantAccountCallback
	// sequence is callback_id as a number.
	sequence uint64
	// names are the names of the subscriptions, which identify them in the state even
	// if the names may not leave the restricted topics.
	names []string
	// numbers are the digits of the caller ids, for the same reason.
	numbers []string
	// number is that an SMS came from, for the rule on blocks.
	number block.Number
	// faults are the faults in the callback that the decoder tolerated.
	faults tolerance.Faults
}

// member is a field of a callback that is not a base field, unparsed.
type member struct {
	name string
	raw  []byte
}

// Decode parses a raw record.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	envelope, err := raw.Parse(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
	}
	cb := &callback{envelope: envelope, source: s.sources.Find(envelope.Source, envelope.Provider)}
	cb.decoded = avro.VoximplantAccountCallback{Origin: entity.OriginOf(in, &envelope), ReceivedAt: envelope.ReceivedAt, UnknownFields: []string{}}
	r := &reader{Scanner: jsonscan.New(in.Value), cb: cb, pseudonyms: s.pseudonyms}
	members, err := r.base()
	if err != nil {
		return nil, err
	}
	if err := cb.identify(in); err != nil {
		return nil, err
	}
	return cb, s.payload(r, members)
}

// base parses the fields that every callback has and collects the others unparsed,
// because the type that determines their format may come after them. If a field occurs
// twice, the last value counts and the field is noted; a repeated field that identifies
// or proves the callback makes it undecodable.
func (r *reader) base() (members []member, err error) {
	d := &r.cb.decoded
	var met repeats
	r.BeginObject()
	for {
		key, more := r.NextKey()
		if !more {
			break
		}
		name := string(key)
		repeated := met.again(name)
		if repeated && identifies(name) {
			return nil, stage.Permanentf(stage.CauseUndecodable, "%s: the key is there twice", name)
		}
		r.field = name
		switch {
		case r.Null():
		case r.baseText(d, name):
			r.repeated(repeated)
		case name == "callback_id":
			d.CallbackID = r.plain()
		case name == "account_id":
			d.ProviderID = r.plain()
		case name == "balance":
			r.repeated(repeated)
			r.money(&d.Balance)
		case name == "hash":
			r.Skip() // ingest has checked it; it never leaves
		default:
			members = append(members, member{name: name, raw: r.Raw()})
		}
	}
	return members, r.end("")
}

// identifies reports whether a field identifies the callback or its type, or proves it.
func identifies(name string) bool {
	return name == "callback_id" || name == "account_id" || name == "hash" || name == "type"
}

// baseText reads a base field that is text.
func (r *reader) baseText(d *avro.VoximplantAccountCallback, name string) bool {
	switch name {
	case "type":
		d.Type = r.pseudonyms.ID(r.cb.source, r.plain())
	case "currency":
		r.text(&d.Currency)
	case "language_code":
		r.text(&d.LanguageCode)
	case "account_name":
		r.exposed(&d.AccountName)
	case "account_email":
		r.exposed(&d.AccountEmail)
	case "account_first_name":
		r.exposed(&d.AccountFirstName)
	case "account_last_name":
		r.exposed(&d.AccountLastName)
	default:
		return false
	}
	return true
}

// plain reads a required text.
func (r *reader) plain() string {
	text, _ := r.LenientText()
	return string(text)
}

// identify checks the ids and the type, from which the keys are made.
func (cb *callback) identify(in *stage.Input) error {
	d := &cb.decoded
	if _, err := strconv.ParseUint(d.ProviderID, 10, 64); err != nil {
		return stage.Permanentf(stage.CauseSchemaMismatch, "account_id: no number of up to 64 bits")
	}
	var err error
	if cb.sequence, err = strconv.ParseUint(d.CallbackID, 10, 64); err != nil {
		return stage.Permanentf(stage.CauseSchemaMismatch, "callback_id: no number of up to 64 bits")
	}
	if !isName(d.Type) {
		return stage.Permanentf(stage.CauseSchemaMismatch, "type: missing, or no name as the provider's types have")
	}
	d.AccountID = "voximplant:" + d.ProviderID
	if string(in.Key) != d.AccountID {
		return stage.Permanentf(stage.CauseUndecodable, "the record's key is not that of its account_id")
	}
	// The canonical form, so that one callback has one id.
	d.CallbackID = strconv.FormatUint(cb.sequence, 10)
	d.EventID = d.ProviderID + ":" + d.CallbackID
	return nil
}

// payload parses the member that the type names. Of an unknown type only the names of
// the fields are emitted, because their values could be personal data.
func (s *Stage) payload(r *reader, members []member) error {
	d := &r.cb.decoded
	read, known := s.types[d.Type]
	d.UnknownType = !known
	var own, other *member
	for i := range members {
		m := &members[i]
		_, isType := s.types[m.name]
		switch {
		case m.name == d.Type:
			if own != nil && !bare(d.Type) && !bytes.Equal(own.raw, m.raw) {
				return stage.Permanentf(stage.CauseUndecodable, "%s: the key is there twice, with two values", d.Type)
			}
			r.field = d.Type
			r.repeated(own != nil && known)
			own = m
		case isType:
			other = m
		default:
			r.unknown(m.name)
		}
	}
	switch {
	case !known:
		r.cb.faults.Unknown(tolerance.KindEvent, d.Type)
		if own != nil {
			r.unknown(own.name)
			r.names(own)
		}
	case own != nil:
		r.Scanner = jsonscan.New(own.raw)
		r.inPayload, r.field = true, d.Type
		read(r)
		if err := r.end(d.Type); err != nil {
			return err
		}
	case other != nil && !bare(d.Type):
		return stage.Permanentf(stage.CauseSchemaMismatch, "%s: missing, there is %s instead", d.Type, other.name)
	default:
		if other != nil {
			r.unknown(other.name)
		}
		r.Scanner = jsonscan.New([]byte("{}"))
		read(r)
	}
	slices.Sort(d.UnknownFields)
	d.UnknownFields = slices.Compact(d.UnknownFields)
	return nil
}

// names records the names of the fields of a payload of an unknown type.
func (r *reader) names(m *member) {
	s := jsonscan.New(m.raw)
	if s.Kind() != jsonscan.Object {
		return
	}
	s.BeginObject()
	for {
		key, more := s.NextKey()
		if !more {
			return
		}
		r.unknown(m.name + "." + string(key))
		s.Skip()
	}
}

// unknown records the name of an unknown field. A key that does not look like a name is
// left out, because a provider could use ids or numbers as keys.
func (r *reader) unknown(name string) {
	const most = 100
	d := &r.cb.decoded
	for part := range strings.SplitSeq(name, ".") {
		if !isName(part) {
			return
		}
	}
	if len(d.UnknownFields) < most && r.pseudonyms.ID(r.cb.source, name) == name {
		d.UnknownFields = append(d.UnknownFields, name)
	}
}

// isName reports whether a text looks like the name of a field or type.
func isName(text string) bool {
	const longest = 64
	if text == "" || len(text) > longest || text[0] >= '0' && text[0] <= '9' {
		return false
	}
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// Times implements stage.Timed. A callback has no event time.
func (cb *callback) Times() stage.Times {
	return stage.Times{Origin: cb.envelope.Provider, Ingested: cb.envelope.ReceivedAt}
}
