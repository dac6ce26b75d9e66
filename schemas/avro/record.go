package avro

import "time"

// Record is the value of a topic.
type Record interface {
	// Schema returns the name of the .avsc file.
	Schema() string
	// AppendAvro appends the record's Avro body.
	AppendAvro(dst []byte) ([]byte, error)
	// DecodeAvro reads an Avro body of this schema's version.
	DecodeAvro(b []byte) error
}

// Snapshot is the state of an entity.
type Snapshot interface {
	Record
	// Head returns the fields that the snapshots of all kinds of entities have.
	Head() Head
}

// Correlated is a fact with correlation ids.
type Correlated interface {
	Record
	// Correlations returns the source of the fact, and its correlation ids.
	Correlations() (source string, ids []string)
}

// Head holds the fields that the snapshots of all kinds of entities have.
type Head struct {
	// Provider and Source are those of the entity.
	Provider, Source string
	// Revision grows with each snapshot, Facts with each fact.
	Revision, Facts int64
	// ChangedBy is the cause of the snapshot.
	ChangedBy Change
	// FirstEventAt and LastEventAt are event times.
	FirstEventAt, LastEventAt Optional[time.Time]
	// Assurance is the weakest proof of its facts.
	Assurance Assurance
}
