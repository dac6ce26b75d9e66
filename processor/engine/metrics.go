package engine

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/engine/internal/latency"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/engine/internal/tracing"
	"github.com/tributary-hq/tributary/processor/stage"
)

// metrics are the engine's metrics; all of them have the label stage.
type metrics struct {
	records, outputs, transactions, aborts      *prometheus.CounterVec
	deadLetters, deadlines, sessions, fenced    *prometheus.CounterVec
	settled                                     *prometheus.CounterVec
	fetchErrors, restoredRecords, restoredBytes *prometheus.CounterVec
	roundSeconds                                *prometheus.HistogramVec
	restores                                    *prometheus.CounterVec
	partitions, restoreLeft, restorePartitions  *prometheus.GaugeVec
	restoreRate, restoreSeconds                 *prometheus.GaugeVec
	standbyBytes, dropped                       *prometheus.CounterVec
	standbyPartitions, standbyBehind            *prometheus.GaugeVec
	standbyMost                                 *prometheus.GaugeVec
	inputMoves, inputLost, inputGaps            *prometheus.CounterVec
	latencies                                   *latency.Metrics
}

func newMetrics(reg prometheus.Registerer, namespace string, names *LatencyNames) *metrics {
	prefix := namespace + "_processor_"
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, append([]string{"stage"}, labels...))
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, []string{"stage", "worker"})
	}
	ofStage := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, []string{"stage"})
	}
	m := &metrics{
		records:         counter("records_total", "Input records whose effect is committed."),
		outputs:         counter("outputs_total", "Records emitted and committed, by topic.", "topic"),
		transactions:    counter("transactions_total", "Transactions by outcome: committed, aborted, unknown, failed.", "outcome"),
		aborts:          counter("aborts_total", "Transactions aborted; an everyday event in a rebalance."),
		deadLetters:     counter("dead_letters_total", "Records that can never be handled, by cause.", "cause"),
		deadlines:       counter("deadlines_total", "Due deadlines fired."),
		sessions:        counter("session_restarts_total", "Sessions that ended and were joined anew."),
		fenced:          counter("fenced_total", "Former owners fenced because they left a transaction open."),
		settled:         counter("settled_total", "Transactions ended that a broker had left open, by outcome: committed, aborted.", "outcome"),
		fetchErrors:     counter("fetch_errors_total", "Polls that could not read a partition."),
		restoredRecords: counter("restored_records_total", "Changelog records replayed."),
		restoredBytes:   counter("restored_bytes_total", "Changelog bytes (keys and values) replayed."),
		roundSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + "transaction_seconds", Help: "From begin to stored, of committed transactions.",
			Buckets: prometheus.ExponentialBuckets(0.002, 2, 12),
		}, []string{"stage"}),
		partitions: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "partitions", Help: "Partitions owned, by state: ready, restoring.",
		}, []string{"stage", "worker", "state"}),
		restores:          counter("restores_total", "Partitions restored, by kind: none (nothing to replay), tail, whole.", "kind"),
		restoreLeft:       gauge("restore_offsets_left", "Changelog offsets that restores have still to read."),
		restorePartitions: gauge("restore_partitions_left", "Partitions whose restore has not reached the changelog's end."),
		restoreRate:       gauge("restore_bytes_per_second", "Keys and values replayed a second, mean of the restores that run."),
		standbyBytes:      counter("standby_bytes_total", "Changelog bytes (keys and values) that warm copies followed."),
		dropped:           counter("state_dropped_total", "Partitions long gone whose state was removed from the disk."),
		standbyPartitions: ofStage("standby_partitions", "Partitions of which this process keeps a warm copy."),
		standbyBehind:     ofStage("standby_offsets_behind", "Changelog offsets that the warm copies are behind, summed."),
		standbyMost:       ofStage("standby_offsets_behind_max", "Changelog offsets that the last of the warm copies is behind."),
		restoreSeconds:    gauge("restore_seconds_left", "How long the restores that run will take at their rate so far."),
	}
	m.inputMoves = counter("input_moves_total", "Partitions whose input went on elsewhere than the group stood, by cause: offsets_gone, offsets_set_back, offsets_set_forward, retention, truncated, recreated.", "cause")
	m.inputGaps = counter("input_gap_offsets_total", "Offsets of a raw topic that held no record when they were read, by cause: retention deleted them, or they are of an aborted transaction.", "cause")
	m.inputLost = counter("input_offsets_lost_total", "Input offsets that such moves passed over or that the input lost, by cause.", "cause")
	m.latencies = latency.New(prefix, names)
	if reg != nil {
		reg.MustRegister(m.latencies.Collectors()...)
		reg.MustRegister(m.records, m.outputs, m.transactions, m.aborts, m.deadLetters, m.deadlines, m.sessions, m.fenced, m.settled,
			m.fetchErrors, m.restoredRecords, m.restoredBytes, m.roundSeconds, m.partitions, m.restoreLeft,
			m.restores, m.restorePartitions, m.restoreRate, m.restoreSeconds,
			m.standbyBytes, m.standbyPartitions, m.standbyBehind, m.standbyMost, m.dropped, m.inputMoves, m.inputLost, m.inputGaps)
	}
	return m
}

// measure adds a committed transaction to the metrics.
func (w *worker) measure(began time.Time) {
	at := w.deps.Now()
	w.pace.Committed(began, at)
	w.count(at.Sub(began))
	w.metrics.latencies.Observe(w.spec.Name, &w.batch.latencies, at)
}

// noteLatency keeps a fact's event time and ingestion time until the commit. Records that
// are processed again are skipped, because their age is not the pipeline's latency.
func (w *worker) noteLatency(r *task.Record) {
	timed, ok := r.Event.(stage.Timed)
	if !ok || w.spec.Replayed != nil && w.spec.Replayed(&r.In) {
		return
	}
	w.batch.latencies.Add(timed.Times())
}

// count adds a committed transaction to the metrics and clears the worker's error.
func (w *worker) count(took time.Duration) {
	m, name := w.metrics, w.spec.Name
	m.transactions.WithLabelValues(name, "committed").Inc()
	m.roundSeconds.WithLabelValues(name).Observe(took.Seconds())
	m.records.WithLabelValues(name).Add(float64(len(w.batch.decoded)))
	m.deadlines.WithLabelValues(name).Add(float64(w.task.Fired))
	for cause, n := range w.task.DeadLetters {
		m.deadLetters.WithLabelValues(name, string(cause)).Add(float64(n))
	}
	byTopic := map[string]int{}
	for _, c := range w.batch.tx.Contexts() {
		outputs := c.Outputs()
		for i := range outputs {
			byTopic[outputs[i].Topic]++
		}
	}
	w.countUp()
	for topic, n := range byTopic {
		m.outputs.WithLabelValues(name, topic).Add(float64(n))
	}
	w.status.Committed()
}

// tracedCounts returns the transaction's counts for its span.
func (w *worker) tracedCounts() tracing.Counts {
	deadLetters := 0
	for _, n := range w.task.DeadLetters {
		deadLetters += n
	}
	return tracing.Counts{Outputs: len(w.batch.out), DeadLetters: deadLetters, Timers: w.task.Fired}
}

// countUp reports the counts of a committed transaction to Spec.OnCount.
func (w *worker) countUp() {
	if w.spec.OnCount == nil {
		return
	}
	for _, c := range w.batch.tx.Contexts() {
		for _, n := range c.Counts() {
			w.spec.OnCount(n)
		}
	}
}
