package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.Reference;
import io.headstream.job.records.Block;
import io.headstream.job.records.SameBits;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * That object reuse is safe: operators in a chain hand on the very same records, also several times
 * and to several operators, and nobody ever changes one, nor what is in it.
 */
class ObjectReuseITCase {
  private static final long SEED = 20261124;
  private static final int MODEL_DIM = 16;
  private static final int SEQUENCES = 8;
  private static final int LENGTH = 9;
  private static final int TIMES = 5; // that each sequence is sent, under names of its own

  /** What operators get into their hands: the arrays are the same in all copies of a token. */
  private static final List<List<Token>> HANDED_OUT = sequences();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @ParameterizedTest(name = "{0} head groups, token mode {1}")
  @CsvSource({"1,false", "4,false", "1,true", "4,true"})
  void theAnswersAreTheSameAndNothingThatWasHandedOutChanges(int headGroups, boolean tokenMode)
      throws Exception {
    AttentionSettings settings = AttentionSettings.of(MODEL_DIM, 4).withHeadGroups(headGroups);
    AttentionSettings mode = tokenMode ? settings.withTokenMode() : settings;
    List<Token> copying = answers(mode, false);
    List<Token> reusing = answers(mode, true);
    assertThat(copying).hasSize(TIMES * SEQUENCES * LENGTH);
    assertThat(SameBits.same(copying, reusing)).as("answers, seed %d", SEED).isTrue();
    assertThat(SameBits.same(HANDED_OUT, sequences())).as("what was handed out").isTrue();
  }

  @Test
  void wholeSequencesToo() throws Exception {
    List<List<Token>> both = new ArrayList<>();
    for (boolean reuse : new boolean[] {false, true}) {
      StreamExecutionEnvironment env = environment(reuse);
      MapFunction<Long, Block> next =
          index -> {
            String id =
                "s" + index; // in the tokens too, or answers of several could not be told apart
            List<Token> tokens =
                HANDED_OUT.get((int) (index % SEQUENCES)).stream()
                    .map(t -> Token.of(id, t.position(), t.embedding(), t.last()))
                    .toList();
            return Block.ofSequence(id, tokens);
          };
      DataStream<Block> whole =
          env.fromSequence(0, TIMES * SEQUENCES - 1)
              .map(next)
              .returns(TypeInformation.of(Block.class));
      both.add(
          sorted(
              AttentionLayer.seeded(SEED, AttentionSettings.of(MODEL_DIM, 4))
                  .applyToSequences(whole)
                  .tokens()));
    }
    assertThat(both.get(0)).hasSize(TIMES * SEQUENCES * LENGTH);
    assertThat(SameBits.same(both.get(0), both.get(1))).as("answers, seed %d", SEED).isTrue();
    assertThat(SameBits.same(HANDED_OUT, sequences())).as("what was handed out").isTrue();
  }

  private static List<Token> answers(AttentionSettings settings, boolean reuse) throws Exception {
    StreamExecutionEnvironment env = environment(reuse);
    MapFunction<Long, Token> next =
        index -> {
          int number = (int) (index / LENGTH);
          Token token = HANDED_OUT.get(number % SEQUENCES).get((int) (index % LENGTH));
          return Token.of("s" + number, token.position(), token.embedding(), token.last());
        };
    DataStream<Token> tokens =
        env.fromSequence(0, TIMES * SEQUENCES * LENGTH - 1)
            .setParallelism(1) // so that they come in order, which token mode likes
            .map(next)
            .setParallelism(1)
            .returns(TypeInformation.of(Token.class));
    return sorted(AttentionLayer.seeded(SEED, settings).apply(tokens).tokens());
  }

  private static StreamExecutionEnvironment environment(boolean reuse) {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.OBJECT_REUSE, reuse);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    env.setMaxParallelism(AttentionLayer.DEFAULT_MAX_PARALLELISM);
    return env;
  }

  private static List<Token> sorted(DataStream<Token> answers) throws Exception {
    List<Token> sorted = new ArrayList<>();
    try (CloseableIterator<Token> iterator = answers.executeAndCollect()) {
      iterator.forEachRemaining(sorted::add);
    }
    sorted.sort(Comparator.comparing(Token::sequenceId).thenComparing(Token::position));
    return sorted;
  }

  private static List<List<Token>> sequences() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<Token>> sequences = new ArrayList<>();
    for (int s = 0; s < SEQUENCES; s++) {
      List<Token> tokens = new ArrayList<>();
      for (int i = 0; i < LENGTH; i++) {
        tokens.add(Token.of("s", i, Reference.uniform(random, MODEL_DIM, 1), i == LENGTH - 1));
      }
      sequences.add(tokens);
    }
    return sequences;
  }
}
