package io.headstream.job.cache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What the keys and values in an operator's state were made with, so that a layer that would make
 * nonsense of them is refused.
 *
 * <p>Lies in operator state as lines of {@code name=value}. A later release may add names: one that
 * is missing on either side is not compared.
 */
public final class StateOrigin {
  private final ListState<String> stored;

  /** In an operator's {@code initializeState}. */
  public StateOrigin(OperatorStateStore store) throws Exception {
    stored = store.getListState(new ListStateDescriptor<>("made-with", Types.STRING));
  }

  /**
   * Compares what the state was made with to what works with it from now on, and notes the latter.
   *
   * @throws IllegalStateException if a value differs; the message has both
   */
  public void check(Map<String, String> now) throws Exception {
    for (String text : stored.get()) {
      Map<String, String> before = parse(text);
      now.forEach(
          (name, value) -> {
            String other = before.getOrDefault(name, value);
            if (!other.equals(value)) {
              throw new IllegalStateException(
                  "the state was made with %s %s, this job has %s %s: give it the same, or start without the state"
                      .formatted(name, other, name, value));
            }
          });
    }
    stored.update(
        List.of(
            now.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"))));
  }

  private static Map<String, String> parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    text.lines().map(line -> line.split("=", 2)).forEach(pair -> values.put(pair[0], pair[1]));
    return values;
  }
}
