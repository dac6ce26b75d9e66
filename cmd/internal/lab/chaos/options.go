package chaos

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// The scenarios.
const (
	// ScenarioSingle runs on one node of Kafka.
	ScenarioSingle = "single"
	// ScenarioCluster runs on three nodes.
	ScenarioCluster = "cluster"
	// ScenarioAdmin runs on one node: actions of administrators and faults of brokers.
	ScenarioAdmin = "admin"
)

// Options are the settings of a run.
type Options struct {
	// Seed determines the faults and the traffic.
	Seed uint64
	// Few runs each kind of fault once or twice only.
	Few bool
	// Only keeps the injections whose description contains it; empty keeps all.
	Only string
	// Scenarios are the scenarios to run; empty means all.
	Scenarios []string
	// Port is the first of twenty consecutive ports used on loopback.
	Port int
	// Root is the checkout, with deploy/kafka and its jars.
	Root string
	// Program is the path of the built program.
	Program string
	// Dir is the directory for logs, state and Kafka's data.
	Dir string
	// Rate is the number of webhooks per second from the simulator.
	Rate float64
	// Limit is the maximum duration of the run.
	Limit time.Duration
	// Out receives the log and the table.
	Out io.Writer
}

// Scenarios returns the names of all scenarios.
func Scenarios() []string { return []string{ScenarioSingle, ScenarioAdmin, ScenarioCluster} }

// Validate sets the default of Scenarios and reports the first fault.
func (o *Options) Validate() error {
	if len(o.Scenarios) == 0 {
		o.Scenarios = Scenarios()
	}
	for _, scenario := range o.Scenarios {
		if !slices.Contains(Scenarios(), scenario) {
			return fmt.Errorf("scenario %q is none of %v", scenario, Scenarios())
		}
	}
	if o.Port < 1024 || o.Port > 65_000 {
		return fmt.Errorf("port %d: must be from 1024 to 65000", o.Port)
	}
	return nil
}

// The ports, relative to Options.Port. Each of Kafka's nodes takes two.
const (
	portIngest   = 10
	portRegistry = 11
	portUnibell  = 12
)

// Timeouts are set short, so that their effects occur often.
const (
	sessionTimeout     = 4 * time.Second
	transactionTimeout = 6 * time.Second
	// asleep is how long a process is stopped (SIGSTOP): longer than both timeouts plus
	// the broker's interval of checking them.
	asleep = 9 * time.Second
	// recovery is the time limit for the recovery from any fault.
	recovery = 90 * time.Second
)

// kafkaProperties shortens the broker's own timeouts and intervals.
func kafkaProperties() string {
	return `group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=2000
controller.quorum.fetch.timeout.ms=4000
replica.lag.time.max.ms=6000`
}
