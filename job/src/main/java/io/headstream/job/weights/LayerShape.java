package io.headstream.job.weights;

import io.headstream.attention.MultiHeadAttention;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The counts by which one layer's state is told from another's.
 *
 * @param modelDim size of a token's embedding
 * @param heads query heads
 * @param keyValueHeads key/value heads
 * @param headGroups head groups into which the heads are fanned out
 */
public record LayerShape(int modelDim, int heads, int keyValueHeads, int headGroups) {
  /** The name of the one count that matters where whole sequences wait. */
  public static final String HEAD_GROUPS = "head-groups";

  /** The shape of a layer whose heads are fanned out into so many groups. */
  public static LayerShape of(MultiHeadAttention layer, int headGroups) {
    return new LayerShape(layer.modelDim(), layer.heads(), layer.keyValueHeads(), headGroups);
  }

  /** The counts by the names of the options, in the order in which they are compared. */
  public Map<String, Integer> byOption() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put(HEAD_GROUPS, headGroups);
    counts.put("model-dim", modelDim);
    counts.put("heads", heads);
    counts.put("kv-heads", keyValueHeads);
    return counts;
  }
}
