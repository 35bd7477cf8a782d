package io.headstream.attention.internal.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.internal.mask.BatchMask;
import io.headstream.attention.internal.mask.PackedSequences;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowPositionsTest {
  private static final BatchMask PACKED =
      BatchMask.of(new PackedSequences(new int[] {0, 2, 2, 5}, new int[] {0, 1, 3, 3}));

  private final RowPositions positions = new RowPositions();

  private int[] first(int rows, RowPositions of) {
    return IntStream.range(0, rows).map(of::at).toArray();
  }

  @Test
  void goOnWhereACacheEnds() {
    assertThat(first(3, positions.ofSequence(7))).containsExactly(7, 8, 9);
  }

  @Test
  void beginAgainWithEachMember() {
    assertThat(first(6, positions.ofQueries(BatchMask.NONE, 4, 3)))
        .containsExactly(0, 1, 2, 0, 1, 2);
  }

  @Test
  void beginAgainWithEachDocument() {
    assertThat(first(10, positions.ofQueries(PACKED, 0, 5)))
        .containsExactly(0, 1, 0, 1, 2, 0, 1, 0, 1, 2);
    assertThat(first(6, positions.ofKeys(PACKED, 0, 3))).containsExactly(0, 0, 1, 0, 0, 1);
  }

  @Test
  void areThoseOfTheMembersOwnMask() {
    BatchMask mask = BatchMask.perMember(PACKED, BatchMask.NONE, PACKED);
    assertThat(first(6, positions.ofKeys(mask, 1, 3))).containsExactly(0, 1, 2, 0, 0, 1);
  }
}
