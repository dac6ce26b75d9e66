package hangingtxn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// Evidence records which consecutive transactions of one producer id the worker knows to
// be committed. It is written as the metadata of every committed offset, where it is
// commit evidence. One goroutine uses it.
type Evidence struct {
	pid int64
	// from is the first epoch of the consecutive commits; it is valid if committed.
	from      int16
	committed bool
}

// Start begins with a new producer id.
func (e *Evidence) Start(pid int64) { *e = Evidence{pid: pid} }

// ProducerID returns the current producer id.
func (e *Evidence) ProducerID() int64 { return e.pid }

// Ended records the outcome of the last transaction.
func (e *Evidence) Ended(committed bool) { e.committed = committed }

// Committed reports whether the last transaction was committed.
func (e *Evidence) Committed() bool { return e.committed }

// Write writes the evidence, including the transaction that is about to be committed, to
// the metadata of the transaction's offsets.
func (e *Evidence) Write(req *kmsg.TxnOffsetCommitRequest) {
	if !e.committed || e.pid != req.ProducerID || e.from > req.ProducerEpoch {
		e.pid, e.from, e.committed = req.ProducerID, req.ProducerEpoch, true
	}
	metadata := fmt.Sprintf("%s%d:%d-%d", metadataPrefix, e.pid, e.from, req.ProducerEpoch)
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions {
			req.Topics[i].Partitions[j].Metadata = &metadata
		}
	}
}

// metadataPrefix begins the metadata of committed offsets. It also means that the
// transaction wrote the input position to the changelog.
const metadataPrefix = "committed with state "

// IsEvidence reports whether the metadata of a committed offset was written by Evidence,
// and not by an administrator's tool.
func IsEvidence(metadata string) bool { return strings.HasPrefix(metadata, metadataPrefix) }

// covers reports whether an offset's metadata names a transaction as committed.
func covers(metadata string, of kafka.Producer) bool {
	rest, ok := strings.CutPrefix(metadata, metadataPrefix)
	pid, epochs, ok1 := strings.Cut(rest, ":")
	from, to, ok2 := strings.Cut(epochs, "-")
	if !ok || !ok1 || !ok2 || pid != strconv.FormatInt(of.ID, 10) {
		return false
	}
	first, err1 := strconv.ParseInt(from, 10, 16)
	last, err2 := strconv.ParseInt(to, 10, 16)
	return err1 == nil && err2 == nil && first <= int64(of.Epoch) && int64(of.Epoch) <= last
}
