package chaos

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// The acts.
const (
	// ActSingle runs on one node of Kafka.
	ActSingle = "single"
	// ActCluster runs on three.
	ActCluster = "cluster"
	// ActAdmin runs on one node: what administrators and brokers do to topics, groups and
	// logs.
	ActAdmin = "admin"
)

// Options say what is run and where.
type Options struct {
	// Seed decides the faults and the traffic.
	Seed uint64
	// Few runs each kind of fault once or twice only.
	Few bool
	// Only keeps the strikes whose text has it; empty keeps all.
	Only string
	// Acts are those to run; empty means all.
	Acts []string
	// Port is the first of the twenty ports used on loopback.
	Port int
	// Root is the checkout, for deploy/kafka and its jars.
	Root string
	// Program is the built program.
	Program string
	// Dir gets logs, state and Kafka's data.
	Dir string
	// Rate is how many webhooks the simulator sends in a second.
	Rate float64
	// Limit bounds the run.
	Limit time.Duration
	// Out gets the log and the table.
	Out io.Writer
}

// Acts returns the names of all acts.
func Acts() []string { return []string{ActSingle, ActAdmin, ActCluster} }

func (o *Options) check() error {
	if len(o.Acts) == 0 {
		o.Acts = Acts()
	}
	for _, act := range o.Acts {
		if !slices.Contains(Acts(), act) {
			return fmt.Errorf("act %q is none of %v", act, Acts())
		}
	}
	if o.Port < 1024 || o.Port > 65_000 {
		return fmt.Errorf("port %d: must be from 1024 to 65000", o.Port)
	}
	return nil
}

// The ports, from Options.Port on. Kafka's nodes take two each.
const (
	portIngest   = 10
	portRegistry = 11
	portUnibell  = 12
)

// What is set short, so that what a timeout causes is seen often.
const (
	sessionTimeout     = 4 * time.Second
	transactionTimeout = 6 * time.Second
	// asleep is how long a process is stopped: longer than both timeouts and the
	// broker's look at them.
	asleep = 9 * time.Second
	// recovery is what every fault must be over in.
	recovery = 90 * time.Second
)

// kafkaProperties shorten the broker's own times.
func kafkaProperties() string {
	return `group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=2000
controller.quorum.fetch.timeout.ms=4000
replica.lag.time.max.ms=6000`
}
