package processor

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/insights"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
)

// Config is the settings of the processor.
type Config struct {
	// Stages are the stages that this process runs. Empty means all of them.
	Stages []string `json:"stages" koanf:"stages" yaml:"stages"`
	// Workers is how many workers a stage has in this process, by stage: each has a
	// session and transactions of its own. A stage not named has DefaultWorkers. More
	// workers than the stage's partitions idle.
	Workers map[string]int `json:"workers" koanf:"workers" yaml:"workers"`
	// Upstreams are the upstream stages of the journey that run in any process. The
	// journey's watermark waits for each of them, so naming one that never runs stops
	// every event-time timer. Empty means all stages that send members.
	Upstreams []string `json:"upstreams" koanf:"upstreams" yaml:"upstreams"`
	// DedupeSpan is how long an event's id is remembered, by received_at, where the
	// event's own time shows its age; other ids are kept for the entity's retention. It
	// must be longer than the providers' last retry, and shorter than any retention. A
	// Unibell status waits as long for the call it belongs to. Default 72 h.
	DedupeSpan time.Duration `json:"dedupe_span" koanf:"dedupe_span" yaml:"dedupe_span"`
	// Deadlines are the times after which the absence of an event is itself an event.
	Deadlines Deadlines `json:"deadlines" koanf:"deadlines" yaml:"deadlines"`
	// Retention is how long an entity is kept.
	Retention Retention `json:"retention" koanf:"retention" yaml:"retention"`
	// Countries are the countries with a label of their own in the business metrics,
	// ISO 3166-1 alpha-2; any other is "other".
	Countries []string `json:"countries" koanf:"countries" yaml:"countries"`
	// Insights is the settings of the insights stage.
	Insights insights.Settings `json:"insights" koanf:"insights" yaml:"insights"`
	// Engine is the settings of transactions and state.
	Engine engine.Config `json:"engine" koanf:"engine" yaml:"engine"`
	// Memory limits the memory of the process.
	Memory MemoryLimits `json:"memory" koanf:"memory" yaml:"memory"`
}

// Deadlines are the times after which the absence of an event is itself an event. They
// are all measured in received_at, the ingestion time.
type Deadlines struct {
	// VerificationGrace is added to the sum of a LOX24 strategy's timeouts; after both,
	// a verification without an outcome is expired. Default 5 min.
	VerificationGrace time.Duration `json:"verification_grace" koanf:"verification_grace" yaml:"verification_grace"`
	// VerificationMin is the minimum time that a LOX24 verification is waited for,
	// whatever its strategy's timeouts are. Default 1 h.
	VerificationMin time.Duration `json:"verification_min" koanf:"verification_min" yaml:"verification_min"`
	// Call is how long after its request a Unibell call without an outcome is expired,
	// for a source that has a status callback. Default 5 min.
	Call time.Duration `json:"call" koanf:"call" yaml:"call"`
	// MissedAttempt is how long after a later attempt of a LOX24 delivery an earlier
	// one that was not seen counts as missed. Default 10 min.
	MissedAttempt time.Duration `json:"missed_attempt" koanf:"missed_attempt" yaml:"missed_attempt"`
	// Hold is how long a payment may be held before it is flagged. Default 7 days.
	Hold time.Duration `json:"hold" koanf:"hold" yaml:"hold"`
	// JourneyPayment is how long after the verification a missing payment is reported.
	// Default 30 min.
	JourneyPayment time.Duration `json:"journey_payment" koanf:"journey_payment" yaml:"journey_payment"`
	// JourneyVerification is how long after the payment a missing verification is
	// reported. Default 30 min.
	JourneyVerification time.Duration `json:"journey_verification" koanf:"journey_verification" yaml:"journey_verification"`
}

// Retention is how long an entity is kept after its last fact, by received_at.
// The enriched topics' retention must not be shorter. A journey is kept as long
// as its longest member, an account for ever.
type Retention struct {
	// Verification is that of verifications. Default 30 days.
	Verification time.Duration `json:"verification" koanf:"verification" yaml:"verification"`
	// Payment is that of payments. Default 400 days.
	Payment time.Duration `json:"payment" koanf:"payment" yaml:"payment"`
}

// DefaultWorkers returns the default number of workers of a stage in a process that
// runs this many stages: two, so that one works while the other waits for its commit;
// one if there are more stages than processors, because then other stages work
// meanwhile, and each further session costs memory and requests.
func DefaultWorkers(stages int) int {
	if stages > runtime.GOMAXPROCS(0) {
		return 1
	}
	return 2
}

