package io.headstream.job.app.options;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.Utf16;
import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.StartFrom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.ITypeConverter;

/** How the text after an option becomes a value. A failure's message is what was expected. */
public final class Values {
  private Values() {}

  /** Thrown by every converter here; the message completes "found 'x', expected ...". */
  public static final class Expected extends Exception {
    private static final long serialVersionUID = 1;

    Expected(String expected) {
      super(expected);
    }
  }

  /** A whole number within a range, both ends included. */
  abstract static class Whole implements ITypeConverter<Integer> {
    private final int least;
    private final int most;

    Whole(int least, int most) {
      this.least = least;
      this.most = most;
    }

    @Override
    public Integer convert(String text) throws Expected {
      try {
        int number = Integer.parseInt(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, together with what is out of range.
      }
      throw new Expected("a whole number from " + least + " to " + most);
    }
  }

  /** A number of things: at least one. */
  static final class Count extends Whole {
    Count() {
      super(1, Integer.MAX_VALUE);
    }
  }

  /** A number of things: also none. */
  static final class CountOrZero extends Whole {
    CountOrZero() {
      super(0, Integer.MAX_VALUE);
    }
  }

  /** The size of an embedding; W_q and its like are square and have to fit into an array each. */
  static final class ModelDim extends Whole {
    ModelDim() {
      super(1, 46_340);
    }
  }

  /** The size of a record, which has to fit into one array. */
  static final class RecordBytes extends Whole {
    RecordBytes() {
      super(1, 1 << 30);
    }
  }

  /** A TCP port that anyone may take. */
  static final class Port extends Whole {
    Port() {
      super(1, 65_535);
    }
  }

  /** How many subtasks: no more than there are key groups. */
  public static final class Parallelism extends Whole {
    static final int MOST = 720;

    Parallelism() {
      super(1, MOST);
    }
  }

