package enginetest_test

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// visits counts the visits of each user, and reports them an hour after the last one.
type visits struct{ table *state.Table[string, int64] }

func newVisits() stage.Stage {
	return visits{state.Of("visits", state.StringKey(), state.Varint())}
}

// Decode refuses a visit without a user: it becomes a dead letter.
func (visits) Decode(in *stage.Input) (stage.Event, error) {
	if len(in.Key) == 0 {
		return nil, stage.Permanentf(stage.CauseUndecodable, "a visit without a user")
	}
	return string(in.Key), nil
}

// Apply counts in the state, and sets the timer of the user.
func (v visits) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	user, _ := event.(string)
	n, _, err := v.table.Get(tx, user)
	if err != nil {
		return err
	}
	return v.table.Put(tx, user, n+1, in.Timestamp.Add(time.Hour))
}

// OnTimer reports a user whose hour is over, and forgets them.
func (v visits) OnTimer(tx stage.Tx, timer []byte) error {
	user, _ := v.table.Key(timer)
	n, _, err := v.table.Get(tx, user)
	if err != nil {
		return err
	}
	tx.Emit(stage.Output{Topic: "reports", Key: []byte(user), Value: strconv.AppendInt(nil, n, 10)})
	v.table.Delete(tx, user)
	return nil
}

// visit returns a record of a user.
func visit(offset int64, user string, at time.Time) stage.Input {
	return stage.Input{Topic: "visits", Offset: offset, Key: []byte(user), Timestamp: at}
}

// The test driver runs a stage without Kafka, in virtual time: state, timers and dead
// letters behave as in the engine.
func ExampleDriver() {
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: "visits", Stage: newVisits(), Outputs: []string{"reports"}, DeadLetter: "visits.dlq",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	nine := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	show := func(out []stage.Output, err error) {
		for i := range out {
			fmt.Printf("%s: %s %s %v\n", out[i].Topic, out[i].Key, out[i].Value, err)
		}
	}
	show(driver.Feed(visit(0, "ann", nine), visit(1, "ann", nine.Add(time.Minute))))
	show(driver.Feed(visit(2, "", nine)))                   // a dead letter
	show(driver.AdvanceTo(0, nine.Add(61*time.Minute)))     // the timer of ann
	fmt.Println(driver.Entries(0), "entries of state left") // forgotten
	// Output:
	// visits.dlq:   <nil>
	// reports: ann 2 <nil>
	// 0 entries of state left
}

// Chaos runs the stage on a simulated cluster whose processes crash and whose brokers
// fail. In a test, pass its *testing.T.
func ExampleChaos() {
	nine := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	var inputs []stage.Input
	for i := range 20 {
		inputs = append(inputs, visit(int64(i), "user"+strconv.Itoa(i%3), nine.Add(time.Duration(i)*25*time.Minute)))
	}
	enginetest.Chaos(printer{}, enginetest.ChaosConfig{
		Stage: newVisits, Outputs: []string{"reports"}, DeadLetter: "visits.dlq", Inputs: inputs, Schedules: 50, Seed: 1,
	})
	// Output: 50 schedules from seed 1 on
}

// printer prints the result of Chaos.
type printer struct{}

// Helper implements enginetest.TB.
func (printer) Helper() {}

// Logf implements enginetest.TB.
func (printer) Logf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// Fatalf implements enginetest.TB.
func (printer) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
