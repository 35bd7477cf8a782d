package io.headstream.job.app.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.headstream.job.app.json.Json;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A page that shows attention weights: one file, which asks no network for anything.
 *
 * <p>IDs and labels are data in it: JSON in which no {@code <} stands, read by a script that only
 * ever makes text of them. The page's policy lets nothing run but that one script.
 */
public final class ReportPage {
  /** How every page begins, by which one is known. */
  public static final String BEGINNING = "<!doctype html>\n<!-- Headstream attention weights -->\n";

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param stream stays open
   * @throws IOException when the stream does
   */
  public static void write(AttentionReport report, OutputStream stream) throws IOException {
    OutputStream page = new BufferedOutputStream(stream, 1 << 16);
    String script = resource("report.js");
    String[] around =
        resource("report.html")
            .replace("{{style}}", resource("report.css"))
            .replace("{{script-hash}}", sha256(script))
            .split("\\{\\{(data|script)}}", -1);
    write(BEGINNING, page);
    write(around[0], page);
    writeData(report, page);
    write(around[1], page);
    write(script, page);
    write(around[2], page);
    page.flush();
  }

  private static void writeData(AttentionReport report, OutputStream page) throws IOException {
    try (JsonGenerator json = Json.FACTORY.createGenerator(new WithoutTags(page))) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeNumberField("leftOut", report.leftOut());
      json.writeArrayFieldStart("colours");
      for (int colour : Viridis.STOPS) {
        json.writeNumber(colour);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("sequences");
      for (SequenceWeights sequence : report.sequences()) {
        writeSequence(sequence, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void writeSequence(SequenceWeights sequence, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("id", sequence.id());
    json.writeBooleanField("waterfall", sequence.waterfall());
    json.writeFieldName("rows");
    json.writeArray(sequence.rows(), 0, sequence.rows().length);
    json.writeFieldName("columns");
    json.writeArray(sequence.columns(), 0, sequence.columns().length);
    json.writeArrayFieldStart("labels");
    for (String label : sequence.labels()) {
      json.writeString(label);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("heads");
    for (HeadWeights head : sequence.heads()) {
      json.writeStartObject();
      json.writeNumberField("head", head.head());
      json.writeStringField("weights", base64(head.weights()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Little-endian floats, as typed arrays of browsers are. */
  private static String base64(float[] weights) {
    ByteBuffer bytes =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = ReportPage.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String sha256(String script) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void write(String text, OutputStream stream) throws IOException {
    stream.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes each {@code <} of a JSON text, which can only be in a string, as its escape. */
  private static final class WithoutTags extends FilterOutputStream {
    private static final byte[] ESCAPE = "\\u003c".getBytes(StandardCharsets.UTF_8);

    WithoutTags(OutputStream stream) {
      super(stream);
    }

    @Override
    public void write(int b) throws IOException {
      if (b == '<') {
        out.write(ESCAPE);
      } else {
        out.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int from = offset;
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == '<') {
          out.write(bytes, from, i - from);
          out.write(ESCAPE);
          from = i + 1;
        }
      }
      out.write(bytes, from, offset + length - from);
    }
  }
}
