package io.headstream.job.attend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.observe.AttentionMaps;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.Block;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** With one head group: attend, W_o and the answers, one behind the other. */
class OnePlaceTest {

  /** Causal, so that the first token cannot see the second, whose values overflow. */
  @Test
  void anAnswerThatIsNotFiniteIsADeadLetterWithTheTokenAsItCame() throws Exception {
    LayerWeights weights = LayerWeights.seeded(1, 4, 2, 2);
    AttendOptions options = new AttendOptions(true, AttendOptions.UNLIMITED, 0, 0, 0);
    try (Chain chain = new Chain(weights, options, AttentionSample.none())) {
      float huge = Float.MAX_VALUE;
      Token small = token(0, new float[] {1, 2, 3, 4});
      Token overflowing = token(1, new float[] {huge, -huge, huge, huge});
      chain.process(Block.ofSequence("a", List.of(small, overflowing)));
      chain.process(Block.ofSequence("a", List.of(small)));

      assertThat(chain.answers()).extracting(Token::position).containsExactly(0, 0);
      List<DeadLetter> letters = new ArrayList<>();
      chain.answer.getSideOutput(DeadLetterOutput.TAG).forEach(r -> letters.add(r.getValue()));
      assertThat(letters).hasSize(1);
      assertThat(letters.get(0).reason()).isEqualTo(Reason.NOT_FINITE);
      assertThat(letters.get(0).detail()).isEqualTo("answer");
      assertThat(letters.get(0).source()).isEqualTo("in:2");
      assertThat(
              new String(
                  DeadLetterJson.record(letters.get(0), TokenFormat.DEFAULT).bytes(),
                  StandardCharsets.UTF_8))
          .startsWith("{\"sequence_id\":\"a\",\"position\":1,\"embedding\":[3.4028235E38,-3.4");
    }
  }

  /** Two sequences, of which one is sampled. */
  @Test
  void onlyTheSampledSequenceHasMapsOneForEachHead() throws Exception {
    LayerWeights weights = LayerWeights.seeded(1, 8, 4, 2);
    AttendOptions options = new AttendOptions(true, AttendOptions.UNLIMITED, 0, 0.5, 3);
    try (Chain chain = new Chain(weights, options, new AttentionSample(Set.of("a"), 0))) {
      Token token = new Token("a", 0, new float[8], "word", null, true, "");
      chain.process(Block.ofSequence("a", List.of(token)));
      Token other = new Token("b", 0, new float[8], "word", null, true, "");
      chain.process(Block.ofSequence("b", List.of(other)));

      List<AttentionMap> maps = new ArrayList<>();
      chain.attend.getSideOutput(AttentionMaps.TAG).forEach(r -> maps.add(r.getValue()));
      assertThat(maps).extracting(AttentionMap::sequenceId).containsOnly("a");
      assertThat(maps).extracting(AttentionMap::head).containsExactly(0, 1, 2, 3);
      assertThat(maps).extracting(AttentionMap::labels).containsOnly(List.of("word"));
      assertThat(maps).extracting(AttentionMap::keysAfter).containsOnly(0);
      assertThat(chain.answers()).hasSize(2);
    }
  }

  /** The buffers of a longer sequence before leave nothing behind. */
  @Test
  void aSequenceHasTheSameBitsWhateverCameBefore() throws Exception {
    Block shorter = sequence("short", 3, 4);
    assertThat(answers(sequence("long", 200, 4), shorter)).endsWith(answers(shorter));
    assertThat(answers(shorter, shorter, sequence("long", 200, 4))).startsWith(answers(shorter));
  }

  @Test
  void anEmbeddingOfAnotherLengthIsNamed() {
    assertThatThrownBy(() -> answers(sequence("a", 1, 3)))
        .hasMessage("embedding 0 of sequence a has 3 numbers, model-dim is 4");
  }

  private static Block sequence(String id, int length, int modelDim) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      float[] embedding = new float[modelDim];
      SplittableRandom random = new SplittableRandom(31 * i + length);
      for (int c = 0; c < modelDim; c++) {
        embedding[c] = (float) random.nextDouble(-1, 1);
      }
      tokens.add(Token.of(id, i, embedding, i == length - 1));
    }
    return Block.ofSequence(id, tokens);
  }

  /** The answers' numbers. */
  private static Float[] answers(Block... sequences) throws Exception {
    LayerWeights weights = LayerWeights.seeded(1, 4, 2, 2);
    AttendOptions options = new AttendOptions(false, AttendOptions.UNLIMITED, 0, 0, 0);
    try (Chain chain = new Chain(weights, options, AttentionSample.none())) {
      for (Block sequence : sequences) {
        chain.process(sequence);
      }
      List<Float> numbers = new ArrayList<>();
      for (Token answer : chain.answers()) {
        for (float value : answer.embedding()) {
          numbers.add(value);
        }
      }
      return numbers.toArray(Float[]::new);
    }
  }

  private static Token token(int position, float[] embedding) {
    String source = "in:" + (position + 1);
    return new Token("a", position, embedding, null, null, position == 1, source);
  }

  /** What Flink chains, operator by operator. */
  private static final class Chain implements AutoCloseable {
    final OneInputStreamOperatorTestHarness<Block, Block> attend;
    final OneInputStreamOperatorTestHarness<Block, Block> gather;
    final OneInputStreamOperatorTestHarness<Block, Token> answer;

    Chain(LayerWeights weights, AttendOptions options, AttentionSample sample) throws Exception {
      AttendSettings settings = AttendSettings.ofSequences(weights, options, 1, sample);
      attend = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new Attend(settings)));
      gather =
          new OneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(new Gather(weights, 1, false)));
      answer = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new Answer()));
      attend.open();
      gather.open();
      answer.open();
    }

    void process(Block block) throws Exception {
      attend.processElement(new StreamRecord<>(block));
      for (Block columns : attend.extractOutputValues()) {
        gather.processElement(new StreamRecord<>(columns));
      }
      attend.getOutput().clear();
      for (Block output : gather.extractOutputValues()) {
        answer.processElement(new StreamRecord<>(output));
      }
      gather.getOutput().clear();
    }

    List<Token> answers() {
      return answer.extractOutputValues();
    }

    @Override
    public void close() throws Exception {
      attend.close();
      gather.close();
      answer.close();
    }
  }
}
