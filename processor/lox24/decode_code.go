package lox24

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// maxHistory limits the steps and attempts that one event may list. A strategy has at
// most one step for each of three channels. [D]
const maxHistory = 100

// code parses the data of a verify_code event. [D] doc.lox24.eu/api/webhooks, [S] 001,
// 003. It skips the one-time code like an unknown field.
func (s *Stage) code(r *reader, w *webhook) {
	c := &w.own
	c.Event = codeEvent(w.name)
	w.code = c
	var met keys
	status := avro.Optional[int32]{}
	created := false
	for inside := r.data(); inside; {
		key, more := r.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id":
			met.once(r, 0, "data.id")
			c.ProviderID = r.text("data.id")
		case "user_id":
			met.last(r, 1, "data.user_id")
			c.UserID = r.int64("data.user_id")
		case "phone":
			met.once(r, 2, "data.phone")
			if phone := r.text("data.phone"); phone != "" {
				c.Phone.Set = true
				c.Phone.Value, w.fact.Block.Number = s.config.Privacy.NumberOf(w.source, phone, w.receivedAt)
			}
		case "routing_strategy":
			met.once(r, 3, "data.routing_strategy")
			readStrategy(r, w)
		case "status":
			met.once(r, 4, "data.status")
			status = r.int32("data.status")
			c.StatusRaw = status.Value
		case "payload":
			met.once(r, 5, "data.payload")
			s.payload(r.text("data.payload"), w)
		case "created_at":
			met.once(r, 6, "data.created_at")
			at := r.time("data.created_at")
			c.CreatedAt, created = at.Value, at.Set
		case "history":
			met.once(r, 7, "data.history")
			readHistory(r, c)
		case "channel":
			met.once(r, 8, "data.channel")
			readChannel(r, w)
		default:
			readRest(r, c, key, &met)
		}
	}
	switch {
	case r.Err() != nil:
	case !status.Set:
		r.fail(stage.CauseSchemaMismatch, "data.status: missing, or no integer of 32 bits")
	case !created:
		r.fail(stage.CauseSchemaMismatch, "data.created_at: missing, or no time")
	}
}

// readRest reads the plain fields.
func readRest(r *reader, c *avro.LOX24VerifyCode, key []byte, met *keys) {
	switch string(key) {
	case "delivered_channel":
		met.last(r, 10, "data.delivered_channel")
		if text, kind := r.channel("data.delivered_channel"); text != "" {
			c.DeliveredChannelRaw, c.DeliveredChannel = avro.Some(text), avro.Some(kind)
		}
	case "cost":
		met.last(r, 11, "data.cost")
		c.CostMinor = r.int64("data.cost")
	case "currency":
		met.last(r, 12, "data.currency")
		c.Currency = r.optionalID("data.currency")
	case "code_length":
		met.last(r, 13, "data.code_length")
		c.CodeLength = r.int32("data.code_length")
	case "updated_at":
		met.last(r, 14, "data.updated_at")
		c.UpdatedAt = r.time("data.updated_at")
	case "is_code_deleted":
		met.last(r, 15, "data.is_code_deleted")
		c.IsCodeDeleted = r.bool("data.is_code_deleted")
	default:
		r.Skip()
	}
}

func readStrategy(r *reader, w *webhook) {
	if !r.list("data.routing_strategy") {
		return
	}
	c := w.code
	for r.NextItem() {
		if !r.object("data.routing_strategy") {
			continue
		}
		step := avro.LOX24RoutingStep{}
		var met keys
		for {
			key, more := r.NextKey()
			if !more {
				break
			}
			switch string(key) {
			case "channel":
				met.once(r, 0, "data.routing_strategy.channel")
				step.ChannelRaw, step.Channel = r.channel("data.routing_strategy.channel")
			case "timeout_sec":
				met.once(r, 1, "data.routing_strategy.timeout_sec")
				step.TimeoutSec = r.int32("data.routing_strategy.timeout_sec")
			case "sender_id":
				met.last(r, 2, "data.routing_strategy.sender_id")
				if sender := r.optional("data.routing_strategy.sender_id"); w.source.Exposes("sender_id") {
					step.SenderID = sender
				}
			default:
				r.Skip()
			}
		}
		if len(c.RoutingStrategy) == maxHistory {
			r.fail(stage.CauseOutOfRange, "data.routing_strategy: too long")
			return
		}
		if c.RoutingStrategy == nil {
			c.RoutingStrategy = make([]avro.LOX24RoutingStep, 0, 3)
		}
		c.RoutingStrategy = append(c.RoutingStrategy, step)
	}
}

