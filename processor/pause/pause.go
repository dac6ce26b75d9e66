package pause

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Pause is the pause of a stage.
type Pause struct {
	Stage string `json:"stage"`
	// By is who paused the stage, Why the reason.
	By  string `json:"by"`
	Why string `json:"why"`
	// Since is when the stage was paused, Until when the pause ends by itself; zero: when
	// somebody resumes the stage.
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
}

// String describes the pause without the stage.
func (p *Pause) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "paused by %s since %s", p.By, p.Since.UTC().Format("2006-01-02 15:04 UTC"))
	if !p.Until.IsZero() {
		fmt.Fprintf(&b, " until %s", p.Until.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if p.Why != "" {
		fmt.Fprintf(&b, ": %s", p.Why)
	}
	return b.String()
}

// of returns the pause that a record holds, and whether it is in force. Without a record
// none is.
func of(r *avro.Pause, now time.Time) (Pause, bool) {
	if r == nil {
		return Pause{}, false
	}
	p := Pause{Stage: r.Stage, By: r.Actor, Why: r.Purpose, Since: r.At}
	if r.Until.Set {
		p.Until = r.Until.Value
	}
	return p, r.Paused && (p.Until.IsZero() || now.Before(p.Until))
}
