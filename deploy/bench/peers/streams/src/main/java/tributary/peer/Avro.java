package tributary.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** The records of peer.avsc, and serdes for them. */
final class Avro {
  private static final Schema.Parser PARSER = new Schema.Parser();

  static {
    try (InputStream in = Avro.class.getResourceAsStream("/peer.avsc")) {
      PARSER.parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static final Schema ATTEMPT = named("Attempt");
  static final Schema VERIFICATION = named("Verification");
  static final Schema PAYMENT = named("Payment");
  static final Schema MEMBER = named("Member");
  static final Schema JOURNEY = named("Journey");

  private static Schema named(String name) {
    Schema schema = PARSER.getTypes().get(name);
    // Texts are java.lang.String instead of Utf8.
    for (Schema.Field field : schema.getFields()) {
      strings(field.schema());
    }
    return schema;
  }

  private static void strings(Schema schema) {
    switch (schema.getType()) {
      case STRING -> {
        if (schema.getProp(GenericData.STRING_PROP) == null) {
          GenericData.setStringType(schema, GenericData.StringType.String);
        }
      }
      case UNION -> schema.getTypes().forEach(Avro::strings);
      default -> {}
    }
  }

  /** A serde; encoders, decoders and buffers are reused by thread. */
  static Serde<GenericRecord> serde(Schema schema) {
    return Serdes.serdeFrom(new Writer(schema), new Reader(schema));
  }

  private static final class Writer implements Serializer<GenericRecord> {
    private static final ThreadLocal<ByteArrayOutputStream> BUFFER = ThreadLocal.withInitial(() -> new ByteArrayOutputStream(1024));
    private static final ThreadLocal<BinaryEncoder> ENCODER = new ThreadLocal<>();
    private final GenericDatumWriter<GenericRecord> writer;

    Writer(Schema schema) {
      writer = new GenericDatumWriter<>(schema);
    }

    @Override
    public byte[] serialize(String topic, GenericRecord value) {
      if (value == null) {
        return null;
      }
      ByteArrayOutputStream out = BUFFER.get();
      out.reset();
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, ENCODER.get());
      ENCODER.set(encoder);
      try {
        writer.write(value, encoder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }
  }

  private static final class Reader implements Deserializer<GenericRecord> {
    private static final ThreadLocal<BinaryDecoder> DECODER = new ThreadLocal<>();
    private final GenericDatumReader<GenericRecord> reader;

    Reader(Schema schema) {
      reader = new GenericDatumReader<>(schema);
    }

    @Override
    public GenericRecord deserialize(String topic, byte[] bytes) {
      if (bytes == null) {
        return null;
      }
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, DECODER.get());
      DECODER.set(decoder);
      try {
        return reader.read(null, decoder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Avro() {}
}
