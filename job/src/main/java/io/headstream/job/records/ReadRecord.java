package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What a source made of one record: a token, a dead letter, or a line of text whose words are yet
 * to become tokens.
 *
 * @param content what it is
 * @param tableRow the row of the embedding table that the token, whose embedding is empty, gets as
 *     its own; {@link #NO_ROW} for all else
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(ReadRecordSerializer.class)
public record ReadRecord(Content content, int tableRow) {
  /** Where nothing is to be looked up. */
  public static final int NO_ROW = -1;

  /** A line of text, a token or a dead letter. */
  public sealed interface Content permits RawRecord, Token, DeadLetter {}

  /** Checks that there is a content. */
  public ReadRecord {
    Objects.requireNonNull(content, "content");
  }

  /** What needs no table. */
  public ReadRecord(Content content) {
    this(content, NO_ROW);
  }

  /** The token's timestamp; null where this is none, or has none. */
  public Long timestamp() {
    return content instanceof Token token ? token.timestamp() : null;
  }
}
