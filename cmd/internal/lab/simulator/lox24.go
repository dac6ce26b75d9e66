package simulator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// loxEvent is LOX24's envelope ([S] 001 and 003, in their order).
type loxEvent struct {
	ID            string  `json:"id"`
	APIVersion    string  `json:"api_version"`
	Name          string  `json:"name"`
	CreatedAt     int64   `json:"created_at"`
	AttemptTotal  int     `json:"attempt_total"`
	AttemptNumber int     `json:"attempt_number"`
	Data          loxData `json:"data"`
	TaskID        string  `json:"notification_task_id"`
}

type loxData struct {
	ID               string       `json:"id"`
	UserID           int          `json:"user_id"`
	Phone            string       `json:"phone"`
	RoutingStrategy  []loxRoute   `json:"routing_strategy"`
	Status           int          `json:"status"`
	DeliveredChannel *string      `json:"delivered_channel"`
	Cost             *int         `json:"cost"`
	Currency         *string      `json:"currency"`
	Code             *string      `json:"code"`
	CodeLength       *int         `json:"code_length"`
	Payload          *string      `json:"payload"`
	CreatedAt        int64        `json:"created_at"`
	UpdatedAt        int64        `json:"updated_at"`
	History          []loxHistory `json:"history"`
	IsCodeDeleted    bool         `json:"is_code_deleted"`
	Channel          *loxChannel  `json:"channel,omitempty"`
}

type loxRoute struct {
	Channel    string `json:"channel"`
	TimeoutSec int    `json:"timeout_sec"`
	SenderID   string `json:"sender_id"`
}

type loxHistory struct {
	ID          string `json:"id"`
	Channel     string `json:"channel"`
	Status      int    `json:"status"`
	ProcessedAt int64  `json:"processed_at"`
	ExternalID  string `json:"external_id"`
}

type loxChannel struct {
	loxHistory

	Error *string `json:"error"`
	Cost  *int    `json:"cost"`
}

// The statuses of a code and of a channel ([D]).
const (
	loxInProgress = 5
	loxSuccess    = 10
	loxFailed     = 20
)

// code is a LOX24 verification in progress.
type code struct {
	t       *instance
	account Account
	to      country
	data    loxData
	cost    int
}

// code requests a verification of a customer from anywhere, with a routing strategy.
func (t *instance) code(at time.Duration, channels ...string) *code {
	return t.codeTo(destination(t.rng), t.accounts.First(raw.ProviderLOX24), at, channels...)
}

// codeTo requests a verification of a customer from a country by an account.
func (t *instance) codeTo(to country, by Account, at time.Duration, channels ...string) *code {
	c := &code{t: t, account: by, to: to}
	digits, length, currency, order := t.digits(4), 4, by.Currency, t.order
	c.data = loxData{
		ID: t.uuid(), UserID: 12345, Phone: t.number(&to), Status: loxInProgress,
		Currency: &currency, Code: &digits, CodeLength: &length, Payload: &order,
		CreatedAt: c.time(at), History: []loxHistory{},
	}
	for _, channel := range channels {
		c.data.RoutingStrategy = append(c.data.RoutingStrategy, loxRoute{Channel: channel, TimeoutSec: 30, SenderID: "LOX24"})
	}
	return c
}

// payload replaces the correlation id.
func (c *code) payload(text string) *code {
	c.data.Payload = &text
	return c
}

// sent begins the next attempt of the strategy.
func (c *code) sent(at time.Duration) {
	n := len(c.data.History)
	route := c.data.RoutingStrategy[n]
	c.data.History = append(slices.Clone(c.data.History), loxHistory{
		ID: c.t.uuid(), Channel: route.Channel, Status: loxInProgress, ProcessedAt: c.time(at), ExternalID: "msg_" + c.t.digits(6),
	})
	c.channelEvent("verify_code.channel.sent", at, nil)
}

// failed ends the current attempt with a failure.
func (c *code) failed(at time.Duration) {
	c.end(loxFailed, at)
	why := "Delivery timeout: no confirmation received within 30 seconds"
	c.channelEvent("verify_code.channel.failed", at, &why)
}

// delivered ends the current attempt with success; nobody has typed the code yet.
func (c *code) delivered(at time.Duration) {
	c.end(loxSuccess, at)
	c.channelEvent("verify_code.channel.success", at, nil)
}

// reached ends the current attempt, and the verification, with success.
func (c *code) reached(at time.Duration) {
	c.delivered(at)
	c.typed(at + time.Second)
}

// typed ends the verification with success: the person typed the code.
func (c *code) typed(at time.Duration) {
	channel := c.last().Channel
	c.data.Status, c.data.DeliveredChannel = loxSuccess, &channel
	c.event("verify_code.success", at, nil)
}

// lost ends the verification with a failure: no channel delivered.
func (c *code) lost(at time.Duration) {
	c.data.Status = loxFailed
	c.event("verify_code.failed", at, nil)
}

// time is a time by the clock of the account's provider, in unix seconds.
func (c *code) time(at time.Duration) int64 { return c.t.time(at).Add(c.account.Skew).Unix() }

func (c *code) last() *loxHistory { return &c.data.History[len(c.data.History)-1] }

func (c *code) end(status int, at time.Duration) {
	c.data.History = slices.Clone(c.data.History)
	c.last().Status, c.last().ProcessedAt = status, c.time(at)
	c.cost += c.to.price(c.last().Channel)
}

func (c *code) channelEvent(name string, at time.Duration, why *string) {
	channel := &loxChannel{loxHistory: *c.last(), Error: why}
	if channel.Status != loxInProgress {
		cost := c.to.price(channel.Channel)
		channel.Cost = &cost
	}
	c.event(name, at, channel)
}

func (c *code) event(name string, at time.Duration, channel *loxChannel) {
	e := loxEvent{
		ID: c.t.uuid(), APIVersion: "2022-05-25", Name: name, CreatedAt: c.time(at), AttemptTotal: 4,
		Data: c.data, TaskID: c.t.uuid(),
	}
	e.Data.UpdatedAt, e.Data.Channel = e.CreatedAt, channel
	if cost := c.cost; cost > 0 {
		e.Data.Cost = &cost
	}
	c.t.add(&webhook{
		provider: raw.ProviderLOX24, source: c.account.Source, items: 1, at: at,
		path:   "/v1/lox24/" + c.account.Source + "/" + c.account.Secret,
		render: func(attempt int, _ time.Time) []byte { return renderLOX24(e, attempt) },
	})
}

// renderLOX24 writes an event; LOX24 counts its deliveries up to attempt_total.
func renderLOX24(e loxEvent, attempt int) []byte {
	e.AttemptNumber = min(attempt, e.AttemptTotal)
	return mustJSON(e)
}

// mustJSON marshals values of this package's own, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) //nolint:forbidigo // cannot be
	}
	return b
}
