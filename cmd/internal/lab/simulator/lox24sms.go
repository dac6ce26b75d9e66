package simulator

import (
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// smsEvent is LOX24's envelope around the data of an SMS ([D], schemas A and B).
type smsEvent struct {
	ID            string `json:"id"`
	APIVersion    string `json:"api_version"`
	Name          string `json:"name"`
	CreatedAt     int64  `json:"created_at"`
	AttemptTotal  int    `json:"attempt_total"`
	AttemptNumber int    `json:"attempt_number"`
	Data          any    `json:"data"`
	TaskID        string `json:"notification_task_id"`
}

type smsDelivery struct {
	ID           string `json:"id"`
	KeyID        int    `json:"key_id"`
	DLRCode      int    `json:"dlr_code"`
	StatusCode   int    `json:"status_code"`
	CallbackData string `json:"callback_data"`
}

type smsIncoming struct {
	ID         string  `json:"id"`
	To         string  `json:"to"`
	From       string  `json:"from"`
	Text       *string `json:"text"`
	ReceivedAt int64   `json:"received_at"`
	MsgUUID    *string `json:"msg_uuid"`
}

// The reports about an SMS ([D]).
const (
	dlrDelivered   = 1
	dlrAcknowledge = 4
	dlrExpired     = 8
	dlrRejected    = 16
	smsTransmitted = 100
	smsBlocked     = 208
	smsKey         = 8207
)

// sms sends the events of one SMS that is no code, and returns its id. ends is its final
// report.
func (t *instance) sms(at time.Duration, campaign string, ends int) string {
	d := smsDelivery{ID: t.uuid(), KeyID: smsKey, DLRCode: dlrAcknowledge, StatusCode: smsTransmitted, CallbackData: campaign}
	t.smsEvent("sms.delivery", at, d)
	d.DLRCode = ends
	if ends == dlrRejected {
		d.StatusCode = smsBlocked
	}
	t.smsEvent("sms.delivery", at+time.Duration(5+t.rng.IntN(60))*time.Second, d)
	return d.ID
}

// reply is an SMS that a person sends, in answer to ours.
func (t *instance) reply(at time.Duration, to, text string) {
	from := destination(t.rng)
	t.smsEvent("sms.incoming", at, smsIncoming{
		ID: t.uuid(), To: "+49151" + "00001111", From: t.number(&from), Text: &text, ReceivedAt: t.time(at).Unix(), MsgUUID: &to,
	})
}

func (t *instance) smsEvent(name string, at time.Duration, data any) {
	account := t.accounts.First(raw.ProviderLOX24)
	e := smsEvent{
		ID: t.uuid(), APIVersion: "2022-05-25", Name: name, CreatedAt: t.time(at).Unix(), AttemptTotal: 4, Data: data, TaskID: t.uuid(),
	}
	t.add(&webhook{
		provider: raw.ProviderLOX24, source: account.Source, items: 1, at: at,
		path: "/v1/lox24/" + account.Source + "/" + account.Secret,
		render: func(attempt int, _ time.Time) []byte {
			e := e
			e.AttemptNumber = min(attempt, e.AttemptTotal)
			return mustJSON(e)
		},
	})
}
