package model

import (
	"encoding/json"
)

func (m *Model) voximplant(body []byte) outcome {
	var c struct {
		AccountID  json.Number `json:"account_id"`
		CallbackID json.Number `json:"callback_id"`
	}
	switch {
	case json.Unmarshal(body, &c) != nil:
		return dead
	case m.again("voximplant", c.AccountID.String(), c.CallbackID.String()):
		return duplicate
	}
	return decoded
}
