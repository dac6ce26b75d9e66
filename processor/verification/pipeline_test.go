package verification_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/processor/unibellcall"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// pipeline is the three stages of verifications, one partition each.
type pipeline struct {
	lox24, unibell, call *enginetest.Driver
	offsets              map[string]int64
	// held keeps what unibell tells unibell-call until release.
	held  bool
	queue []stage.Input
}

func sources() *source.Set {
	return source.NewSet([]source.Source{
		{ID: "shop-json", Provider: "lox24", Namespace: "shop", Correlation: []source.Correlation{{Field: "payload", Pointer: "/order"}}, PayloadFields: []string{"/lang"}, Expose: []string{"error"}},
		{ID: "shop-old", Provider: "lox24", AcceptStale: true},
		{ID: "shop-unibell", Provider: "unibell", StatusCallback: true},
		{ID: "shop-deaf", Provider: "unibell"},
	})
}

func pseudonyms(tb testing.TB) *privacy.Pseudonymiser {
	tb.Helper()
	p := stagetest.Pseudonyms(tb, strings.Repeat("k", 32))
	return p
}

func newPipeline(tb testing.TB, hold time.Duration) *pipeline {
	tb.Helper()
	secret := pseudonyms(tb)
	l, u, c := lox24.DefaultConfig(), unibell.DefaultConfig(), unibellcall.DefaultConfig()
	l.Sources, u.Sources = sources(), sources()
	l.Privacy, u.Privacy, c.Hold = secret, secret, hold
	for _, err := range []error{l.Validate(), u.Validate(), c.Validate()} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	memory := func(name string, made stage.Stage, dead string, outputs ...string) *enginetest.Driver {
		m, err := enginetest.NewDriver(enginetest.DriverConfig{Topics: contract.TestTopics, Namespace: contract.Namespace, Name: name, Stage: made, Outputs: outputs, DeadLetter: dead})
		if err != nil {
			tb.Fatal(err)
		}
		return m
	}
	return &pipeline{
		lox24: memory(lox24.Name, lox24.New(l), schemas.DeadLetterLOX24,
			schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS, schemas.DecodedLOX24UnknownEvent, schemas.EnrichedVerifications, schemas.FactsAttempts,
			schemas.Duplicates, schemas.InternalJourney),
		unibell: memory(unibell.Name, unibell.New(u), schemas.DeadLetterUnibell, schemas.DecodedUnibellCall, schemas.Duplicates, schemas.InternalUnibell),
		call: memory(unibellcall.Name, unibellcall.New(c), schemas.DeadLetterUnibellCall,
			schemas.EnrichedVerifications, schemas.FactsAttempts, schemas.InternalUnibell, schemas.InternalJourney),
		offsets: map[string]int64{},
	}
}

// feed handles a raw record and all that comes of it.
func (p *pipeline) feed(tb testing.TB, in stage.Input) []stage.Output {
	tb.Helper()
	in.Offset = p.offsets[in.Topic]
	p.offsets[in.Topic]++
	driver := p.lox24
	if in.Topic == schemas.RawUnibell {
		driver = p.unibell
	}
	out, err := driver.Feed(in)
	if err != nil {
		tb.Fatal(err)
	}
	return p.run(tb, out)
}

// run routes what the stages tell each other.
func (p *pipeline) run(tb testing.TB, out []stage.Output) (all []stage.Output) {
	tb.Helper()
	for {
		for i := range out {
			if o := &out[i]; o.Topic == schemas.InternalUnibell {
				p.queue = append(p.queue, stage.Input{Topic: o.Topic, Key: o.Key, Value: o.Value, Headers: o.Headers})
			}
		}
		all = append(all, out...)
		if p.held || len(p.queue) == 0 {
			return all
		}
		next := p.queue[0]
		p.queue = p.queue[1:]
		var err error
		if out, err = p.call.Feed(next); err != nil {
			tb.Fatal(err)
		}
	}
}

// advance does what the wall clock does to topics read to their end.
func (p *pipeline) advance(tb testing.TB, to time.Time) (all []stage.Output) {
	tb.Helper()
	for _, driver := range []*enginetest.Driver{p.lox24, p.unibell} {
		out, err := driver.AdvanceTo(0, to)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, p.run(tb, out)...)
	}
	return all
}

