package tributary.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Verifications of LOX24. */
final class Lox24 extends EntityStage {
  private static final ObjectMapper JSON = new ObjectMapper();

  Lox24() {
    super(Names.of("lox24"));
  }

  @Override
  Fact decode(byte[] body) throws IOException {
    JsonNode event = JSON.readTree(body);
    JsonNode data = event.get("data");
    GenericRecord v = new GenericData.Record(Avro.VERIFICATION);
    v.put("id", data.get("id").textValue());
    v.put("correlation_id", correlation(data.get("payload")));
    v.put("event", Fields.text(event, "name"));
    v.put("revision", 0L);
    v.put("status", data.get("status").intValue());
    v.put("user_id", Fields.number(data, "user_id"));
    v.put("phone", Fields.text(data, "phone"));
    v.put("delivered_channel", Fields.text(data, "delivered_channel"));
    v.put("cost", Fields.number(data, "cost"));
    v.put("currency", Fields.text(data, "currency"));
    v.put("created_at", Fields.number(data, "created_at"));
    v.put("updated_at", Fields.number(data, "updated_at"));
    List<GenericRecord> attempts = new ArrayList<>(4);
    JsonNode history = data.get("history");
    if (history != null) {
      history.forEach(entry -> attempts.add(attempt(entry)));
    }
    JsonNode channel = data.get("channel");
    if (channel != null && channel.isObject()) {
      put(attempts, attempt(channel));
    }
    v.put("attempts", attempts);
    return new Fact(data.get("id").textValue(), event.get("id").textValue(), v);
  }

  /** The correlation id is the payload, or its member "order" where it is a JSON object. */
  private static String correlation(JsonNode payload) throws IOException {
    if (payload == null || !payload.isTextual()) {
      return null;
    }
    String text = payload.textValue();
    return text.startsWith("{") ? Fields.text(JSON.readTree(text), "order") : text;
  }

  private static GenericRecord attempt(JsonNode entry) {
    GenericRecord a = new GenericData.Record(Avro.ATTEMPT);
    a.put("id", entry.get("id").textValue());
    a.put("channel", Fields.text(entry, "channel"));
    a.put("status", entry.get("status").intValue());
    a.put("at", Fields.number(entry, "processed_at"));
    a.put("external_id", Fields.text(entry, "external_id"));
    a.put("error", Fields.text(entry, "error"));
    a.put("cost", Fields.number(entry, "cost"));
    return a;
  }

  /** Adds an attempt, or replaces the one with its id unless that has a later status. */
  private static void put(List<GenericRecord> attempts, GenericRecord a) {
    for (int i = 0; i < attempts.size(); i++) {
      GenericRecord have = attempts.get(i);
      if (have.get("id").equals(a.get("id"))) {
        if (rank((Integer) a.get("status")) >= rank((Integer) have.get("status"))) {
          attempts.set(i, a);
        }
        return;
      }
    }
    attempts.add(a);
  }

  /** The order of statuses: a success is final, a failure or an error ends an attempt. */
  private static int rank(int status) {
    return switch (status) {
      case 5 -> 1;
      case 20, 100 -> 2;
      case 10 -> 3;
      default -> 0;
    };
  }

  @Override
  @SuppressWarnings("unchecked")
  GenericRecord merge(GenericRecord entity, GenericRecord fact) {
    if (entity == null) {
      return new GenericData.Record((GenericData.Record) fact, false);
    }
    if (rank((Integer) fact.get("status")) > rank((Integer) entity.get("status"))) {
      entity.put("status", fact.get("status"));
    }
    Fields.fill(entity, fact, "correlation_id", "delivered_channel", "cost", "currency");
    Fields.later(entity, fact, "updated_at");
    List<GenericRecord> attempts = (List<GenericRecord>) entity.get("attempts");
    for (GenericRecord a : (List<GenericRecord>) fact.get("attempts")) {
      put(attempts, a);
    }
    return entity;
  }

  @Override
  GenericRecord member(GenericRecord v) {
    GenericRecord m = new GenericData.Record(Avro.MEMBER);
    m.put("payment", false);
    m.put("id", v.get("id"));
    m.put("status", v.get("status"));
    m.put("text", v.get("delivered_channel"));
    m.put("amount", v.get("cost"));
    m.put("at", v.get("updated_at"));
    return m;
  }
}
