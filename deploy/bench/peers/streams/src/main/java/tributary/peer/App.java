package tributary.peer;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * The processor's job for LOX24 and UAPAY as a Kafka Streams application, exactly once: decode,
 * drop repeats, merge into verifications and payments, join them into journeys.
 *
 * <p>It does less than the processor: no pseudonyms, no timers, no dead letters, no ledger.
 *
 * <pre>java -cp ... tributary.peer.App BROKERS PREFIX STATE_DIR RECORDS [setting=value ...]</pre>
 *
 * It prints a line {"msg":"running"} when it has its partitions, and {"msg":"drained"} when it has
 * processed RECORDS webhooks and all that follows from them.
 */
public final class App {
  /** Webhooks processed, updates sent to journeys, updates processed. */
  static final AtomicLong RAW = new AtomicLong();
  static final AtomicLong SENT = new AtomicLong();
  static final AtomicLong JOINED = new AtomicLong();

  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

  public static void main(String[] args) throws InterruptedException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    Properties p = new Properties();
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1] + "peer");
    p.put(StreamsConfig.STATE_DIR_CONFIG, args[2]);
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    p.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    p.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
    p.put(StreamsConfig.producerPrefix("batch.size"), 128 << 10);
    for (int i = 4; i < args.length; i++) {
      p.put(args[i].substring(0, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
    }
    KafkaStreams streams = new KafkaStreams(topology(args[1]), p);
    streams.setUncaughtExceptionHandler(e -> {
      e.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) {
        System.out.println("{\"msg\":\"running\"}");
      } else if (now == KafkaStreams.State.ERROR) {
        Runtime.getRuntime().halt(1);
      }
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(
        // The group must be empty, so that it can be deleted before the next run.
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP).withTimeout(Duration.ofSeconds(30)))));
    streams.start();
    reportEnd(Long.parseLong(args[3]));
    Thread.currentThread().join();
  }

  /** Waits until everything is processed and then for the commit. */
  private static void reportEnd(long records) throws InterruptedException {
    while (RAW.get() < records || JOINED.get() < SENT.get()) {
      Thread.sleep(10);
    }
    Thread.sleep(COMMIT_INTERVAL.toMillis());
    System.out.println("{\"msg\":\"drained\"}");
  }

  private static Topology topology(String prefix) {
    Topology t = new Topology();
    provider(t, prefix, "lox24", "verifications", Avro.VERIFICATION, Lox24::new);
    provider(t, prefix, "uapay", "payments", Avro.PAYMENT, Uapay::new);
    t.addSource("members", new StringDeserializer(), Avro.serde(Avro.MEMBER).deserializer(), prefix + "peer.journey");
    t.addProcessor("journey", JourneyStage::new, "members");
    store(t, JourneyStage.STORE, Avro.JOURNEY, "journey");
    sink(t, "enriched-journey", prefix + "peer.enriched.journeys", Avro.JOURNEY, "journey");
    return t;
  }

  private static void provider(Topology t, String prefix, String provider, String entities, Schema schema,
      ProcessorSupplier<byte[], byte[], String, org.apache.avro.generic.GenericRecord> stage) {
    EntityStage.Names names = EntityStage.Names.of(provider);
    t.addSource("raw-" + provider, new ByteArrayDeserializer(), new ByteArrayDeserializer(), prefix + "raw." + provider + ".v1");
    t.addProcessor(provider, stage, "raw-" + provider);
    Duration span = EntityStage.SPAN;
    t.addStateStore(Stores.windowStoreBuilder(Stores.persistentWindowStore(names.seen(), span.multipliedBy(2), span, false),
        Serdes.String(), Serdes.Long()), provider);
    store(t, names.entities(), schema, provider);
    sink(t, names.decoded(), prefix + "peer.decoded." + provider, schema, provider);
    sink(t, names.duplicates(), prefix + "peer.duplicates", schema, provider);
    sink(t, names.enriched(), prefix + "peer.enriched." + entities, schema, provider);
    sink(t, names.journeys(), prefix + "peer.journey", Avro.MEMBER, provider);
  }

  private static void store(Topology t, String name, Schema schema, String processor) {
    t.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), Avro.serde(schema))
        .withCachingDisabled(), processor);
  }

  private static void sink(Topology t, String name, String topic, Schema schema, String processor) {
    t.addSink(name, topic, new StringSerializer(), Avro.serde(schema).serializer(), processor);
  }

  private App() {}
}
