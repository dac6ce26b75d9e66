package tributary.peer;

import java.io.IOException;
import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage of one provider: decodes a webhook, drops it if its event was seen before, merges it
 * into its entity, and emits the fact, the entity's snapshot and the update of its journey.
 */
abstract class EntityStage implements Processor<byte[], byte[], String, GenericRecord> {
  /** How long an event is remembered. */
  static final Duration SPAN = Duration.ofHours(28);

  private static final Logger LOG = LoggerFactory.getLogger(EntityStage.class);

  /** A decoded webhook. eventId identifies the event among those of its entity. */
  record Fact(String entity, String eventId, GenericRecord value) {}

  private final Names names;
  private ProcessorContext<String, GenericRecord> context;
  private WindowStore<String, Long> seen;
  private KeyValueStore<String, GenericRecord> entities;

  /** Names of the stores and sinks of a stage. */
  record Names(String seen, String entities, String decoded, String duplicates, String enriched, String journeys) {
    static Names of(String provider) {
      return new Names("seen-" + provider, "state-" + provider, "decoded-" + provider, "duplicates-" + provider,
          "enriched-" + provider, "journeys-" + provider);
    }
  }

  EntityStage(Names names) {
    this.names = names;
  }

  abstract Fact decode(byte[] body) throws IOException;

  /** Merges a fact into its entity, which is null for the first one. */
  abstract GenericRecord merge(GenericRecord entity, GenericRecord fact);

  /** The update for the entity's journey. */
  abstract GenericRecord member(GenericRecord entity);

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    this.seen = context.getStateStore(names.seen());
    this.entities = context.getStateStore(names.entities());
  }

  @Override
  public void process(Record<byte[], byte[]> in) {
    try {
      apply(in.timestamp(), decode(in.value()));
    } catch (IOException | RuntimeException e) {
      LOG.warn("skipped a webhook that cannot be decoded", e);
    } finally {
      App.RAW.incrementAndGet();
    }
  }

  private void apply(long now, Fact fact) {
    if (repeated(fact.eventId(), now)) {
      context.forward(new Record<>(fact.entity(), fact.value(), now), names.duplicates());
      return;
    }
    context.forward(new Record<>(fact.entity(), fact.value(), now), names.decoded());
    GenericRecord entity = merge(entities.get(fact.entity()), fact.value());
    entity.put("revision", (Long) entity.get("revision") + 1);
    entities.put(fact.entity(), entity);
    context.forward(new Record<>(fact.entity(), entity, now), names.enriched());
    if (entity.get("correlation_id") != null) {
      App.SENT.incrementAndGet();
      context.forward(new Record<>((String) entity.get("correlation_id"), member(entity), now), names.journeys());
    }
  }

  /**
   * Reports whether an event was seen within the span, and remembers it. Entries lie at the start of
   * buckets as long as the span, so that two point reads replace a range scan.
   */
  private boolean repeated(String eventId, long now) {
    long span = SPAN.toMillis();
    long bucket = now - now % span;
    Long first = seen.fetch(eventId, bucket);
    if (first == null && bucket >= span) {
      first = seen.fetch(eventId, bucket - span);
    }
    if (first != null && now - first < span) {
      return true;
    }
    seen.put(eventId, now, bucket);
    return false;
  }
}
