// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// LedgerEntry: How the raw records of one minute of one partition ended. The
// entries of a partition follow each other without overlap; each is written in
// the transaction that closes its minute, so that it is there exactly once.
type LedgerEntry struct {
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
	// Topic: Raw topic as named on the cluster.
	Topic string `json:"topic"`
	// Partition: Partition of the raw topic.
	Partition int32 `json:"partition"`
	// Sequence: Number of this entry of the partition, from 1; none is left out.
	Sequence int64 `json:"sequence"`
	// Minute: Begin of the minute: that of the latest received_at so far when the
	// records were met in the order of the partition. Minutes of a partition
	// follow each other; a minute in which nothing came has an entry with
	// from_offset = to_offset. After more than a day without any entry, the series
	// continues a day before its next one.
	Minute time.Time `json:"minute"`
	// FromOffset: First raw offset accounted for here: where the entry before
	// ended.
	FromOffset int64 `json:"from_offset"`
	// ToOffset: Raw offset after the last accounted for here; equal to from_offset
	// if no record came.
	ToOffset int64 `json:"to_offset"`
	// SkippedOffsets: How many offsets of that range held no record: gone before
	// they were read, if ingest alone writes the topic.
	SkippedOffsets int64 `json:"skipped_offsets"`
	// Accepted: Raw records that ingest accepted; of this minute and all sources.
	Accepted int64 `json:"accepted"`
	// Replayed: Raw records that are dead letters replayed, accepted before; of
	// this minute and all sources.
	Replayed int64 `json:"replayed"`
	// Decoded: Raw records that became a fact; of this minute and all sources.
	Decoded int64 `json:"decoded"`
	// Duplicates: Raw records that repeated a fact; of this minute and all
	// sources.
	Duplicates int64 `json:"duplicates"`
	// DeadLetters: Raw records that can never be handled; of this minute and all
	// sources.
	DeadLetters int64 `json:"dead_letters"`
	// Unaccounted: Raw records that ended in none or in several of these ways: a
	// fault of the program; of this minute and all sources.
	Unaccounted int64 `json:"unaccounted"`
	// MissedAttempts: Attempts of the provider to deliver that were never seen,
	// though a later attempt was: no 200 of ours reached it; of this minute and
	// all sources.
	MissedAttempts int64 `json:"missed_attempts"`
	// MissedAttemptsWithdrawn: Attempts counted as missed before that were seen
	// after all; of this minute and all sources.
	MissedAttemptsWithdrawn int64 `json:"missed_attempts_withdrawn"`
	// TotalAccepted: Running total of accepted of the partition: all sources,
	// since the first entry.
	TotalAccepted int64 `json:"total_accepted"`
	// TotalReplayed: Running total of replayed of the partition: all sources,
	// since the first entry.
	TotalReplayed int64 `json:"total_replayed"`
	// TotalDecoded: Running total of decoded of the partition: all sources, since
	// the first entry.
	TotalDecoded int64 `json:"total_decoded"`
	// TotalDuplicates: Running total of duplicates of the partition: all sources,
	// since the first entry.
	TotalDuplicates int64 `json:"total_duplicates"`
	// TotalDeadLetters: Running total of dead_letters of the partition: all
	// sources, since the first entry.
	TotalDeadLetters int64 `json:"total_dead_letters"`
	// TotalUnaccounted: Running total of unaccounted of the partition: all
	// sources, since the first entry.
	TotalUnaccounted int64 `json:"total_unaccounted"`
	// TotalMissedAttempts: Running total of missed_attempts of the partition: all
	// sources, since the first entry.
	TotalMissedAttempts int64 `json:"total_missed_attempts"`
	// TotalMissedAttemptsWithdrawn: Running total of missed_attempts_withdrawn of
	// the partition: all sources, since the first entry.
	TotalMissedAttemptsWithdrawn int64 `json:"total_missed_attempts_withdrawn"`
	// Sources: The counts of this minute by source, sorted by source; empty in a
	// quiet minute.
	Sources []LedgerSource `json:"sources"`
	// ProcessedAt: When the processor closed the minute.
	ProcessedAt time.Time `json:"processed_at"`
}

