package io.headstream.job;

import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.RawRecord;
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

  static Source<RawRecord, ?, ?> source(List<Token> tokens, RateLimiterStrategy rate) {
    List<byte[]> records = tokens.stream().map(TokenJson::bytes).toList();
    GeneratorFunction<Long, RawRecord> record =
        index -> {
          byte[] bytes = records.get(index.intValue());
          return new RawRecord(bytes, "memory:" + index, bytes.length);
        };
    return new DataGeneratorSource<>(
        record, records.size(), rate, TypeInformation.of(RawRecord.class));
  }
}
