package io.headstream.transformer.family;

import io.headstream.safetensors.RefusalText;
import io.headstream.safetensors.TensorInfo;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a model, found by what they are for, all of them checked before the first is read:
 * none is missing, none is left over, and each has its shape.
 */
public final class ModelTensors {
  /** Which tensor. */
  private record Slot(Role role, boolean bias, int layer) {}

  /**
   * A tensor that was found.
   *
   * @param info what the header says of it
   * @param transposed whether it is {@code [in, out]} where linear layers have {@code [out, in]}
   */
  public record Found(TensorInfo info, boolean transposed) {}

  private final TensorFiles files;
  private final TensorTable table;
  private final ModelShape shape;
  private final String prefix;
  private final Map<Slot, Found> found = new HashMap<>();
  private final Set<String> claimed = new HashSet<>();
  private String oneOfAll; // a tensor that is there though it could be absent
  private String noneOfAll; // one that is absent

  private ModelTensors(TensorFiles files, TensorTable table, ModelShape shape) {
    this.files = files;
    this.table = table;
    this.shape = shape;
    TensorRule first = table.rules.get(0);
    this.prefix = find(first, first.name(0), table.prefix) == null ? "" : table.prefix;
  }

  /**
   * Finds the tensors of a model.
   *
   * @param files where
   * @param table what to look for
   * @param shape the sizes of the model
   * @return the tensors
   * @throws ModelException if one is missing, unknown, or of another shape or type
   */
  public static ModelTensors find(TensorFiles files, TensorTable table, ModelShape shape)
      throws ModelException {
    ModelTensors tensors = new ModelTensors(files, table, shape);
    for (int layer = 0; layer < Math.max(1, shape.layers()); layer++) {
      for (TensorRule rule : table.rules) {
        if (rule.inEachLayer() ? layer < shape.layers() : layer == 0) {
          tensors.claim(rule, layer);
        }
      }
    }
    tensors.refuseSome();
    tensors.refuseUnknown();
    return tensors;
  }

  /**
   * A tensor.
   *
   * @param role what it is for
   * @param layer whose; 0 where there is one for all
   * @return the tensor, or null if the model has none
   */
  public Found weight(Role role, int layer) {
    return found.get(new Slot(role, false, layer));
  }

  /**
   * A bias.
   *
   * @param role whose
   * @param layer in which layer; 0 where there is one for all
   * @return the bias, or null if the model has none
   */
  public Found bias(Role role, int layer) {
    return found.get(new Slot(role, true, layer));
  }

  /** {@return the files, to read from} */
  public TensorFiles files() {
    return files;
  }

  private void claim(TensorRule rule, int layer) throws ModelException {
    String name = (rule.prefixed() ? prefix : "") + rule.name(layer);
    TensorInfo info = find(rule, rule.name(layer), prefix);
    if (info == null) {
      if (rule.presence() == Presence.ALL_OR_NONE) {
        noneOfAll = name;
        return;
      }
      throw new ModelException(
          files.source(),
          "has no tensor "
              + RefusalText.quote(name)
              + ", expected one of shape "
              + rule.dimensions(shape));
    }
    if (rule.presence() == Presence.ALL_OR_NONE) {
      oneOfAll = name;
    }
    check(info, rule);
    claimed.add(info.name());
    found.put(new Slot(rule.role(), rule.bias(), layer), new Found(info, rule.transposed()));
  }

  private TensorInfo find(TensorRule rule, String name, String before) {
    String whole = rule.prefixed() ? before + name : name;
    TensorInfo info = files.find(whole);
    for (Map.Entry<String, String> endings : table.otherEndings.entrySet()) {
      if (info == null && whole.endsWith(endings.getKey())) {
        int kept = whole.length() - endings.getKey().length();
        info = files.find(whole.substring(0, kept) + endings.getValue());
      }
    }
    return info;
  }

  private void check(TensorInfo info, TensorRule rule) throws ModelException {
    List<Long> expected = rule.dimensions(shape);
    if (!info.shape().equals(expected)) {
      throw refusal(info, "has shape " + info.shapeText() + ", expected " + expected);
    }
    if (!info.type().isFloat32Convertible()) {
      throw refusal(info, "has dtype " + info.type() + ", expected F32, F16 or BF16");
    }
    if (info.elements() > Integer.MAX_VALUE - 64) {
      throw refusal(info, "has " + info.elements() + " elements, expected fewer than 2^31");
    }
  }

  private void refuseSome() throws ModelException {
    if (oneOfAll != null && noneOfAll != null) {
      throw new ModelException(
          files.source(),
          "has tensor "
              + RefusalText.quote(oneOfAll)
              + " but not "
              + RefusalText.quote(noneOfAll)
              + ", expected all biases or none");
    }
  }

  private void refuseUnknown() throws ModelException {
    for (String name : files.places().keySet()) {
      if (!claimed.contains(name) && !table.ignores(name)) {
        throw refusal(
            files.find(name),
            "is not part of this model: "
                + shape.layers()
                + " layers, and names that begin with "
                + RefusalText.quote(prefix + table.rules.get(0).name(0).split("\\.")[0]));
      }
    }
  }

  private ModelException refusal(TensorInfo info, String text) {
    return new ModelException(files.places().get(info.name()), info.label() + " " + text);
  }
}
