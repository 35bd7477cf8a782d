package io.headstream.transformer.family;

/**
 * The sizes of a model.
 *
 * @param layers blocks, one behind the other
 * @param modelDim channels of a hidden state
 * @param heads query heads of a layer
 * @param keyValueHeads key/value heads of a layer; divides {@code heads}
 * @param headDim channels of a head; {@code heads · headDim} may differ from {@code modelDim}
 * @param feedForwardDim channels inside a feed-forward layer
 * @param vocabulary rows of the token embedding; 0 where there is none
 * @param positions rows of the position embedding; 0 where there is none
 * @param tokenTypes rows of the token type embedding; 0 where there is none
 * @param labels classes of the classifier; 0 where there is none
 */
public record ModelShape(
    int layers,
    int modelDim,
    int heads,
    int keyValueHeads,
    int headDim,
    int feedForwardDim,
    int vocabulary,
    int positions,
    int tokenTypes,
    int labels) {

  /** {@return channels of all query heads beside each other} */
  public int queryDim() {
    return heads * headDim;
  }

  /** {@return channels of all key heads, or value heads, beside each other} */
  public int keyValueDim() {
    return keyValueHeads * headDim;
  }
}
