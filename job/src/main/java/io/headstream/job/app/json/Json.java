package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** The one configuration of the JSON library that all records are read and written with. */
public final class Json {
  /**
   * Reads strictly and writes floats with the fewest digits. Safe for any number of threads.
   *
   * <p>Strings, names, numbers and the depth of nesting are bounded by the record's size already,
   * so the library's own limits on them are lifted; nesting costs heap, not stack. Names are
   * neither interned nor refused for their hashes: both would let one record act on later ones.
   */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          .build();

  private Json() {}

  /** What writes one object's fields. */
  interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** One JSON object as UTF-8, without a line end. */
  static byte[] object(int expectedBytes, Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(expectedBytes);
    try {
      object(bytes, fields);
    } catch (IOException e) {
      // An array in memory takes everything.
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** One JSON object as UTF-8, without a line end, to a stream that stays open. */
  static void object(OutputStream stream, Fields fields) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(stream)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    }
  }
}
