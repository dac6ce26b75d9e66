package schemas

import "time"

// The topics, without the configured prefix. A Names value adds the prefix.
const (
	RawLOX24      = "raw.lox24.v1"
	RawUAPAY      = "raw.uapay.v1"
	RawVoximplant = "raw.voximplant.v1"
	RawUnibell    = "raw.unibell.v1"

	DecodedLOX24VerifyCode           = "decoded.lox24.verify-code.v1"
	DecodedLOX24SMS                  = "decoded.lox24.sms.v1"
	DecodedLOX24UnknownEvent         = "decoded.lox24.unknown-event.v1"
	DecodedUAPAYPayment              = "decoded.uapay.payment.v1"
	DecodedVoximplantAccountCallback = "decoded.voximplant.account-callback.v1"
	DecodedUnibellCall               = "decoded.unibell.call.v1"

	EnrichedVerifications = "enriched.verifications.v1"
	EnrichedPayments      = "enriched.payments.v1"
	EnrichedAccounts      = "enriched.accounts.v1"
	EnrichedJourneys      = "enriched.journeys.v1"

	// FactsAttempts and FactsMoney have one row for each event of business, derived from
	// the same state as the snapshots.
	FactsAttempts = "facts.attempts.v1"
	FactsMoney    = "facts.money.v1"

	// InsightsFunnel has one row for each window, route and place, with the counts and amounts of its codes.
	InsightsFunnel = "insights.funnel.v1"
	// Signals are the claims of the detectors: see package processor/insights/signal.
	Signals = "signals.v1"

	Duplicates = "duplicates.v1"

	// Ledger counts, for each minute and raw partition, the records by their outcome.
	Ledger = "ledger.v1"

	DeadLetterLOX24       = "deadletter.lox24.v1"
	DeadLetterUAPAY       = "deadletter.uapay.v1"
	DeadLetterVoximplant  = "deadletter.voximplant.v1"
	DeadLetterUnibell     = "deadletter.unibell.v1"
	DeadLetterUnibellCall = "deadletter.unibell-call.v1"
	DeadLetterJourney     = "deadletter.journey.v1"
	DeadLetterInsights    = "deadletter.insights.v1"

	// InternalUnibell carries Unibell facts from the stage that decodes them to
	// the stage that keeps the verification: a status known only by requestId
	// reaches its reference through it.
	InternalUnibell = "internal.unibell.v1"
	// InternalJourney carries members (verifications, payments) and upstream
	// clocks to the journey stage, keyed by correlation id.
	InternalJourney = "internal.journey.v1"
	// InternalInsights carries differences of counts, states of accounts and upstream
	// watermarks to the insights stage, keyed by country, account or provider.
	InternalInsights = "internal.insights.v1"

	// InternalReplays records which dead letters were replayed, by whom and when. Its
	// retention is longer than theirs, so that none is replayed twice.
	InternalReplays = "internal.replays.v1"

	// InternalPauses holds which stages are paused, by whom and why. Processors read it.
	InternalPauses = "internal.pauses.v1"

	// Operations records the actions of people in the console, before they are done.
	Operations = "operations.v1"

	ChangelogLOX24       = "internal.changelog.lox24.v1"
	ChangelogUAPAY       = "internal.changelog.uapay.v1"
	ChangelogVoximplant  = "internal.changelog.voximplant.v1"
	ChangelogUnibell     = "internal.changelog.unibell.v1"
	ChangelogUnibellCall = "internal.changelog.unibell-call.v1"
	ChangelogJourney     = "internal.changelog.journey.v1"
	ChangelogInsights    = "internal.changelog.insights.v1"
)

// Names turns a topic or group name of this package into the name used on the
// cluster.
type Names struct {
	// Prefix is put before every topic and group name as it is, separator
	// included ("acme."). Empty means none.
	Prefix string
}

// Topic returns the cluster's name of a topic of this package.
func (n Names) Topic(name string) string { return n.Prefix + name }

// Group returns the consumer group of a stage.
func (n Names) Group(stage string) string { return n.Prefix + stage }

// Format is the encoding of a topic's values.
type Format string

// The formats.
const (
	// FormatRaw is a provider's body, byte for byte, proof in headers.
	FormatRaw Format = "raw"
	// FormatAvro is Avro in Confluent wire format.
	FormatAvro Format = "avro"
	// FormatState is a private, versioned format, as that of a changelog.
	FormatState Format = "state"
)

// Access is the class of readers of a topic.
type Access string

// The access classes.
const (
	// AccessOpen topics are for the analytics teams.
	AccessOpen Access = "open"
	// AccessRestricted topics hold one-time codes, phones and other data as the
	// providers sent it.
	AccessRestricted Access = "restricted"
)

// Topic is a row of the topic table: the required settings of a topic.
type Topic struct {
	// Name is the topic's name without prefix.
	Name string `json:"name"`
	// Family groups topics that have one partition count: a stage's input, its
	// changelog.
	Family string `json:"family"`
	Format Format `json:"format"`
	Access Access `json:"access"`
	// Compact and Delete are the two halves of cleanup.policy.
	Compact bool `json:"compact"`
	Delete  bool `json:"delete"`
	// Retention is retention.ms where Delete is set.
	Retention time.Duration `json:"retention"`
	// DeleteRetention is delete.retention.ms of a compacted topic: how long a tombstone
	// is kept. A consumer, or a stored copy of a changelog, that is further behind may
	// miss one.
	DeleteRetention time.Duration `json:"delete_retention,omitempty"`
	// MinCleanableDirtyRatio is min.cleanable.dirty.ratio: the share of a log that
	// may be outdated before it is compacted. Zero leaves the broker's default.
	MinCleanableDirtyRatio float64 `json:"min_cleanable_dirty_ratio,omitempty"`
	// Segment is segment.ms of a compacted topic: the broker never compacts the segment
	// that it appends to. Zero leaves the broker's default, a week.
	Segment time.Duration `json:"segment,omitempty"`
	// CompactionLag is max.compaction.lag.ms of a compacted topic: after it an outdated
	// record is compacted away however little of the log is outdated. Zero leaves the
	// broker's default, never.
	CompactionLag time.Duration `json:"compaction_lag,omitempty"`
	// MaxMessageBytes is max.message.bytes.
	MaxMessageBytes int `json:"max_message_bytes"`
	// Schema is the name of the .avsc file (without ending) of a FormatAvro topic.
	Schema string `json:"schema,omitempty"`
	// Doc describes the topic's content in one sentence, for `topics list`.
	Doc string `json:"doc"`
	// Views are the relations that analysts read instead of all current rows, where a sum over
	// all of them would count a thing twice.
	Views []View `json:"views,omitempty"`
	// Questions are those that the topic is made for, with their answers in SQL.
	Questions []Question `json:"questions,omitempty"`
}

// Question is a question and the query over a topic's views that answers it, as DuckDB reads it.
type Question struct {
	Text string `json:"text"`
	SQL  string `json:"sql"`
}

// View selects the current rows of a topic that meet all conditions.
type View struct {
	Name string `json:"name"`
	// Doc is the purpose of the view, without a full stop.
	Doc string `json:"doc"`
	// Where are the conditions.
	Where []Condition `json:"where"`
}

// Condition is met if a column has a value, or with Not, if it has any other.
type Condition struct {
	Column string `json:"column"`
	Value  string `json:"value"`
	Not    bool   `json:"not,omitempty"`
}