// lox24Record makes a webhook of LOX24. Attempts are CHANNEL:STATUS@PROCESSED, a
// comma between them.
func lox24Record(tb testing.TB, at time.Time, name string, values map[string]string) stage.Input {
	tb.Helper()
	get := func(key, otherwise string) string {
		if value, ok := values[key]; ok {
			return value
		}
		return otherwise
	}
	created := at.Add(-time.Second)
	if text, ok := values["made"]; ok {
		created = offset(tb, text)
	}
	ordered := offset(tb, get("ordered", "0s"))
	id := get("v", "a1b2c3d4-e5f6-7890-abcd-ef1234567890")
	history := []string{}
	for _, text := range strings.FieldsFunc(values["history"], func(r rune) bool { return r == ',' }) {
		history = append(history, "{"+attemptJSON(tb, text)+"}")
	}
	channel := ""
	if text, ok := values["channel"]; ok {
		channel = fmt.Sprintf(`,"channel":{%s,"error":%s,"cost":4}`, attemptJSON(tb, text), nullable(get("error", "")))
	}
	body := fmt.Sprintf(`{"id":%q,"api_version":"2022-05-25","name":"verify_code.%s","created_at":%d,"attempt_total":3,"attempt_number":%s,"data":{"id":%q,`+
		`"user_id":12345,"phone":%q,"routing_strategy":[{"channel":"telegram","timeout_sec":30,"sender_id":"LOX24"},{"channel":"sms","timeout_sec":60,"sender_id":"LOX24"}],`+
		`"status":%s,"delivered_channel":%s,"cost":%s,"currency":"EUR","code":%q,"code_length":6,"payload":%s,"created_at":%d,"updated_at":%d,`+
		`"history":[%s],"is_code_deleted":false%s},"notification_task_id":"3378de83-de66-4de8-9d29-2b10d41bb641"}`,
		get("id", "event-1"), name, created.Unix(), get("try", "1"), id, get("phone", phone),
		get("status", "5"), nullable(get("delivered", "")), get("cost", "null"), code, nullable(strings.ReplaceAll(get("payload", "order-17"), "_", " ")),
		ordered.Unix(), created.Unix(), strings.Join(history, ","), channel)
	return record(schemas.RawLOX24, "lox24:"+id, raw.Envelope{ReceivedAt: at, Source: get("source", "")}, body)
}

func attemptJSON(tb testing.TB, text string) string {
	tb.Helper()
	name, rest, _ := strings.Cut(text, ":")
	status, at, _ := strings.Cut(rest, "@")
	channel, _, _ := strings.Cut(name, "/")
	return fmt.Sprintf(`"id":"attempt-%s","channel":%q,"status":%s,"processed_at":%d,"external_id":"%s_msg"`,
		name, channel, status, offset(tb, at).Unix(), channel)
}

func nullable(text string) string {
	if text == "" {
		return "null"
	}
	return strconv.Quote(text)
}

// unibellRecord makes a record of Unibell: ref and req are the ids, word the
// status.
func unibellRecord(tb testing.TB, at time.Time, kind string, values map[string]string) stage.Input {
	tb.Helper()
	e := raw.Envelope{ReceivedAt: at, Source: "shop-unibell", ContentType: "application/json"}
	if s := values["source"]; s != "" {
		e.Source = s
	}
	key := "unibell:" + e.Source + ":" + values["ref"]
	object := map[string]string{}
	set := func(name, value string) {
		if value != "" {
			object[name] = value
		}
	}
	var extra []stage.Header
	switch kind {
	case "request":
		e.Kind = raw.KindRelayRequest
		object = map[string]string{"reference": values["ref"], "sourceAddr": caller, "destAddr": called, "code": code}
		if values["made"] != "" {
			extra = []stage.Header{{Key: raw.HeaderReferenceMade, Value: []byte("true")}}
		}
	case "answer":
		e.Kind, e.Status = raw.KindRelayAnswer, 200
		set("status", values["word"])
		set("requestId", values["req"])
		set("error", values["error"])
		if end := values["end"]; end != "" {
			e.Status, e.ContentType, object = 0, "", nil
			extra = []stage.Header{{Key: raw.HeaderError, Value: []byte(end)}}
		}
	default:
		set("reference", values["ref"])
		set("requestId", values["req"])
		set("status", values["word"])
		if values["ref"] == "" {
			key += "request:" + values["req"]
		}
	}
	body := []byte{}
	if object != nil {
		var err error
		if body, err = json.Marshal(object); err != nil {
			tb.Fatal(err)
		}
	}
	if values["form"] != "" {
		e.ContentType = "application/x-www-form-urlencoded; charset=utf-8"
		body = fmt.Appendf(nil, "reference=%s&status=%s&sourceAddr=%s&destAddr=%s&networkErrCode=0&imsi=250011234567890&statusDateTime=%s",
			values["ref"], values["word"], called, caller, url.QueryEscape(at.Add(-time.Second).Format("2006-01-02 15:04:05")))
	}
	in := record(schemas.RawUnibell, key, e, string(body))
	in.Headers = append(in.Headers, extra...)
	return in
}

