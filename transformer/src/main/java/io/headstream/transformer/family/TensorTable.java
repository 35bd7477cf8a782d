package io.headstream.transformer.family;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The tensors of a family: names, what they are for, shapes. In a name {@code {i}} stands for the
 * layer.
 */
public final class TensorTable {
  final String prefix;
  final List<TensorRule> rules = new ArrayList<>();
  final Map<String, String> otherEndings = new LinkedHashMap<>();
  private final List<Pattern> ignored = new ArrayList<>();
  private boolean prefixed = true;
  private String judged = "";

  /**
   * An empty table.
   *
   * @param prefix what stands before the names of a body that a head was put on
   */
  TensorTable(String prefix) {
    this.prefix = prefix;
  }

  /** From here on names stand outside of the prefix. */
  TensorTable outsidePrefix() {
    prefixed = false;
    return this;
  }

  /** An embedding {@code NAME.weight [rows, modelDim]}. */
  TensorTable embedding(String name, Role role, Size rows) {
    return add(name + ".weight", role, false, false, Presence.REQUIRED, rows, Size.MODEL);
  }

  /** An embedding {@code NAME [rows, modelDim]}. */
  TensorTable table(String name, Role role, Size rows) {
    return add(name, role, false, false, Presence.REQUIRED, rows, Size.MODEL);
  }

  /** A linear layer {@code NAME.weight [out, in]} with its bias {@code [out]}. */
  TensorTable linear(String name, Role role, Size out, Size in, Presence bias) {
    return add(name + ".weight", role, false, false, Presence.REQUIRED, out, in)
        .add(name + ".bias", role, true, false, bias, out);
  }

  /** The same as {@code NAME_weight} and {@code NAME_bias}. */
  TensorTable underscored(String name, Role role, Size out, Size in, Presence bias) {
    return add(name + "_weight", role, false, false, Presence.REQUIRED, out, in)
        .add(name + "_bias", role, true, false, bias, out);
  }

  /** A linear layer whose weight is {@code [in, out]}. */
  TensorTable transposed(String name, Role role, Size out, Size in, Presence bias) {
    return add(name + ".weight", role, false, true, Presence.REQUIRED, in, out)
        .add(name + ".bias", role, true, false, bias, out);
  }

  /** A linear layer whose weight is {@code [out, in, 1]}. */
  TensorTable convolution(String name, Role role, Size out, Size in, Presence bias) {
    return add(name + ".weight", role, false, false, Presence.REQUIRED, out, in, Size.ONE)
        .add(name + ".bias", role, true, false, bias, out);
  }

  /** A norm {@code NAME.weight [size]} with its bias. */
  TensorTable norm(String name, Role role, Size size, Presence bias) {
    return add(name + ".weight", role, false, false, Presence.REQUIRED, size)
        .add(name + ".bias", role, true, false, bias, size);
  }

  /** Names that may be there and are not read; a star stands for any characters. */
  TensorTable ignoring(String... patterns) {
    for (String pattern : patterns) {
      ignored.add(
          Pattern.compile(
              ("\\Q" + pattern + "\\E").replace("{i}", "\\E[0-9]+\\Q").replace("*", "\\E.*\\Q")));
    }
    return this;
  }

  /** Names that begin otherwise may be there and are not read. */
  TensorTable ignoringOutside(String beginning) {
    judged = beginning;
    return this;
  }

  /** Names with one ending may have the other one instead, as old files do. */
  TensorTable alsoEnding(String ending, String other) {
    otherEndings.put(ending, other);
    return this;
  }

  /** Whether a tensor of this name is to be left alone. */
  boolean ignores(String name) {
    if (!name.startsWith(judged)) {
      return true;
    }
    String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    for (Pattern pattern : ignored) {
      if (pattern.matcher(name).matches() || pattern.matcher(bare).matches()) {
        return true;
      }
    }
    return false;
  }

  private TensorTable add(
      String name, Role role, boolean bias, boolean transposed, Presence presence, Size... shape) {
    if (presence != Presence.ABSENT) {
      rules.add(new TensorRule(name, role, bias, List.of(shape), transposed, presence, prefixed));
    }
    return this;
  }
}
