package io.headstream.job.weights;

import io.headstream.attention.AttentionWarmUp;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the layer's weights come from. Only this travels in an operator; the weights themselves are
 * loaded where they are used, once for all slots of a TaskManager.
 */
public final class LayerWeights implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LayerWeights.class);
  private static final Duration WARM_UP = Duration.ofSeconds(1);

  /** Of this class loader, which is one job's in a TaskManager: what is compiled serves all. */
  private static final AtomicBoolean WARM = new AtomicBoolean();

  private final String cachedFile; // null: seeded
  private final String prefix;
  private final long seed;
  private final int modelDim;
  private final int heads;
  private final int keyValueHeads;
  private final boolean digest;

  private LayerWeights(
      String cachedFile,
      String prefix,
      long seed,
      int modelDim,
      int heads,
      int keyValueHeads,
      boolean digest) {
    this.cachedFile = cachedFile;
    this.prefix = prefix;
    this.seed = seed;
    this.modelDim = modelDim;
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.digest = digest;
  }

  /**
   * Weights in a safetensors file that the job ships.
   *
   * @param cachedFile the name under which the file is registered in Flink's distributed cache
   * @param prefix what stands before the tensor names
   * @param heads query heads
   */
  public static LayerWeights fromCachedFile(String cachedFile, String prefix, int heads) {
    return new LayerWeights(cachedFile, prefix, 0, 0, heads, 0, false);
  }

  /** The same weights in a file of another name in the cache. */
  public LayerWeights fromCachedFile(String otherFile) {
    return new LayerWeights(otherFile, prefix, seed, modelDim, heads, keyValueHeads, digest);
  }

  /** Xavier-uniform weights made from a seed, without biases. */
  public static LayerWeights seeded(long seed, int modelDim, int heads, int keyValueHeads) {
    return new LayerWeights(null, "", seed, modelDim, heads, keyValueHeads, false);
  }

  /** These weights, of which a fingerprint is made when they are loaded. */
  public LayerWeights withDigest() {
    return new LayerWeights(cachedFile, prefix, seed, modelDim, heads, keyValueHeads, true);
  }

  /**
   * The layer, shared with every other operator of this job in this JVM. Give it back with {@link
   * SharedLayers.Lease#close()}.
   */
  public SharedLayers.Lease acquire(RuntimeContext context) throws IOException {
    return SharedLayers.acquire(
        context.getJobInfo().getJobId() + "/" + description(), () -> load(context));
  }

  /** All that the layer depends on; two layers of a job differ in it. */
  private String description() {
    return List.of(String.valueOf(cachedFile), prefix, seed, modelDim, heads, keyValueHeads, digest)
        .toString();
  }

  private SharedLayers.Loaded load(RuntimeContext context) throws IOException {
    AttentionParameters parameters = parameters(context);
    MultiHeadAttention layer = new MultiHeadAttention(parameters);
    if (!WARM.getAndSet(true)) {
      Duration took = AttentionWarmUp.run(layer.headDim(), WARM_UP);
      LOG.info("Warmed attention up for {} ms, at most about {}", took.toMillis(), WARM_UP);
    }
    return new SharedLayers.Loaded(layer, digest ? parameters.digest() : null);
  }

  private AttentionParameters parameters(RuntimeContext context) throws IOException {
    if (cachedFile == null) {
      return AttentionParameters.xavierUniform(modelDim, heads, keyValueHeads, seed);
    }
    File file = context.getDistributedCache().getFile(cachedFile);
    return AttentionParameters.read(file.toPath(), prefix, heads);
  }
}