// printer writes records, of each what changed since the last of its key.
type printer struct {
	text *strings.Builder
	last map[string]map[string]string
}

func (p *printer) show(t *testing.T, o *stage.Output) {
	t.Helper()
	name := o.Topic + " " + string(o.Key)
	topic, _ := schemas.Find(o.Topic)
	switch {
	case topic.Format == schemas.FormatRaw:
		fmt.Fprintf(p.text, "%s\n", name)
		for _, h := range o.Headers {
			if h.Key == dlq.HeaderCause || h.Key == dlq.HeaderDetail {
				fmt.Fprintf(p.text, "  %s: %s\n", strings.TrimPrefix(h.Key, "tributary-dlq-"), h.Value)
			}
		}
		return
	case o.Value == nil:
		fmt.Fprintf(p.text, "%s: tombstone\n", name)
		delete(p.last, name)
		return
	}
	after := fields(t, o)
	if after["kind"] == `"CLOCK"` {
		return
	}
	fmt.Fprintln(p.text, name)
	before := p.last[name]
	keys := maps.Clone(after)
	maps.Copy(keys, before)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if before[key] != after[key] {
			fmt.Fprintf(p.text, "  %s: %s\n", key, after[key])
		}
	}
	p.last[name] = after
}

// decode reads an Avro output.
func decode(tb testing.TB, o *stage.Output) any {
	tb.Helper()
	records := map[string]interface{ DecodeAvro(b []byte) error }{
		schemas.DecodedLOX24VerifyCode: &avro.LOX24VerifyCode{}, schemas.DecodedLOX24SMS: &avro.LOX24SMS{},
		schemas.DecodedLOX24UnknownEvent: &avro.LOX24UnknownEvent{},
		schemas.DecodedUnibellCall:       &avro.UnibellCall{}, schemas.EnrichedVerifications: &avro.VerificationSnapshot{}, schemas.FactsAttempts: &avro.DeliveryAttempt{},
		schemas.Duplicates: &avro.Duplicate{}, schemas.InternalUnibell: &avro.UnibellInput{}, schemas.InternalJourney: &avro.JourneyInput{},
	}
	_, body, err := wire.Parse(o.Value)
	if err != nil {
		tb.Fatal(err)
	}
	r := records[o.Topic]
	if err := r.DecodeAvro(body); err != nil {
		tb.Fatal(err)
	}
	return r
}

// fields returns the fields that say something, as JSON; times as offsets from
// noon, phones as countries.
func fields(tb testing.TB, o *stage.Output) map[string]string {
	tb.Helper()
	b, err := json.Marshal(decode(tb, o))
	if err != nil {
		tb.Fatal(err)
	}
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		tb.Fatal(err)
	}
	delete(values, "origin")
	delete(values, "processed_at")
	if o.Topic == schemas.InternalUnibell {
		delete(values, "call") // as in the decoded topic
	}
	texts := map[string]string{}
	for key, value := range values {
		if value = strip(value); value == nil {
			continue
		}
		b, err := json.Marshal(value)
		if err != nil {
			tb.Fatal(err)
		}
		texts[key] = string(b)
	}
	return texts
}

var hmacText = regexp.MustCompile(`^phone:k1:[0-9a-f]{64}$`)

// strip drops what says nothing.
func strip(value any) any {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "pseudonyms")
		for key := range v {
			if v[key] = strip(v[key]); v[key] == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = strip(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at.Sub(noon(0)).String()
		}
		if hmacText.MatchString(v) {
			return "phone:k1:…"
		}
		if v == "" {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return value
}
