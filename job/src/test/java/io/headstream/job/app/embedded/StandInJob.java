package io.headstream.job.app.embedded;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.SettingsFromOptions;
import io.headstream.job.app.options.WrittenRecords;
import io.headstream.job.records.Token;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job whose speed does not depend on the machine, run as {@code ./headstream} runs the real one.
 */
public final class StandInJob {
  static final int TOKENS = 6_000;
  private static final int TOKENS_PER_SECOND = 1_000;

  private StandInJob() {}

  public static void main(String[] arguments) {
    System.exit(Embedded.run(StandInJob::build, arguments));
  }

  static BuiltLayer build(StreamExecutionEnvironment env, Options options, Locations locations) {
    // Whatever a library prints must not come among the records.
    System.out.println("not a record");
    DataGeneratorSource<Long> source =
        new DataGeneratorSource<>(
            i -> i,
            TOKENS,
            RateLimiterStrategy.perSecond(TOKENS_PER_SECOND),
            TypeInformation.of(Long.class));
    boolean failing = options.seed() < 0;
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "numbers")
        .uid("numbers")
        .map(new Answer(failing))
        .uid("answers")
        .sinkTo(
            locations
                .output()
                .sink(WrittenRecords.answers(TokenFormat.DEFAULT), locations.topics()))
        .uid("output");
    return new BuiltLayer(SettingsFromOptions.withoutWeights(options), null);
  }

  private static final class Answer extends RichMapFunction<Long, Token> {
    private final boolean failing;
    private transient LongCounter answered;

    Answer(boolean failing) {
      this.failing = failing;
    }

    @Override
    public void open(OpenContext context) {
      answered = getRuntimeContext().getLongCounter("tokens-answered");
    }

    @Override
    public Token map(Long number) {
      if (failing) {
        throw new IllegalArgumentException("this job fails\non purpose");
      }
      answered.add(1);
      return Token.of("s" + number, 0, new float[] {number}, true);
    }
  }
}
