package unibell

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// event is a decoded fact.
type event struct {
	source *source.Source
	call   avro.UnibellCall
	// number is that of the call's source address.
	number block.Number
	// key is the verification's key by the reference, or by the request id if the fact
	// has no reference. both is set if it has both ids; requestKey is then the key by
	// the request id.
	key, requestKey string
	both            bool
	// faults are the faults in the record that the decoder tolerated.
	faults tolerance.Faults
}

func (e *event) request(f *fields, made bool) {
	e.call.Kind, e.call.EventID, e.call.ReferenceMade = avro.UnibellCallKindRequest, "request:"+e.call.Origin.RequestID, made
	f.text[requestID], f.text[status] = "", "" // a caller's own words
}

// answer parses the provider's answer to a request, in either of its documented
// formats. [S] 000: status and requestId, or status and error; [D] page 3515:
// requestId, or errorCode and errorReason. After any other answer it is unknown whether
// the call was placed.
func (s *Stage) answer(e *event, f *fields, unreachable string, httpStatus int) {
	c := &e.call
	c.Kind = avro.UnibellCallKindAnswer
	request := s.config.Privacy.ID(e.source, f.text[requestID])
	if httpStatus > 0 && httpStatus < 1000 {
		c.HTTPStatus = avro.Some(int32(httpStatus))
	}
	word := f.text[status]
	switch {
	case unreachable != "":
		if !slices.Contains([]string{"timeout", "refused", "dns"}, unreachable) {
			unreachable = "other"
		}
		c.Unreachable, c.Status, word = avro.Some(unreachable), avro.Some(avro.CallStatusUnreachable), "unreachable:"+unreachable
	case strings.EqualFold(word, "ok"), strings.EqualFold(word, "Created"), word == "" && f.text[errorCode] == "" && f.text[requestID] != "":
		c.Status = avro.Some(avro.CallStatusAccepted)
	case word != "" || f.text[errorCode] != "":
		c.Status = avro.Some(avro.CallStatusRefused)
		word = s.config.Privacy.Word(e.source, word) + ":" + s.config.Privacy.Word(e.source, f.text[errorCode])
	default:
		c.Status, word = avro.Some(avro.CallStatusUnknown), "http:"+strconv.Itoa(httpStatus)
	}
	c.EventID = "answer:" + c.Origin.RequestID + ":" + request + ":" + word
}

func (s *Stage) status(e *event, f *fields) error {
	c := &e.call
	c.Kind = avro.UnibellCallKindStatus
	word := strings.ToUpper(strings.TrimSpace(f.text[status]))
	if word == "" {
		return stage.Permanentf(stage.CauseSchemaMismatch, "status: missing")
	}
	c.EventID = "status:" + s.config.Privacy.Word(e.source, word)
	meaning := avro.CallStatusUnknown
	switch e.source.Statuses[word] {
	case "pending":
		meaning = avro.CallStatusPending
	case "success":
		meaning = avro.CallStatusDelivered
	case "failed":
		meaning = avro.CallStatusFailed
	default:
		e.faults.Unknown(tolerance.KindStatus, word)
	}
	c.Status = avro.Some(meaning)
	return nil
}

// finish sets the fields that depend on the whole fact.
func (s *Stage) finish(e *event, f *fields) error {
	c := &e.call
	named, requested := strings.TrimSpace(f.text[reference]) != "", strings.TrimSpace(f.text[requestID]) != ""
	switch {
	case !named && !requested:
		return stage.Permanentf(stage.CauseSchemaMismatch, "neither reference nor requestId")
	case named && !entity.ValidID(f.text[reference]), requested && !entity.ValidID(f.text[requestID]), !entity.ValidID(c.EventID):
		return stage.Permanentf(stage.CauseSchemaMismatch, "reference, requestId or status: %s", entity.NoID)
	}
	at := c.ReceivedAt
	if requested {
		f.text[requestID] = s.config.Privacy.ID(e.source, f.text[requestID])
		c.CallRequestID = avro.Some(f.text[requestID])
		e.requestKey = prefix(e.source.ID) + raw.UnibellRequest(f.text[requestID])
		e.key = e.requestKey
	}
	if named {
		s.name(e, f.text[reference])
		e.both = requested
	}
	if requested && c.Kind == avro.UnibellCallKindStatus {
		// Calls with one reference may reach the same status.
		c.EventID = "status:" + f.text[requestID] + strings.TrimPrefix(c.EventID, "status")
	}
	if f.text[sourceAddr] != "" {
		c.SourceAddr.Set = true
		c.SourceAddr.Value, e.number = s.config.Privacy.NumberOf(e.source, f.text[sourceAddr], at)
	}
	if f.text[destAddr] != "" {
		c.DestAddr = avro.Some(s.config.Privacy.PhoneOf(e.source, f.text[destAddr], at))
	}
	c.StatusRaw, c.ErrorCode, c.NetworkErrorCode = s.word(e, f.text[status]), s.word(e, f.text[errorCode]), s.word(e, f.text[networkError])
	if e.source.Exposes("error") {
		c.Error = entity.Text(f.text[errorText])
	}
	if made := f.timeOf(createdAt, &e.faults); !made.IsZero() {
		c.CallCreatedAt = avro.Some(made)
	}
	if reached := f.timeOf(statusAt, &e.faults); !reached.IsZero() {
		c.StatusAt = avro.Some(reached)
	}
	return nil
}

// word returns a provider's word in the form in which it may leave.
func (s *Stage) word(e *event, text string) avro.Optional[string] {
	return entity.Text(s.config.Privacy.Word(e.source, text))
}

// name assigns the fact to its reference. A reference that does not look like an id is
// replaced by a pseudonym, in the key as well.
func (s *Stage) name(e *event, text string) {
	c := &e.call
	safe := s.config.Privacy.ID(e.source, text)
	if safe == strings.TrimSpace(text) {
		c.Reference = avro.Some(text)
		safe = text
	}
	e.key = prefix(e.source.ID) + raw.UnibellReference(safe)
	c.VerificationID = avro.Some(e.key)
	if c.ReferenceMade {
		return
	}
	for _, pointer := range e.source.Correlation {
		id := s.config.Privacy.Correlate(e.source, pointer, text)
		if id != "" && !slices.Contains(c.CorrelationIDs, id) {
			c.CorrelationIDs = append(c.CorrelationIDs, id)
		}
	}
}

// Times implements stage.Timed. Only a status has an event time.
func (e *event) Times() stage.Times {
	return stage.Times{Origin: e.call.Origin.Provider, Event: e.call.StatusAt.Value, Ingested: e.call.ReceivedAt}
}
