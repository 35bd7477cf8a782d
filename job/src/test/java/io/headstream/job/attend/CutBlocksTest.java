package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.Block;
import io.headstream.job.records.BlockSerializer;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That no record between tasks is so large that Flink would take it to the disk. */
class CutBlocksTest {
  private static final int MOST_BYTES = 7 * 512 * 1024;

  @ParameterizedTest(name = "{0} tokens of {1} numbers, labels of {2} characters")
  @CsvSource({
    "8192, 768, 5, 0",
    "  16,  64, 0, 0",
    "8192,   1, 0, 0",
    "3000,   4, 4000, 0", // labels are most of it
    "3000,   4, 4000, 1", // in three bytes a character
    "   3,   4, 1000000, 0",
  })
  void blocksAreSmallAndTogetherTheSequence(int length, int modelDim, int label, int wide)
      throws IOException {
    Block whole = sequence(length, modelDim, (wide == 1 ? "語" : "a").repeat(label));
    List<Block> blocks = cut(whole, Math.max(1, (2 << 20) / (4 * modelDim)));
    List<Token> joined = new ArrayList<>();
    for (Block block : blocks) {
      assertThat(bytes(block.tokensAlone())).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(bytes(block.withTokens(List.of()))).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(block.sequenceId()).isEqualTo(whole.sequenceId());
      assertThat(block.rows()).isEqualTo(block.tokens().size());
      assertThat(block.values())
          .isEqualTo(Block.ofTokens("s", joined.size(), block.tokens(), false).values());
      assertThat(block.firstPosition()).isEqualTo(joined.size());
      assertThat(block.ends()).isEqualTo(joined.size() + block.tokens().size() == length);
      joined.addAll(block.tokens());
    }
    assertThat(joined).isEqualTo(whole.tokens());
  }

  @Test
  void whatIsSmallStaysTheSameRecord() {
    Block whole = sequence(10, 4, "a");
    assertThat(cut(whole, 10)).hasSize(1).first().isSameAs(whole);
  }

  @Test
  void noBlockHasMoreTokensThanItMay() {
    assertThat(cut(sequence(10, 4, ""), 4))
        .extracting(block -> block.tokens().size())
        .containsExactly(4, 4, 2);
  }

  @Test
  void aTokenLargerThanABlockTravelsAlone() {
    assertThat(cut(sequence(3, 4, "a".repeat(MOST_BYTES)), 10)).hasSize(3);
  }

  private static List<Block> cut(Block whole, int tokensPerBlock) {
    List<Block> blocks = new ArrayList<>();
    new CutBlocks(tokensPerBlock, MOST_BYTES).flatMap(whole, new ListCollector<>(blocks));
    return blocks;
  }

  private static int bytes(Block block) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1 << 20);
    new BlockSerializer().serialize(block, out);
    return out.length();
  }

  private static Block sequence(int length, int modelDim, String label) {
    List<Token> tokens = new ArrayList<>();
    float[] embedding = new float[modelDim];
    for (int i = 0; i < length; i++) {
      tokens.add(new Token("s", i, embedding, label, null, i == length - 1, "tokens.jsonl:17"));
    }
    return Block.ofSequence("s", tokens);
  }
}