  /** A count, or null for {@code auto}. */
  static final class CountOrAuto implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) throws Expected {
      if (text.equals("auto")) {
        return null;
      }
      try {
        return new Count().convert(text);
      } catch (Expected e) {
        throw new Expected(e.getMessage() + ", or auto");
      }
    }
  }

  /** Any long: the seed of a generator. */
  static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) throws Expected {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new Expected("a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
      }
    }
  }

  /** A probability below one. */
  static final class DropoutRate implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) throws Expected {
      try {
        double rate = Double.parseDouble(text);
        if (rate >= 0 && rate < 1) {
          return rate;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new Expected("a number P with 0 <= P < 1");
    }
  }

  /** A time with its unit, of a millisecond or more, such as {@code 30 s}. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) throws Expected {
      try {
        Duration duration = TimeUtils.parseDuration(text);
        // Flink reads a number without unit as milliseconds; whoever types 30 may mean seconds.
        boolean unit = text.strip().matches(".*\\D");
        if (unit && duration.toMillis() > 0) {
          return duration;
        }
      } catch (IllegalArgumentException | ArithmeticException e) {
        // Said below.
      }
      throw new Expected("a time with its unit, such as 500 ms, 30 s or 5 min");
    }
  }

  /** A time with its unit, or {@code off}, which is 0. */
  static final class TimeOrOff implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) throws Expected {
      if (text.equals("off")) {
        return Duration.ZERO;
      }
      try {
        return new Time().convert(text);
      } catch (Expected e) {
        throw new Expected(e.getMessage() + ", or off");
      }
    }
  }

  /** An amount of memory with its unit, such as {@code 64 mb}; may be 0. */
  static final class Memory implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) throws Expected {
      try {
        // Flink reads a number without unit as bytes; whoever types 64 may mean megabytes.
        if (text.equals("0") || text.strip().matches(".*\\D")) {
          return MemorySize.parseBytes(text);
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw new Expected("an amount of memory with its unit, such as 64 mb or 1 gb, or 0");
    }
  }

  /** One of a few words. */
  abstract static class OneOf implements ITypeConverter<String> {
    private final List<String> words;

    OneOf(String... words) {
      this.words = List.of(words);
    }

    @Override
    public String convert(String text) throws Expected {
      if (words.contains(text)) {
        return text;
      }
      throw new Expected(String.join(" or ", words));
    }
  }

  /** {@code jsonl} or {@code text}. */
  static final class Format implements ITypeConverter<InputFormat> {
    @Override
    public InputFormat convert(String text) throws Expected {
      return Arrays.stream(InputFormat.values())
          .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text))
          .findFirst()
          .orElseThrow(() -> new Expected("jsonl or text"));
    }
  }

  /** {@code earliest}, {@code latest} or {@code committed}. */
  static final class From implements ITypeConverter<StartFrom> {
    @Override
    public StartFrom convert(String text) throws Expected {
      return switch (text) {
        case "earliest" -> StartFrom.EARLIEST;
        case "latest" -> StartFrom.LATEST;
        case "committed" -> StartFrom.COMMITTED;
        default -> throw new Expected("earliest, latest or committed");
      };
    }
  }

  /** {@code latest}. */
  static final class Until extends OneOf {
    Until() {
      super("latest");
    }
  }

  /** {@code exactly-once} or {@code at-least-once}. */
  static final class DeliveryWord implements ITypeConverter<Delivery> {
    @Override
    public Delivery convert(String text) throws Expected {
      return switch (text) {
        case "exactly-once" -> Delivery.EXACTLY_ONCE;
        case "at-least-once" -> Delivery.AT_LEAST_ONCE;
        default -> throw new Expected("exactly-once or at-least-once");
      };
    }
  }

  /** {@code none} or {@code causal}. */
  static final class Mask extends OneOf {
    Mask() {
      super("none", "causal");
    }
  }

  /** {@code record} or {@code arrival}. */
  static final class PositionsFrom extends OneOf {
    PositionsFrom() {
      super("record", "arrival");
    }
  }

  /** {@code json} or {@code f32}. */
  static final class Encoding implements ITypeConverter<FloatEncoding> {
    @Override
    public FloatEncoding convert(String text) throws Expected {
      return Arrays.stream(FloatEncoding.values())
          .filter(encoding -> encoding.name().toLowerCase(Locale.ROOT).equals(text))
          .findFirst()
          .orElseThrow(() -> new Expected("json or f32"));
    }
  }

  /** What a field of a record is called. */
  static final class FieldName implements ITypeConverter<String> {
    @Override
    public String convert(String text) throws Expected {
      if (text.isEmpty() || text.startsWith("--") || Utf16.unpairedSurrogate(text) >= 0) {
        throw new Expected("the name of a field");
      }
      return text;
    }
  }

  /** {@code none} or {@code sinusoidal}. */
  static final class Positions extends OneOf {
    Positions() {
      super("none", "sinusoidal");
    }
  }

  /** {@code sequence} or {@code token}. */
  static final class Mode extends OneOf {
    Mode() {
      super("sequence", "token");
    }
  }

  /**
   * Where something lies: not empty, and not what looks like an option whose value was forgotten.
   */
  public static final class Location implements ITypeConverter<String> {
    @Override
    public String convert(String text) throws Expected {
      if (text.isBlank() || text.startsWith("--") || text.indexOf('\0') >= 0) {
        throw new Expected("the name of a file or folder");
      }
      return text;
    }
  }

  /** Sequence IDs with commas between them; {@code \,} is a comma in an ID. */
  static final class Ids implements ITypeConverter<List<String>> {
    private static final Pattern SEPARATOR = Pattern.compile("(?<!\\\\),");

    @Override
    public List<String> convert(String text) throws Expected {
      List<String> ids =
          Arrays.stream(SEPARATOR.split(text, -1)).map(id -> id.replace("\\,", ",")).toList();
      if (text.startsWith("--") || ids.contains("")) {
        throw new Expected("sequence IDs with commas between them, and \\, for a comma in one");
      }
      return ids;
    }
  }

  /** Any text, also none, but not what looks like an option. */
  public static final class Text implements ITypeConverter<String> {
    @Override
    public String convert(String text) throws Expected {
      if (text.startsWith("--")) {
        throw new Expected("a value, not an option");
      }
      return text;
    }
  }
}
