package io.headstream.job.cache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What state was made with, so that a job that would make nonsense of it is refused: names with
 * values, as text one {@code name=value} a line.
 *
 * @param values by name, in the order in which they are compared
 */
public record StateOrigin(Map<String, String> values) {

  /**
   * A name whose values differ.
   *
   * @param before what the state was made with; null for a name that was not noted
   * @param now what this job would go on with
   */
  public record Difference(String name, String before, String now) {}

  /**
   * What {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is no such text
   */
  public static StateOrigin parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("a line without '='");
      }
      values.put(line.substring(0, equals), line.substring(equals + 1).translateEscapes());
    }
    return new StateOrigin(values);
  }

  /** The first of these names that has another value in what was before, or none there. */
  public Optional<Difference> difference(StateOrigin before) {
    return values.entrySet().stream()
        .map(e -> new Difference(e.getKey(), before.values.get(e.getKey()), e.getValue()))
        .filter(difference -> !difference.now().equals(difference.before()))
        .findFirst();
  }

  /** Where an operator notes what its state is made with; in its {@code initializeState}. */
  public static ListState<String> store(OperatorStateStore store) throws Exception {
    return store.getListState(new ListStateDescriptor<>("made-with", Types.STRING));
  }

  /**
   * Compares what an operator's state was made with to what works with it from now on, and notes
   * the latter. A later release may add names: one that was not noted is not compared.
   *
   * @throws IllegalStateException if a value differs; the message has both
   */
  public void check(ListState<String> stored) throws Exception {
    for (String text : stored.get()) {
      StateOrigin before = parse(text);
      Map<String, String> noted = new LinkedHashMap<>(values);
      noted.keySet().retainAll(before.values.keySet());
      new StateOrigin(noted)
          .difference(before)
          .ifPresent(
              d -> {
                throw new IllegalStateException(
                    "the state was made with %s %s, this job has %s %s: give it the same, or start without the state"
                        .formatted(d.name(), d.before(), d.name(), d.now()));
              });
    }
    stored.update(List.of(toString()));
  }

  /** The lines that {@link #parse} reads. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + escaped(entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }
}
