package io.headstream.benchmarks.tokens;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.util.FileUtils;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * What an incremental checkpoint of token mode's keys and values writes, interval by interval,
 * while the state grows: with RocksDB as it comes, and without compactions, so that what is new and
 * what is written once more are apart.
 *
 * <p>Arguments: {@code DIM HEADS SEQUENCES TOKENS_PER_INTERVAL INTERVALS}.
 */
public final class CheckpointCost {
  private CheckpointCost() {}

  /** Prints a table. */
  public static void main(String[] arguments) throws Exception {
    Shape shape = new Shape(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    int sequences = Integer.parseInt(arguments[2]);
    int tokens = Integer.parseInt(arguments[3]);
    int intervals = Integer.parseInt(arguments[4]);
    EmbeddedRocksDBStateBackend plain = new EmbeddedRocksDBStateBackend(true);
    EmbeddedRocksDBStateBackend uncompacted = new EmbeddedRocksDBStateBackend(true);
    uncompacted.setRocksDBOptions(new WithoutCompactions());
    Path folder = Files.createTempDirectory("checkpoint-cost");
    try (TokenOperator compacts = new TokenOperator(shape, 1 << 20, 0, plain);
        TokenOperator appends = new TokenOperator(shape, 1 << 20, 0, uncompacted)) {
      FsCheckpointStreamFactory storage = storage(folder);
      float[][] embeddings = shape.embeddings();
      long state = 0;
      for (int interval = 1; interval <= intervals; interval++) {
        for (int s = 0; s < sequences; s++) {
          compacts.prefill("s" + s, tokens / sequences, embeddings);
          appends.prefill("s" + s, tokens / sequences, embeddings);
        }
        long fresh = tokens / sequences * (long) sequences * shape.bytesPerToken();
        state += fresh;
        long written = appends.checkpointBytes(storage);
        long withCompactions = compacts.checkpointBytes(storage);
        System.out.printf(
            Locale.ROOT,
            "state %.1f MB, new %.2f MB, checkpoint %.2f MB (%.2f x), with compactions %.2f MB%n",
            state / 1e6,
            fresh / 1e6,
            written / 1e6,
            (double) written / fresh,
            withCompactions / 1e6);
      }
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static FsCheckpointStreamFactory storage(Path folder) throws Exception {
    org.apache.flink.core.fs.Path shared = path(Files.createDirectory(folder.resolve("shared")));
    org.apache.flink.core.fs.Path own = path(Files.createDirectory(folder.resolve("own")));
    return new FsCheckpointStreamFactory(
        LocalFileSystem.getSharedInstance(), own, shared, 0, 1 << 20);
  }

  private static org.apache.flink.core.fs.Path path(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri());
  }

  private static final class WithoutCompactions implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> toClose) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> toClose) {
      return current.setDisableAutoCompactions(true);
    }
  }
}
