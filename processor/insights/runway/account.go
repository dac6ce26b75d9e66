package runway

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Account is the state of one account. The zero value knows nothing.
type Account struct {
	id      string
	history history
	status  Status
	// at is the time of the last evaluation or observation; an evaluation is never before it.
	at time.Time
	// due is when the next evaluation is.
	due time.Time
}

// Observe adds an observation.
func (a *Account) Observe(o Observation) { a.history.add(o) }

// SetStatus replaces the status unless it is newer.
func (a *Account) SetStatus(s Status) {
	if s.Revision >= a.status.Revision {
		a.status = s
	}
}

// formatVersion is the format of the state entry.
const formatVersion = 1

func (a *Account) appendTo(dst []byte) []byte {
	dst = statecodec.AppendTime(statecodec.AppendTime(append(dst, formatVersion), a.at), a.due)
	return a.status.appendTo(a.history.appendTo(dst))
}

func parse(id string, entry []byte) (*Account, error) {
	a := &Account{id: id}
	if entry == nil {
		return a, nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	a.at, a.due = r.Time(), r.Time()
	a.history.readFrom(r)
	a.status.readFrom(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read an account's runway: %w", err)
	}
	return a, nil
}
