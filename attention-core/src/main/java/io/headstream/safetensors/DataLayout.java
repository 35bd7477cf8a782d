package io.headstream.safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Checks that tensors fit their own claims and cover the data without gap, overlap or rest. */
final class DataLayout {
  private final Path file;
  private final long dataBytes;

  private DataLayout(Path file, long dataBytes) {
    this.file = file;
    this.dataBytes = dataBytes;
  }

  /**
   * Checks all tensors of a file.
   *
   * @param file what messages name
   * @param tensors what the header says
   * @param dataBytes how many bytes follow the header
   * @throws WeightsException if they do not fit
   */
  static void check(Path file, Collection<TensorInfo> tensors, long dataBytes)
      throws WeightsException {
    DataLayout layout = new DataLayout(file, dataBytes);
    for (TensorInfo tensor : tensors) {
      layout.checkSize(tensor);
    }
    layout.checkCover(tensors);
  }

  private void checkSize(TensorInfo tensor) throws WeightsException {
    if (tensor.begin() > tensor.end()) {
      throw refusal(tensor, "begins at byte %d and ends at %d", tensor.begin(), tensor.end());
    }
    long bits;
    try {
      bits = Math.multiplyExact(tensor.elements(), (long) tensor.type().bits());
    } catch (ArithmeticException e) {
      throw refusal(
          tensor,
          "has shape %s of %s, which is more than any file holds; data_offsets give it %d bytes",
          tensor.shapeText(),
          tensor.type(),
          tensor.end() - tensor.begin());
    }
    if (bits % Byte.SIZE != 0) {
      throw refusal(
          tensor,
          "has shape %s of %s, which is %d bits, expected whole bytes",
          tensor.shapeText(),
          tensor.type(),
          bits);
    }
    if (bits / Byte.SIZE != tensor.end() - tensor.begin()) {
      throw refusal(
          tensor,
          "has %d bytes by its data_offsets, expected %d for shape %s of %s",
          tensor.end() - tensor.begin(),
          bits / Byte.SIZE,
          tensor.shapeText(),
          tensor.type());
    }
  }

  private void checkCover(Collection<TensorInfo> tensors) throws WeightsException {
    List<TensorInfo> ordered = new ArrayList<>(tensors);
    // Empty tensors come before the one that begins where they lie.
    ordered.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long covered = 0;
    TensorInfo last = null;
    for (TensorInfo tensor : ordered) {
      if (tensor.begin() < covered) {
        throw refusal(
            tensor,
            "begins at byte %d and overlaps %s, which ends at %d",
            tensor.begin(),
            last.label(),
            covered);
      }
      if (tensor.begin() > covered) {
        throw refusal(
            tensor, "begins at byte %d and leaves a gap, expected %d", tensor.begin(), covered);
      }
      if (tensor.end() > dataBytes) {
        throw refusal(
            tensor,
            "ends at byte %d of the data, but the file is cut off at %d",
            tensor.end(),
            dataBytes);
      }
      covered = tensor.end();
      last = tensor;
    }
    if (covered < dataBytes) {
      long rest = dataBytes - covered;
      if (last == null) {
        throw new WeightsException(
            file, rest + " bytes follow a header without tensors, expected none");
      }
      throw refusal(
          last,
          "is the last and ends at byte %d, but %d bytes follow, expected none",
          covered,
          rest);
    }
  }

  private WeightsException refusal(TensorInfo tensor, String text, Object... values) {
    return new WeightsException(file, tensor.label() + " " + String.format(text, values));
  }
}
