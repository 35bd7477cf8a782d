package io.headstream.job.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.deadletters.DeadLetterOutput;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AttendSequencesTest {

  /** Causal, so that the first token cannot see the second, whose values overflow. */
  @Test
  void anAnswerThatIsNotFiniteIsADeadLetterWithTheTokenAsItCame() throws Exception {
    LayerWeights weights = LayerWeights.seeded(1, 4, 2, 2);
    AttendSequences attend =
        new AttendSequences(
            weights,
            new AttendOptions(true, AttendOptions.UNLIMITED, 0, 0, 0),
            AttentionSample.none());
    try (OneInputStreamOperatorTestHarness<SequenceChunk, Token> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(attend))) {
      harness.open();
      float huge = Float.MAX_VALUE;
      Token small = token(0, new float[] {1, 2, 3, 4});
      Token overflowing = token(1, new float[] {huge, -huge, huge, huge});
      harness.processElement(
          new StreamRecord<>(new SequenceChunk("a", 2, List.of(small, overflowing))));
      harness.processElement(new StreamRecord<>(new SequenceChunk("a", 1, List.of(small))));

      assertThat(harness.extractOutputValues()).extracting(Token::position).containsExactly(0, 0);
      List<DeadLetter> letters = new ArrayList<>();
      harness.getSideOutput(DeadLetterOutput.TAG).forEach(r -> letters.add(r.getValue()));
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
    AttendSequences attend =
        new AttendSequences(
            weights,
            new AttendOptions(true, AttendOptions.UNLIMITED, 0, 0.5, 3),
            new AttentionSample(Set.of("a"), 0));
    try (OneInputStreamOperatorTestHarness<SequenceChunk, Token> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(attend))) {
      harness.open();
      Token token = new Token("a", 0, new float[8], "word", null, true, "");
      harness.processElement(new StreamRecord<>(new SequenceChunk("a", 1, List.of(token))));
      Token other = new Token("b", 0, new float[8], "word", null, true, "");
      harness.processElement(new StreamRecord<>(new SequenceChunk("b", 1, List.of(other))));

      List<AttentionMap> maps = new ArrayList<>();
      harness.getSideOutput(AttentionMaps.TAG).forEach(r -> maps.add(r.getValue()));
      assertThat(maps).extracting(AttentionMap::sequenceId).containsOnly("a");
      assertThat(maps).extracting(AttentionMap::head).containsExactly(0, 1, 2, 3);
      assertThat(maps).extracting(AttentionMap::labels).containsOnly(List.of("word"));
      assertThat(maps).extracting(AttentionMap::keysAfter).containsOnly(0);
      assertThat(harness.extractOutputValues()).hasSize(2);
    }
  }

  /** The buffers of a longer sequence before leave nothing behind. */
  @Test
  void aSequenceHasTheSameBitsWhateverCameBefore() throws Exception {
    SequenceChunk shorter = sequence("short", 3, 4);
    assertThat(answers(sequence("long", 200, 4), shorter)).endsWith(answers(shorter));
    assertThat(answers(shorter, shorter, sequence("long", 200, 4))).startsWith(answers(shorter));
  }

  @Test
  void anEmbeddingOfAnotherLengthIsNamed() {
    assertThatThrownBy(() -> answers(sequence("a", 1, 3)))
        .hasMessage("embedding 0 of sequence a has 3 numbers, model-dim is 4");
  }

  private static SequenceChunk sequence(String id, int length, int modelDim) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      float[] embedding = new float[modelDim];
      SplittableRandom random = new SplittableRandom(31 * i + length);
      for (int c = 0; c < modelDim; c++) {
        embedding[c] = (float) random.nextDouble(-1, 1);
      }
      tokens.add(Token.of(id, i, embedding, i == length - 1));
    }
    return new SequenceChunk(id, length, tokens);
  }

  /** The answers' numbers. */
  private static Float[] answers(SequenceChunk... sequences) throws Exception {
    AttendSequences attend =
        new AttendSequences(
            LayerWeights.seeded(1, 4, 2, 2),
            new AttendOptions(false, AttendOptions.UNLIMITED, 0, 0, 0),
            AttentionSample.none());
    try (OneInputStreamOperatorTestHarness<SequenceChunk, Token> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(attend))) {
      harness.open();
      for (SequenceChunk sequence : sequences) {
        harness.processElement(new StreamRecord<>(sequence));
      }
      List<Float> numbers = new ArrayList<>();
      for (Token answer : harness.extractOutputValues()) {
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
}
