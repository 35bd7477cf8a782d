package io.headstream.job.app.source;

import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.TensorInfo;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A tensor of a safetensors file with one row of model-dim floats for each token. Immutable.
 *
 * <p>Kept in pieces of at most 1 MiB, so that its size is bounded by memory and not by an array's
 * longest length.
 */
public final class EmbeddingTable {
  private static final int PIECE_FLOATS = 1 << 18;
  private static final int NAMES_SHOWN = 5;

  private final int modelDim;
  private final int rows;
  private final int rowsPerPiece;
  private final List<float[]> pieces;

  private EmbeddingTable(int modelDim, int rows, int rowsPerPiece, List<float[]> pieces) {
    this.modelDim = modelDim;
    this.rows = rows;
    this.rowsPerPiece = rowsPerPiece;
    this.pieces = pieces;
  }

  /**
   * What is known of a table that was read and not kept.
   *
   * @param rows how many tokens it has
   * @param digest SHA-256 of its values
   */
  public record Checked(int rows, String digest) {}

  /** What a piece of the table is handed to as it is read. */
  private interface Piece {
    void take(float[] floats);
  }

  /**
   * Reads a table.
   *
   * @param file a safetensors file
   * @param tensor which tensor; null for the only one
   * @param modelDim how many columns it has to have
   * @throws WeightsException if the file is damaged, or has no such tensor of F32, F16 or BF16,
   *     finite, with so many columns
   * @throws IOException if it cannot be read
   */
  static EmbeddingTable read(Path file, String tensor, int modelDim) throws IOException {
    List<float[]> pieces = new ArrayList<>();
    int rows = read(file, tensor, modelDim, pieces::add);
    return new EmbeddingTable(modelDim, rows, rowsPerPiece(modelDim), pieces);
  }

  /**
   * Reads a table as {@link #read} does and keeps none of it.
   *
   * @throws WeightsException as {@link #read} does
   * @throws IOException if it cannot be read
   */
  public static Checked check(Path file, String tensor, int modelDim) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
    int rows =
        read(
            file,
            tensor,
            modelDim,
            floats -> {
              ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES);
              bytes.asFloatBuffer().put(floats);
              digest.update(bytes);
            });
    return new Checked(rows, HexFormat.of().formatHex(digest.digest()));
  }

  private static int read(Path file, String tensor, int modelDim, Piece piece) throws IOException {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      TensorInfo table = find(file, open, tensor);
      List<Long> shape = table.shape();
      if (shape.size() != 2 || shape.get(1) != modelDim) {
        throw new WeightsException(
            file,
            table.label()
                + " has shape "
                + table.shapeText()
                + ", expected [tokens, "
                + modelDim
                + "] for model-dim "
                + modelDim);
      }
      long rows = shape.get(0);
      if (rows < 1 || rows > Integer.MAX_VALUE) {
        throw new WeightsException(
            file, table.label() + " has " + rows + " rows, expected 1 to " + Integer.MAX_VALUE);
      }
      for (long row = 0; row < rows; row += rowsPerPiece(modelDim)) {
        int count = (int) Math.min(rowsPerPiece(modelDim), rows - row);
        piece.take(open.readFloats(table, row * modelDim, count * modelDim));
      }
      return (int) rows;
    }
  }

  private static TensorInfo find(Path file, SafetensorsFile open, String tensor)
      throws WeightsException {
    List<String> names = new ArrayList<>(open.tensors().keySet());
    String shown =
        names.size() <= NAMES_SHOWN
            ? names.toString()
            : names.subList(0, NAMES_SHOWN) + " and " + (names.size() - NAMES_SHOWN) + " more";
    if (tensor != null) {
      TensorInfo info = open.tensors().get(tensor);
      if (info == null) {
        throw new WeightsException(file, "has no tensor '" + tensor + "', it has " + shown);
      }
      return info;
    }
    if (names.size() != 1) {
      throw new WeightsException(
          file, "has " + names.size() + " tensors " + shown + ", expected FILE:TENSOR to pick one");
    }
    return open.tensors().get(names.get(0));
  }

  private static int rowsPerPiece(int modelDim) {
    return Math.max(1, PIECE_FLOATS / modelDim);
  }

  /** How many tokens it has. */
  int rows() {
    return rows;
  }

  /** A token's row, in a new array. */
  float[] row(int token) {
    int from = token % rowsPerPiece * modelDim;
    return Arrays.copyOfRange(pieces.get(token / rowsPerPiece), from, from + modelDim);
  }
}
