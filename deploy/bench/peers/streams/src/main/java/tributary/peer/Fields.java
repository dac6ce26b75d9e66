package tributary.peer;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.avro.generic.GenericRecord;

/** Access to optional fields. */
final class Fields {
  static String text(JsonNode of, String name) {
    JsonNode node = of.get(name);
    return node == null || node.isNull() ? null : node.asText();
  }

  static Long number(JsonNode of, String name) {
    JsonNode node = of.get(name);
    return node == null || !node.canConvertToLong() ? null : (Long) node.longValue();
  }

  /** Takes the fields over that the fact has. */
  static void fill(GenericRecord entity, GenericRecord fact, String... names) {
    for (String name : names) {
      if (fact.get(name) != null) {
        entity.put(name, fact.get(name));
      }
    }
  }

  /** Keeps the later of two times. */
  static void later(GenericRecord entity, GenericRecord fact, String name) {
    Long have = (Long) entity.get(name);
    Long at = (Long) fact.get(name);
    if (at != null && (have == null || at > have)) {
      entity.put(name, at);
    }
  }

  private Fields() {}
}
