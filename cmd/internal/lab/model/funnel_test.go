package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestFunnel counts the codes of two providers, and the money at the code that counts.
func TestFunnel(t *testing.T) {
	t.Parallel()
	m := newModel()
	for _, f := range []fact{
		code(0, "e1", "verify_code.channel.failed", 5, 5, `{"id":"a1","channel":"telegram","status":20,"processed_at":1}`),
		call(time.Minute, "unibell", raw.KindRelayRequest, `{"reference":"o1"}`),
		call(time.Minute, "unibell", raw.KindRelayAnswer, `{"status":"ok","requestId":"r1"}`),
		call(2*time.Minute, "unibell", raw.KindWebhook, `{"requestId":"r1","status":"DELIVERED"}`),
		call(0, "quiet", raw.KindRelayRequest, `{"reference":"o1"}`),
		callback(5*time.Minute, "p1", "FINISHED", "FINISHED", `,"reversalAmount":300`),
	} {
		if err := m.Add(f.topic, record(&f)); err != nil {
			t.Fatal(err)
		}
	}
	now := noon(24 * time.Hour)
	got := m.Funnel(now, now)
	want := map[string]*model.Funnel{
		"lox24/lox24//TELEGRAM": {Requested: 1, Delivered: 1, Expired: 1, Cost: 5},
		"unibell/unibell//CALL": {Requested: 1, Delivered: 1, Verified: 1, CostUnknown: 1, Paid: 1, Gross: 1000, Back: 300, Refunded: 1},
		"unibell/quiet//CALL":   {Requested: 1, Untracked: 1, CostUnknown: 1},
	}
	for key, w := range want {
		for _, rows := range []string{"DAY/COUNTRY/", "QUARTER_HOUR/BLOCK/"} {
			if diff := cmp.Diff(w, got[rows+key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", rows+key, diff)
			}
		}
	}
	if len(got) != 9*len(want) {
		t.Errorf("%d sums, want %d", len(got), 9*len(want))
	}
}

// TestScorecards counts the records of a provider, and claims nothing before they are due.
func TestScorecards(t *testing.T) {
	t.Parallel()
	m := newModel()
	for _, f := range []fact{
		callback(0, "p1", "FINISHED", "FINISHED", ""), callback(0, "p1", "FINISHED", "FINISHED", ""), callback(time.Minute, "p1", "CANCELED", "REJECTED", ""),
	} {
		if err := m.Add(f.topic, record(&f)); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]*model.Scorecard{"uapay": {Facts: 2, Repeats: 1, Regressions: 1, Conflicts: 1}}
	if diff := cmp.Diff(want, m.Scorecards(noon(time.Hour), noon(time.Hour))); diff != "" {
		t.Errorf("scorecards (-want +got):\n%s", diff)
	}
	if early := m.Scorecards(noon(59*time.Minute), noon(time.Hour))["uapay"]; !early.Undecided {
		t.Errorf("before the hour is over: %+v", early)
	}
	wrong := model.Compare("scorecard", want, map[string]*model.Scorecard{"uapay": {Facts: 3, Repeats: 1, Regressions: 1, Conflicts: 1}})
	if wrong.Different != 1 || wrong.Differences[0].Field != "Facts" {
		t.Errorf("a fact too many: %+v", wrong)
	}
}
