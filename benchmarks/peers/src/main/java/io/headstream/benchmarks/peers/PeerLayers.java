package io.headstream.benchmarks.peers;

import io.headstream.benchmarks.job.PeerLayer;
import io.headstream.benchmarks.job.Shape;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.RichFlatMapFunction;

/** The modes of the peers: {@code ort-op23}, {@code ort-mha}, {@code ort-attn}, {@code torch}. */
public final class PeerLayers implements PeerLayer {
  /** For the service loader. */
  public PeerLayers() {}

  @Override
  public List<String> modes() {
    return List.of("ort-op23", "ort-mha", "ort-attn", "torch");
  }

  @Override
  public RichFlatMapFunction<Block, Token> attend(String mode, Shape shape, long seed) {
    return mode.equals("torch")
        ? new TorchFunction(shape, seed)
        : new OnnxFunction(mode, shape, seed);
  }
}
