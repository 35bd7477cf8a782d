package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.HeadKey;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadRoutingTest {
  private static final int MAX_PARALLELISM = 720;

  @ParameterizedTest
  @CsvSource({
    "8, 2, 4",
    "8, 4, 2",
    "8, 8, 1",
    "4, 2, 2",
    "4, 4, 1",
    "12, 3, 4",
    "12, 12, 1",
    "2, 2, 1",
    "6, 3, 2",
    "1, 1, 1"
  })
  void everySlotGetsItsEqualShareOfEverySequence(int groups, int parallelism, int share) {
    for (int sequence = 0; sequence < 2000; sequence++) {
      int[] tasks = tasksBySlot("user-" + sequence, groups, parallelism);
      for (int slot = 0; slot < parallelism; slot++) {
        assertThat(tasks[slot]).as("sequence %d, slot %d", sequence, slot).isEqualTo(share);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 8", "2, 8", "4, 12", "3, 9", "1, 5", "8, 16"})
  void noSlotGetsTwoGroupsWhereThereAreMoreSlotsThanGroups(int groups, int parallelism) {
    for (int sequence = 0; sequence < 2000; sequence++) {
      for (int tasks : tasksBySlot("user-" + sequence, groups, parallelism)) {
        assertThat(tasks).as("sequence %d", sequence).isLessThanOrEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"8"})
  void routesOfAKeyGroupAreApart(int groups) {
    HeadRouting routing = new HeadRouting(groups, MAX_PARALLELISM);
    Set<Integer> routes = new HashSet<>();
    int keys = 0;
    for (int sequence = 0; sequence < 20_000; sequence++) {
      for (int group = 0; group < groups; group++) {
        routes.add(routing.key("user-" + sequence, group).route());
        keys++;
      }
    }
    // Heap tables stay tables: few keys share an int.
    assertThat(routes.size()).isGreaterThan(keys * 9 / 10);
  }

  private static int[] tasksBySlot(String sequenceId, int groups, int parallelism) {
    HeadRouting routing = new HeadRouting(groups, MAX_PARALLELISM);
    int[] tasks = new int[parallelism];
    for (int group = 0; group < groups; group++) {
      HeadKey key = routing.key(sequenceId, group);
      tasks[
          KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism)]++;
    }
    return tasks;
  }
}
