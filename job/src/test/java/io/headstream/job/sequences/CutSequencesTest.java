package io.headstream.job.sequences;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.SequenceChunkSerializer;
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
class CutSequencesTest {
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
  void chunksAreSmallAndTogetherTheSequence(int length, int modelDim, int label, int wide)
      throws IOException {
    SequenceChunk whole = sequence(length, modelDim, (wide == 1 ? "語" : "a").repeat(label));
    List<SequenceChunk> chunks = cut(whole, Math.max(1, (2 << 20) / (4 * modelDim)));
    List<Token> joined = new ArrayList<>();
    for (SequenceChunk chunk : chunks) {
      assertThat(bytes(chunk)).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(chunk.sequenceId()).isEqualTo(whole.sequenceId());
      assertThat(chunk.sequenceLength()).isEqualTo(length);
      assertThat(chunk.firstPosition()).isEqualTo(joined.size());
      assertThat(chunk.endsSequence()).isEqualTo(joined.size() + chunk.tokens().size() == length);
      joined.addAll(chunk.tokens());
    }
    assertThat(joined).isEqualTo(whole.tokens());
  }

  @Test
  void whatIsSmallStaysTheSameRecord() {
    SequenceChunk whole = sequence(10, 4, "a");
    assertThat(cut(whole, 10)).hasSize(1).first().isSameAs(whole);
  }

  @Test
  void noChunkHasMoreTokensThanItMay() {
    assertThat(cut(sequence(10, 4, ""), 4))
        .extracting(chunk -> chunk.tokens().size())
        .containsExactly(4, 4, 2);
  }

  @Test
  void aTokenLargerThanAChunkTravelsAlone() {
    assertThat(cut(sequence(3, 4, "a".repeat(MOST_BYTES)), 10)).hasSize(3);
  }

  private static List<SequenceChunk> cut(SequenceChunk whole, int tokensPerChunk) {
    List<SequenceChunk> chunks = new ArrayList<>();
    new CutSequences(tokensPerChunk, MOST_BYTES).flatMap(whole, new ListCollector<>(chunks));
    return chunks;
  }

  private static int bytes(SequenceChunk chunk) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1 << 20);
    new SequenceChunkSerializer().serialize(chunk, out);
    return out.length();
  }

  private static SequenceChunk sequence(int length, int modelDim, String label) {
    List<Token> tokens = new ArrayList<>();
    float[] embedding = new float[modelDim];
    for (int i = 0; i < length; i++) {
      tokens.add(new Token("s", i, embedding, label, null, i == length - 1, "tokens.jsonl:17"));
    }
    return new SequenceChunk("s", length, tokens);
  }
}
