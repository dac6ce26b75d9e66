package tributary.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Payments of UAPAY. The token was verified when the webhook was taken. */
final class Uapay extends EntityStage {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MessageDigest sha256;

  Uapay() {
    super(Names.of("uapay"));
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  Fact decode(byte[] body) throws IOException {
    String token = JSON.readTree(body).get("token").textValue();
    int first = token.indexOf('.');
    byte[] text = Base64.getUrlDecoder().decode(token.substring(first + 1, token.indexOf('.', first + 1)));
    ObjectNode claims = (ObjectNode) JSON.readTree(text);
    Long issued = Fields.number(claims, "iat");
    String id = claims.get("paymentId").textValue();
    GenericRecord p = new GenericData.Record(Avro.PAYMENT);
    boolean transfer = claims.has("operationId");
    p.put("id", id);
    p.put("correlation_id", Fields.text(claims, transfer ? "operationExternalId" : "externalId"));
    p.put("revision", 0L);
    p.put("status", Fields.text(claims, transfer ? "operationStatus" : "status"));
    p.put("payment_status", Fields.text(claims, "paymentStatus"));
    p.put("type", Fields.text(claims, transfer ? "operationType" : "type"));
    p.put("invoice_id", Fields.text(claims, "invoiceId"));
    p.put("amount", Fields.number(claims, transfer ? "paymentAmount" : "amount"));
    p.put("reversal_amount", Fields.number(claims, "reversalAmount"));
    p.put("commission", Fields.number(claims, "paymentCommission"));
    p.put("card", Fields.text(claims, "cardFromMasked"));
    p.put("receipt", Fields.text(claims, "receiptPath"));
    p.put("extra", Fields.text(claims, "extraInfo"));
    p.put("created", Fields.text(claims, "createDate"));
    p.put("paid", Fields.text(claims, "payDate"));
    p.put("updated_at", transfer ? Fields.number(claims, "postbackTime") : issued);
    // A callback has no id: it is the same event if all claims but the time of signing are equal.
    claims.remove("iat");
    String event = HexFormat.of().formatHex(sha256.digest(claims.toString().getBytes(StandardCharsets.UTF_8)));
    return new Fact(id, event, p);
  }

  private static int rank(Object status) {
    return switch (String.valueOf(status)) {
      case "PAID" -> 1;
      case "CANCELED" -> 2;
      case "FINISHED" -> 3;
      case "REVERSED" -> 4;
      default -> 0;
    };
  }

  @Override
  GenericRecord merge(GenericRecord entity, GenericRecord fact) {
    if (entity == null) {
      return new GenericData.Record((GenericData.Record) fact, false);
    }
    if (rank(fact.get("status")) >= rank(entity.get("status"))) {
      Fields.fill(entity, fact, "status", "payment_status", "amount", "reversal_amount", "commission");
    }
    Fields.fill(entity, fact, "correlation_id", "receipt", "paid");
    Fields.later(entity, fact, "updated_at");
    return entity;
  }

  @Override
  GenericRecord member(GenericRecord p) {
    GenericRecord m = new GenericData.Record(Avro.MEMBER);
    m.put("payment", true);
    m.put("id", p.get("id"));
    m.put("status", rank(p.get("status")));
    m.put("text", p.get("payment_status"));
    m.put("amount", p.get("amount"));
    m.put("at", p.get("updated_at"));
    return m;
  }
}
