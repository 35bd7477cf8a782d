package io.headstream.job;

import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.source.TokenParser;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/** Tokens as a source that knows where it is, and that can be read slowly. */
final class TokensInMemory {
  private TokensInMemory() {}

  static Source<ReadRecord, ?, ?> source(
      List<Token> tokens, TokenParser parser, RateLimiterStrategy rate) {
    List<byte[]> records = tokens.stream().map(TokenJson::bytes).toList();
    GeneratorFunction<Long, ReadRecord> record =
        index -> {
          byte[] bytes = records.get(index.intValue());
          return parser.parse(new RawRecord(bytes, "memory:" + index, bytes.length));
        };
    return new DataGeneratorSource<>(
        record, records.size(), rate, TypeInformation.of(ReadRecord.class));
  }
}
