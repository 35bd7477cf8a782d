package io.headstream.job.app.options;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.kafka.AnswerRecords;
import io.headstream.job.app.kafka.DeadLetterRecords;
import io.headstream.job.app.kafka.TopicRecords;
import io.headstream.job.app.kafka.WeightsRecords;
import io.headstream.job.app.output.AttentionMapEncoder;
import io.headstream.job.app.output.AttentionRowEncoder;
import io.headstream.job.app.output.DeadLetterEncoder;
import io.headstream.job.app.output.TokenEncoder;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Token;
import java.util.function.BiFunction;
import org.apache.flink.api.common.serialization.Encoder;

/**
 * A kind of records that the job writes, in each form that a {@link Place} takes.
 *
 * @param name how transactional IDs of their sink end
 * @param lines for folders and standard streams
 * @param ofTopic for a topic among those of the job
 */
public record WrittenRecords<T>(
    String name, Encoder<T> lines, BiFunction<Topic, Topics, TopicRecords<T>> ofTopic) {

  /** Answers as tokens of a format. */
  public static WrittenRecords<Token> answers(TokenFormat format) {
    return new WrittenRecords<>(
        "answers",
        new TokenEncoder(format),
        (topic, topics) -> new AnswerRecords(topic.name(), format));
  }

  /** Dead letters, with tokens in a format. */
  public static WrittenRecords<DeadLetter> deadLetters(TokenFormat format) {
    return new WrittenRecords<>(
        "dead-letters",
        new DeadLetterEncoder(format),
        (topic, topics) ->
            new DeadLetterRecords(topic.name(), format, topics.largestRecord(topic)));
  }

  /** Attention weights of sequence mode. */
  public static WrittenRecords<AttentionMap> attentionMaps() {
    return new WrittenRecords<>(
        "attention-weights",
        new AttentionMapEncoder(),
        (topic, topics) -> new WeightsRecords<>(topic.name()));
  }

  /** Attention weights of token mode. */
  public static WrittenRecords<AttentionRow> attentionRows() {
    return new WrittenRecords<>(
        "attention-weights",
        new AttentionRowEncoder(),
        (topic, topics) -> new WeightsRecords<>(topic.name()));
  }
}