// DefaultConfig returns the settings of an ordinary process.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{
		Stages: StageNames(), Upstreams: journeyUpstreams(), DedupeSpan: dedupe.DefaultSpan,
		Deadlines: Deadlines{
			VerificationGrace: 5 * time.Minute, VerificationMin: time.Hour, Call: 5 * time.Minute,
			MissedAttempt: lox24.DefaultMissed, Hold: 7 * day,
			JourneyPayment: 30 * time.Minute, JourneyVerification: 30 * time.Minute,
		},
		Retention: Retention{Verification: 30 * day, Payment: 400 * day},
		Countries: business.DefaultCountries(),
		Insights:  insights.DefaultSettings(),
		Engine:    engine.DefaultConfig(),
		Memory:    DefaultMemory(),
	}
}

// Validate reports every fault at once. Each begins with the key it is about,
// below the key of these settings.
func (c *Config) Validate() error {
	var errs []error
	errs = append(errs, among("stages", c.Stages, StageNames()), among("upstreams", c.Upstreams, journeyUpstreams()), business.ValidateCountries(c.Countries))
	for _, stage := range slices.Sorted(maps.Keys(c.Workers)) {
		if _, ok := TopicsOf(stage); !ok {
			errs = append(errs, fmt.Errorf("workers.%s: no such stage; there are %s", stage, strings.Join(StageNames(), ", ")))
		} else if c.Workers[stage] < 1 {
			errs = append(errs, fmt.Errorf("workers.%s: %d is less than 1; to not run a stage leave it out of stages", stage, c.Workers[stage]))
		}
	}
	for _, span := range c.spans() {
		if span.is <= 0 {
			errs = append(errs, fmt.Errorf("%s: %s is not positive", span.key, span.is))
		}
	}
	if keep := min(c.Retention.Verification, c.Retention.Payment); keep > 0 && keep <= dedupe.Kept(c.DedupeSpan) {
		errs = append(errs, fmt.Errorf("dedupe_span: %s is not shorter than the shortest retention, %s: ids are kept with their entity", c.DedupeSpan, keep))
	}
	return errors.Join(append(errs, below("insights", c.Insights.Validate()), below("engine", c.Engine.Validate()))...)
}

type span struct {
	key string
	is  time.Duration
}

func (c *Config) spans() []span {
	return []span{
		{"dedupe_span", c.DedupeSpan},
		{"deadlines.verification_grace", c.Deadlines.VerificationGrace},
		{"deadlines.verification_min", c.Deadlines.VerificationMin},
		{"deadlines.call", c.Deadlines.Call},
		{"deadlines.missed_attempt", c.Deadlines.MissedAttempt},
		{"deadlines.hold", c.Deadlines.Hold},
		{"deadlines.journey_payment", c.Deadlines.JourneyPayment},
		{"deadlines.journey_verification", c.Deadlines.JourneyVerification},
		{"retention.verification", c.Retention.Verification},
		{"retention.payment", c.Retention.Payment},
	}
}

// among returns an error for names that are not in the list of existing ones.
func among(key string, names, there []string) error {
	var errs []error
	for i, name := range names {
		if !slices.Contains(there, name) {
			errs = append(errs, fmt.Errorf("%s[%d]: %q is none of %s", key, i, name, strings.Join(there, ", ")))
		} else if slices.Index(names, name) != i {
			errs = append(errs, fmt.Errorf("%s[%d]: %q is there twice", key, i, name))
		}
	}
	return errors.Join(errs...)
}

// below prefixes every fault of joined errors with a key.
func below(key string, err error) error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s.%w", key, err)
	}
	var errs []error
	for _, fault := range joined.Unwrap() {
		errs = append(errs, below(key, fault))
	}
	return errors.Join(errs...)
}

// stages returns the stages to run, in order.
func (c *Config) stages() []string {
	run := c.Stages
	if len(run) == 0 {
		run = StageNames()
	}
	if c.Insights.Enabled {
		return run
	}
	return slices.DeleteFunc(slices.Clone(run), func(name string) bool { return name == StageInsights })
}

func (c *Config) upstreams() []string {
	if len(c.Upstreams) == 0 {
		return journeyUpstreams()
	}
	return c.Upstreams
}

func (c *Config) workers(stage string) int {
	if n, ok := c.Workers[stage]; ok {
		return n
	}
	return DefaultWorkers(len(c.stages()))
}

// commitInterval is the stage's own commit interval, 0 if it has none.
func (c *Config) commitInterval(stage string) time.Duration {
	if stage == StageInsights {
		return c.Insights.CommitInterval
	}
	return 0
}
