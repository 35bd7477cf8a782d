package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.RawRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineReaderTest {
  private static final int MAX = 1 << 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|''",
        "a|1=a",
        "a~|1=a",
        "a~b|1=a 2=b",
        "~~a~ ~~b~|3=a 6=b",
        "a^~b^~|1=a 2=b",
        "^~a|2=a",
        "a^b~c|1=a^b 2=c",
        "a^^~|1=a^",
        "a^|1=a^",
        "\ufeffa~b|1=\ufeffa 2=b",
        "\ufeff~b|2=b",
        "\ufeff|''",
        "a~\ufeffb|1=a 2=\ufeffb",
        "\u00a0~\u3000\u2028~b|3=b"
      })
  void cutsLines(String text, String lines) throws IOException {
    byte[] bytes = text.replace('~', '\n').replace('^', '\r').getBytes(UTF_8);
    List<String> found = new ArrayList<>();
    for (RawRecord record : read(new ByteArrayInputStream(bytes), MAX)) {
      assertThat(record.source()).startsWith("in:");
      assertThat(record.sizeBytes()).isEqualTo(record.bytes().length);
      found.add(record.source().substring(3) + "=" + new String(record.bytes(), UTF_8));
    }
    assertThat(String.join(" ", found)).isEqualTo(lines.replace('^', '\r'));
  }

  @Test
  void keepsTheBeginningOfALineThatIsTooLong() throws IOException {
    String huge = "x".repeat(200_000);
    for (String end : new String[] {"\n", "\r\n"}) {
      String text = "\ufeff" + huge + end + "ok" + end + huge;
      List<RawRecord> records = read(new ByteArrayInputStream(text.getBytes(UTF_8)), 10_000);
      assertThat(records).extracting(RawRecord::source).containsExactly("in:1", "in:2", "in:3");
      assertThat(records).extracting(RawRecord::tooLarge).containsExactly(true, false, true);
      assertThat(records.get(0).bytes()).startsWith(0xEF, 0xBB, 0xBF, 'x').hasSize(4096);
      assertThat(records).extracting(RawRecord::markBytes).containsExactly(3, 0, 0);
      assertThat(records.get(0).sizeBytes()).isEqualTo(200_003);
      assertThat(records.get(2).sizeBytes()).isEqualTo(200_000);
    }
  }

  @Test
  void skipsABlankLineThatIsTooLongForARecord() throws IOException {
    String blank = " \u3000\u00a0\t".repeat(50_000);
    String text = "\ufeff" + blank + "\r\n" + blank + "x\n" + blank + "\nok\n" + blank;
    List<RawRecord> records = read(new ByteArrayInputStream(text.getBytes(UTF_8)), 5000);
    assertThat(records).extracting(RawRecord::source).containsExactly("in:2", "in:4");
    assertThat(records).extracting(RawRecord::tooLarge).containsExactly(true, false);
  }

  @Test
  void theLimitIsTheRecordsOwnSize() throws IOException {
    for (int max : new int[] {10, 4096, 5000, 65536}) {
      for (int size = max - 1; size <= max + 2; size++) {
        String line = "x".repeat(size);
        for (String text : new String[] {line, line + "\n", "\ufeff" + line + "\r\nb"}) {
          RawRecord record = read(new ByteArrayInputStream(text.getBytes(UTF_8)), max).get(0);
          boolean tooLarge = size > max;
          int mark = record.markBytes();
          assertThat(mark).isEqualTo(text.charAt(0) == '\ufeff' ? 3 : 0);
          assertThat(record.sizeBytes()).isEqualTo(mark + size);
          assertThat(record.bytes())
              .as("%d of at most %d", size, max)
              .hasSize(tooLarge ? Math.min(mark + size, RawRecord.KEPT_BYTES) : mark + size);
        }
      }
    }
  }

  @Test
  void doesNotReadBehindTheEnd() throws IOException {
    InputStream terminal =
        new ByteArrayInputStream("a".getBytes(UTF_8)) {
          private int ends;

          @Override
          public synchronized int read(byte[] b, int off, int len) {
            int read = super.read(b, off, len);
            ends += read < 0 ? 1 : 0;
            assertThat(ends).isLessThan(2);
            return read;
          }
        };
    LineReader reader = new LineReader(terminal, "in", MAX, 0, 0);
    assertThat(reader.next()).isNotNull();
    assertThat(reader.next()).isNull();
    assertThat(reader.next()).isNull();
  }

  @Test
  void agreesWithASplitOfTheWholeTextAndResumesAnywhere() throws IOException {
    long seed = 99;
    Random random = new Random(seed);
    for (int n = 0; n < 200; n++) {
      StringBuilder text = new StringBuilder();
      for (int lines = random.nextInt(30); lines >= 0; lines--) {
        String piece = random.nextInt(3) == 0 ? "\r" : "ab ".substring(random.nextInt(3));
        text.append(piece.repeat(random.nextInt(random.nextInt(8) == 0 ? 50_000 : 9)));
        text.append(random.nextBoolean() ? "\n" : "\r\n");
      }
      text.setLength(text.length() - random.nextInt(2));
      byte[] bytes = text.toString().getBytes(ISO_8859_1);
      List<String> expected = new ArrayList<>();
      String[] split = text.toString().split("\n", -1);
      for (int i = 0; i < split.length; i++) {
        boolean ended = i < split.length - 1;
        String line = ended && split[i].endsWith("\r") ? chopped(split[i]) : split[i];
        if (!line.isBlank()) {
          expected.add((i + 1) + ":" + line.length());
        }
      }
      LineReader reader = new LineReader(new Trickle(bytes, random), "in", 9000, 0, 0);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(shown(reader.next())).as("seed %d", seed).isEqualTo(expected.get(i));
        int offset = (int) reader.offset();
        InputStream rest = new ByteArrayInputStream(bytes, offset, bytes.length - offset);
        LineReader resumed = new LineReader(rest, "in", 9000, offset, reader.lines());
        String next = i + 1 < expected.size() ? expected.get(i + 1) : "none";
        assertThat(shown(resumed.next())).as("seed %d", seed).isEqualTo(next);
      }
      assertThat(reader.next()).isNull();
      assertThat(reader.offset()).isEqualTo(bytes.length);
    }
  }

  private static String chopped(String text) {
    return text.substring(0, text.length() - 1);
  }

  private static String shown(RawRecord record) {
    return record == null ? "none" : record.source().substring(3) + ":" + record.sizeBytes();
  }

  private static List<RawRecord> read(InputStream in, int maxRecordBytes) throws IOException {
    LineReader reader = new LineReader(in, "in", maxRecordBytes, 0, 0);
    List<RawRecord> records = new ArrayList<>();
    for (RawRecord record = reader.next(); record != null; record = reader.next()) {
      records.add(record);
    }
    return records;
  }

  /** Gives a few bytes at a time, as a pipe does, and sometimes none. */
  private static final class Trickle extends InputStream {
    private final ByteArrayInputStream in;
    private final Random random;

    Trickle(byte[] bytes, Random random) {
      this.in = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] b, int off, int len) {
      int most = random.nextBoolean() ? random.nextInt(4) : len;
      return most == 0 ? 0 : in.read(b, off, Math.min(len, most));
    }
  }
}