func readHistory(r *reader, c *avro.LOX24VerifyCode) {
	if !r.list("data.history") {
		return
	}
	for r.NextItem() {
		if !r.object("data.history") {
			continue
		}
		entry := avro.LOX24HistoryEntry{}
		var met keys
		for {
			key, more := r.NextKey()
			if !more {
				break
			}
			switch string(key) {
			case "id":
				met.once(r, 0, "data.history.id")
				entry.ID = r.id("data.history.id")
			case "channel":
				met.once(r, 1, "data.history.channel")
				entry.ChannelRaw, entry.Channel = r.channel("data.history.channel")
			case "status":
				met.once(r, 2, "data.history.status")
				entry.StatusRaw = r.int32("data.history.status").Value
			case "processed_at":
				met.once(r, 3, "data.history.processed_at")
				entry.StatusAt = r.time("data.history.processed_at")
			case "external_id":
				met.last(r, 4, "data.history.external_id")
				entry.ExternalID = r.optionalID("data.history.external_id")
			default:
				r.Skip()
			}
		}
		// An entry without a status exists, so its status is at least new.
		entry.Status = r.status(entry.StatusRaw)
		if len(c.History) == maxHistory {
			r.fail(stage.CauseOutOfRange, "data.history: too long")
			return
		}
		if c.History == nil {
			c.History = make([]avro.LOX24HistoryEntry, 0, 3)
		}
		c.History = append(c.History, entry)
	}
}

func readChannel(r *reader, w *webhook) {
	if !r.object("data.channel") {
		return
	}
	c := avro.LOX24Attempt{}
	var met keys
	for {
		key, more := r.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id":
			met.once(r, 0, "data.channel.id")
			c.ID = r.id("data.channel.id")
		case "channel":
			met.once(r, 1, "data.channel.channel")
			c.ChannelRaw, c.Channel = r.channel("data.channel.channel")
		case "status":
			met.once(r, 2, "data.channel.status")
			c.StatusRaw = r.int32("data.channel.status").Value
		case "processed_at":
			met.once(r, 3, "data.channel.processed_at")
			c.StatusAt = r.time("data.channel.processed_at")
		case "external_id":
			met.last(r, 4, "data.channel.external_id")
			c.ExternalID = r.optionalID("data.channel.external_id")
		case "error":
			met.last(r, 5, "data.channel.error")
			if text := r.optional("data.channel.error"); w.source.Exposes("error") {
				c.Error = text
			}
		case "cost":
			met.last(r, 6, "data.channel.cost")
			c.CostMinor = r.int64("data.channel.cost")
		default:
			r.Skip()
		}
	}
	c.Status = r.status(c.StatusRaw)
	w.code.Attempt = avro.Some(c)
}

// payload extracts the correlation ids and the exposed fields from the payload; the
// payload itself is not emitted.
func (s *Stage) payload(text string, w *webhook) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for _, c := range w.source.Correlation {
		id := s.config.Privacy.Correlate(w.source, c, text)
		if id == "" {
			continue
		}
		w.fact.Correlation = append(w.fact.Correlation, verification.Correlation{Slot: slot(c), ID: id})
		if !slices.Contains(w.code.CorrelationIDs, id) {
			w.code.CorrelationIDs = append(w.code.CorrelationIDs, id)
		}
	}
	for _, pointer := range w.source.PayloadFields {
		value, found := jsonscan.Lookup(text, pointer)
		if !found {
			continue
		}
		if w.code.PayloadFields == nil {
			w.code.PayloadFields = make(map[string]string, len(w.source.PayloadFields))
		}
		w.code.PayloadFields[pointer] = s.config.Privacy.Text(w.source, value)
	}
}

// slot names the place of a correlation id.
func slot(c source.Correlation) string {
	if c.Pointer == "" {
		return c.Field
	}
	return c.Field + c.Pointer
}

// statusName normalises a status. [D] api_verify_codes_get_item
func statusName(status int32) avro.AttemptStatus {
	switch status {
	case 0:
		return avro.AttemptStatusNew
	case 5:
		return avro.AttemptStatusInProgress
	case 10:
		return avro.AttemptStatusSuccess
	case 20:
		return avro.AttemptStatusFailed
	case 100:
		return avro.AttemptStatusError
	default:
		return avro.AttemptStatusUnknown
	}
}