// Schema returns the name of the .avsc file.
func (*LedgerEntry) Schema() string { return "ledger.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *LedgerEntry) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *LedgerEntry) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = LedgerEntry{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *LedgerEntry) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Topic); err != nil {
		return dst, at("topic", err)
	}
	dst = appendLong(dst, int64(r.Partition))
	dst = appendLong(dst, r.Sequence)
	if dst, err = appendTime(dst, r.Minute); err != nil {
		return dst, at("minute", err)
	}
	dst = appendLong(dst, r.FromOffset)
	dst = appendLong(dst, r.ToOffset)
	dst = appendLong(dst, r.SkippedOffsets)
	dst = appendLong(dst, r.Accepted)
	dst = appendLong(dst, r.Replayed)
	dst = appendLong(dst, r.Decoded)
	dst = appendLong(dst, r.Duplicates)
	dst = appendLong(dst, r.DeadLetters)
	dst = appendLong(dst, r.Unaccounted)
	dst = appendLong(dst, r.MissedAttempts)
	dst = appendLong(dst, r.MissedAttemptsWithdrawn)
	dst = appendLong(dst, r.TotalAccepted)
	dst = appendLong(dst, r.TotalReplayed)
	dst = appendLong(dst, r.TotalDecoded)
	dst = appendLong(dst, r.TotalDuplicates)
	dst = appendLong(dst, r.TotalDeadLetters)
	dst = appendLong(dst, r.TotalUnaccounted)
	dst = appendLong(dst, r.TotalMissedAttempts)
	dst = appendLong(dst, r.TotalMissedAttemptsWithdrawn)
	if n := len(r.Sources); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Sources {
			if dst, err = r.Sources[i].appendTo(dst); err != nil {
				return dst, at("sources", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	return dst, nil
}

func (r *LedgerEntry) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Topic, err = d.string(); err != nil {
		return at("topic", err)
	}
	if r.Partition, err = d.int(); err != nil {
		return at("partition", err)
	}
	if r.Sequence, err = d.long(); err != nil {
		return at("sequence", err)
	}
	if r.Minute, err = d.time(); err != nil {
		return at("minute", err)
	}
	if r.FromOffset, err = d.long(); err != nil {
		return at("from_offset", err)
	}
	if r.ToOffset, err = d.long(); err != nil {
		return at("to_offset", err)
	}
	if r.SkippedOffsets, err = d.long(); err != nil {
		return at("skipped_offsets", err)
	}
	if r.Accepted, err = d.long(); err != nil {
		return at("accepted", err)
	}
	if r.Replayed, err = d.long(); err != nil {
		return at("replayed", err)
	}
	if r.Decoded, err = d.long(); err != nil {
		return at("decoded", err)
	}
	if r.Duplicates, err = d.long(); err != nil {
		return at("duplicates", err)
	}
	if r.DeadLetters, err = d.long(); err != nil {
		return at("dead_letters", err)
	}
	if r.Unaccounted, err = d.long(); err != nil {
		return at("unaccounted", err)
	}
	if r.MissedAttempts, err = d.long(); err != nil {
		return at("missed_attempts", err)
	}
	if r.MissedAttemptsWithdrawn, err = d.long(); err != nil {
		return at("missed_attempts_withdrawn", err)
	}
	if r.TotalAccepted, err = d.long(); err != nil {
		return at("total_accepted", err)
	}
	if r.TotalReplayed, err = d.long(); err != nil {
		return at("total_replayed", err)
	}
	if r.TotalDecoded, err = d.long(); err != nil {
		return at("total_decoded", err)
	}
	if r.TotalDuplicates, err = d.long(); err != nil {
		return at("total_duplicates", err)
	}
	if r.TotalDeadLetters, err = d.long(); err != nil {
		return at("total_dead_letters", err)
	}
	if r.TotalUnaccounted, err = d.long(); err != nil {
		return at("total_unaccounted", err)
	}
	if r.TotalMissedAttempts, err = d.long(); err != nil {
		return at("total_missed_attempts", err)
	}
	if r.TotalMissedAttemptsWithdrawn, err = d.long(); err != nil {
		return at("total_missed_attempts_withdrawn", err)
	}
	if r.Sources, err = decodeArray(d, 9, decodeLedgerSource); err != nil {
		return at("sources", err)
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	return nil
}

// LedgerSource: The raw records of one source in this minute, by how they
// ended. accepted + replayed = decoded + duplicates + dead_letters +
// unaccounted.
type LedgerSource struct {
	// Source: Id of the configured source; empty for records whose headers do not
	// say.
	Source string `json:"source"`
	// Accepted: Raw records that ingest accepted.
	Accepted int64 `json:"accepted"`
	// Replayed: Raw records that are dead letters replayed, accepted before.
	Replayed int64 `json:"replayed"`
	// Decoded: Raw records that became a fact.
	Decoded int64 `json:"decoded"`
	// Duplicates: Raw records that repeated a fact.
	Duplicates int64 `json:"duplicates"`
	// DeadLetters: Raw records that can never be handled.
	DeadLetters int64 `json:"dead_letters"`
	// Unaccounted: Raw records that ended in none or in several of these ways: a
	// fault of the program.
	Unaccounted int64 `json:"unaccounted"`
	// MissedAttempts: Attempts of the provider to deliver that were never seen,
	// though a later attempt was: no 200 of ours reached it.
	MissedAttempts int64 `json:"missed_attempts"`
	// MissedAttemptsWithdrawn: Attempts counted as missed before that were seen
	// after all.
	MissedAttemptsWithdrawn int64 `json:"missed_attempts_withdrawn"`
}

func (r *LedgerSource) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	dst = appendLong(dst, r.Accepted)
	dst = appendLong(dst, r.Replayed)
	dst = appendLong(dst, r.Decoded)
	dst = appendLong(dst, r.Duplicates)
	dst = appendLong(dst, r.DeadLetters)
	dst = appendLong(dst, r.Unaccounted)
	dst = appendLong(dst, r.MissedAttempts)
	dst = appendLong(dst, r.MissedAttemptsWithdrawn)
	return dst, nil
}

func decodeLedgerSource(d *decoder) (LedgerSource, error) {
	var r LedgerSource
	err := r.decodeFrom(d)
	return r, err
}

func (r *LedgerSource) decodeFrom(d *decoder) error {
	var err error
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Accepted, err = d.long(); err != nil {
		return at("accepted", err)
	}
	if r.Replayed, err = d.long(); err != nil {
		return at("replayed", err)
	}
	if r.Decoded, err = d.long(); err != nil {
		return at("decoded", err)
	}
	if r.Duplicates, err = d.long(); err != nil {
		return at("duplicates", err)
	}
	if r.DeadLetters, err = d.long(); err != nil {
		return at("dead_letters", err)
	}
	if r.Unaccounted, err = d.long(); err != nil {
		return at("unaccounted", err)
	}
	if r.MissedAttempts, err = d.long(); err != nil {
		return at("missed_attempts", err)
	}
	if r.MissedAttemptsWithdrawn, err = d.long(); err != nil {
		return at("missed_attempts_withdrawn", err)
	}
	return nil
}
