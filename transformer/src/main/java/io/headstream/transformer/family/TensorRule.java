package io.headstream.transformer.family;

import java.util.List;

/**
 * One line of a family's table: a tensor by its name, what it is for and its shape.
 *
 * @param name its name without the family's prefix; {@code {i}} stands for the layer
 * @param role what it is for
 * @param bias whether it is the bias of that role
 * @param shape its dimensions
 * @param transposed whether it is {@code [in, out]} where linear layers have {@code [out, in]}
 * @param presence whether it has to be there
 * @param prefixed whether the family's prefix stands before it where the file uses one
 */
record TensorRule(
    String name,
    Role role,
    boolean bias,
    List<Size> shape,
    boolean transposed,
    Presence presence,
    boolean prefixed) {
  private static final String LAYER = "{i}";

  /** Whether there is one in each layer. */
  boolean inEachLayer() {
    return name.contains(LAYER);
  }

  /** Its name in a layer. */
  String name(int layer) {
    return name.replace(LAYER, Integer.toString(layer));
  }

  /** Its dimensions in a model of a shape. */
  List<Long> dimensions(ModelShape of) {
    return shape.stream().map(size -> (long) size.of(of)).toList();
  }
}
