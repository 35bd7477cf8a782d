package io.headstream.benchmarks.job;

import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.RichFlatMapFunction;

/**
 * Another library's layer inside the same pipeline: what people do who have no Headstream. Found by
 * {@link java.util.ServiceLoader}, where the module of the peers is on the class path.
 */
public interface PeerLayer {

  /** {@return the modes of {@code benchmarks/job} that it serves} */
  List<String> modes();

  /**
   * The layer as a function over whole sequences, on one thread a slot.
   *
   * @param mode one of {@link #modes()}
   * @param shape of all sequences and of the layer
   * @param seed of Xavier-uniform weights
   */
  RichFlatMapFunction<Block, Token> attend(String mode, Shape shape, long seed);
}
