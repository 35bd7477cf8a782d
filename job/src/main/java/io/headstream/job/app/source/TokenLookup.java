package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import io.headstream.job.weights.SharedInstances;
import java.io.File;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.flink.api.common.cache.DistributedCache;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Looks embeddings up by token, in a table that the job ships and that is loaded once for all slots
 * of a TaskManager. Between {@link #open} and {@link #close}; serves one thread at a time.
 */
public final class TokenLookup implements TokenEmbedding {
  private static final long serialVersionUID = 1L;

  private static final SharedInstances<EmbeddingTable> TABLES = new SharedInstances<>();

  private final String cachedFile;
  private final String tensor; // null: the only one
  private final int modelDim;
  private final boolean sinusoidal;

  private transient SharedInstances.Lease<EmbeddingTable> lease;
  private transient SinusoidalPositions positions;

  /**
   * A lookup.
   *
   * @param cachedFile the name under which the file is registered in Flink's distributed cache
   * @param tensor which of its tensors; null for the only one
   * @param modelDim how many columns it has
   * @param sinusoidal whether the encoding of a token's position is added
   */
  public TokenLookup(String cachedFile, String tensor, int modelDim, boolean sinusoidal) {
    this.cachedFile = cachedFile;
    this.tensor = tensor;
    this.modelDim = modelDim;
    this.sinusoidal = sinusoidal;
  }

  @Override
  public void open(RuntimeContext context) throws IOException {
    open(context.getJobInfo().getJobId().toString(), context.getDistributedCache());
  }

  /**
   * Loads the table, or takes it from who has.
   *
   * @param job whose tables may be shared
   * @param files where the table's file is
   * @throws IOException if it cannot be read
   */
  public void open(String job, DistributedCache files) throws IOException {
    lease =
        TABLES.acquire(
            job + "/" + cachedFile + ":" + tensor,
            () -> {
              File file = files.getFile(cachedFile);
              return EmbeddingTable.read(file.toPath(), tensor, modelDim);
            });
    positions = sinusoidal ? new SinusoidalPositions(modelDim) : null;
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void embed(ReadRecord record, Consumer<Token> tokens) {
    Token token = (Token) record.content();
    int row = record.tableRow();
    tokens.accept(
        row == ReadRecord.NO_ROW ? token : token.withEmbedding(of(row, token.position())));
  }

  /** The embedding of a token at a position, in a new array. */
  private float[] of(int token, int position) {
    float[] embedding = lease.get().row(token);
    if (positions != null) {
      float[] encoding = positions.of(position);
      for (int c = 0; c < modelDim; c++) {
        embedding[c] += encoding[c];
      }
    }
    return embedding;
  }

  /** How many tables are in use; for tests. */
  static int tablesInUse() {
    return TABLES.size();
  }
}
