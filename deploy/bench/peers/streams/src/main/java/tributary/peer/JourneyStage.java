package tributary.peer;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Joins the verifications and payments of a correlation id. */
final class JourneyStage implements Processor<String, GenericRecord, String, GenericRecord> {
  static final String STORE = "state-journey";
  private static final int SUCCESS = 10;

  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, GenericRecord> journeys;

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    this.journeys = context.getStateStore(STORE);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void process(Record<String, GenericRecord> in) {
    GenericRecord j = journeys.get(in.key());
    if (j == null) {
      j = new GenericData.Record(Avro.JOURNEY);
      j.put("revision", 0L);
      j.put("members", new ArrayList<GenericRecord>(2));
    }
    // Avro's lists do not support removal.
    List<GenericRecord> members = new ArrayList<>((List<GenericRecord>) j.get("members"));
    members.removeIf(m -> m.get("id").equals(in.value().get("id")));
    members.add(in.value());
    j.put("members", members);
    long payments = 0;
    boolean verified = false;
    Long last = null;
    for (GenericRecord m : members) {
      boolean payment = (Boolean) m.get("payment");
      payments += payment ? 1 : 0;
      verified |= !payment && (Integer) m.get("status") == SUCCESS;
      Long at = (Long) m.get("at");
      last = last == null || at != null && at > last ? at : last;
    }
    j.put("verified", verified);
    j.put("verifications", members.size() - payments);
    j.put("payments", payments);
    j.put("revision", (Long) j.get("revision") + 1);
    j.put("last_at", last);
    journeys.put(in.key(), j);
    context.forward(in.withValue(j));
    App.JOINED.incrementAndGet();
  }
}
