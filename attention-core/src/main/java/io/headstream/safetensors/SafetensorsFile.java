package io.headstream.safetensors;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file that is open for reading, its header read and checked.
 *
 * <p>Nothing the file says is believed before it is checked against the file's size: a header that
 * claims 2^60 bytes costs no memory. Values are read in pieces of at most 1 MiB. May be used by
 * several threads at once; interrupting one of them closes the file for all.
 */
public final class SafetensorsFile implements Closeable {
  private static final int LENGTH_BYTES = Long.BYTES;

  /** The format's reference implementation refuses longer headers too. */
  private static final long LONGEST_HEADER = 100_000_000;

  /** What is decoded at once: small, so that a layer of F16 costs its floats and little else. */
  private static final int DECODED_BYTES = 8 * 1024;

  private final Path file;
  private final FileChannel channel;
  private final long dataBegin;
  private final Map<String, TensorInfo> tensors;

  private SafetensorsFile(
      Path file, FileChannel channel, long dataBegin, Map<String, TensorInfo> tensors) {
    this.file = file;
    this.channel = channel;
    this.dataBegin = dataBegin;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens a file, reads its header and checks that its tensors cover the data exactly.
   *
   * @param file a regular file
   * @return the open file
   * @throws WeightsException if there is no such file, it cannot be opened, or it is damaged
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // A pipe would be waited for, and neither has a size to check claims against.
      throw new WeightsException(file, "is a folder or device, expected a file");
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new WeightsException(file, "no such file", e);
    } catch (FileSystemException e) {
      // Such as AccessDeniedException, whose message is the path alone.
      throw new WeightsException(file, "cannot be opened: " + e.getClass().getSimpleName(), e);
    }
    try {
      return open(file, channel);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsFile open(Path file, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    if (fileBytes < LENGTH_BYTES) {
      throw new WeightsException(
          file,
          fileBytes == 0
              ? "is empty"
              : "has "
                  + fileBytes
                  + " bytes, expected the "
                  + LENGTH_BYTES
                  + " of a header length");
    }
    long headerBytes = headerLength(file, channel, fileBytes - LENGTH_BYTES);
    long dataBegin = LENGTH_BYTES + headerBytes;
    Map<String, TensorInfo> tensors;
    try (InputStream header =
        new BufferedInputStream(new FileRangeInputStream(channel, LENGTH_BYTES, dataBegin))) {
      refuseOtherStart(file, header);
      tensors = HeaderParser.parse(file, header);
    }
    DataLayout.check(file, tensors.values(), fileBytes - dataBegin);
    return new SafetensorsFile(file, channel, dataBegin, tensors);
  }

  private static long headerLength(Path file, FileChannel channel, long bytesLeft)
      throws IOException {
    byte[] length = new byte[LENGTH_BYTES];
    if (new FileRangeInputStream(channel, 0, LENGTH_BYTES).readNBytes(length, 0, LENGTH_BYTES)
        < LENGTH_BYTES) {
      throw new WeightsException(file, "became shorter while it was read");
    }
    long headerBytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // The number is unsigned: one that looks negative is far beyond any file.
    if (Long.compareUnsigned(headerBytes, bytesLeft) > 0) {
      throw new WeightsException(
          file,
          "the header length is "
              + Long.toUnsignedString(headerBytes)
              + " bytes, but only "
              + bytesLeft
              + " follow");
    }
    if (headerBytes > LONGEST_HEADER) {
      throw new WeightsException(
          file,
          "the header length is " + headerBytes + " bytes, expected at most " + LONGEST_HEADER);
    }
    return headerBytes;
  }

  /** JSON alone would allow white space, a byte order mark, or UTF-16 here. */
  private static void refuseOtherStart(Path file, InputStream header) throws IOException {
    header.mark(1);
    int first = header.read();
    if (first != '{') {
      throw new WeightsException(
          file,
          "the header is not a JSON object: it "
              + (first < 0 ? "has no bytes" : String.format("begins with byte 0x%02x", first))
              + ", expected {");
    }
    header.reset();
  }

  /** {@return the tensors by name, in the header's order; cannot be changed} */
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /**
   * Reads consecutive elements of a tensor as floats.
   *
   * @param tensor one of {@link #tensors()}, of type F32, F16 or BF16
   * @param first the index of the first element, counted row-major
   * @param count how many elements
   * @return a new array of that many floats, all finite
   * @throws WeightsException if the tensor is of another type or an element is not finite, or if
   *     the file has become shorter
   * @throws IOException if the file cannot be read
   * @throws IndexOutOfBoundsException if the tensor has no such elements
   */
  public float[] readFloats(TensorInfo tensor, long first, int count) throws IOException {
    TensorType type = tensor.type();
    if (!type.isFloat32Convertible()) {
      throw new WeightsException(
          file, tensor.label() + " has dtype " + type + ", expected F32, F16 or BF16");
    }
    if (first < 0 || count < 0 || first > tensor.elements() - count) {
      throw new IndexOutOfBoundsException(
          count + " elements from " + first + " of " + tensor.elements());
    }
    int elementBytes = type.bits() / Byte.SIZE;
    long begin = dataBegin + tensor.begin() + first * elementBytes;
    FileRangeInputStream bytes =
        new FileRangeInputStream(channel, begin, begin + (long) count * elementBytes);
    float[] values = new float[count];
    byte[] piece = new byte[(int) Math.min(DECODED_BYTES, (long) count * elementBytes)];
    int done = 0;
    while (done < count) {
      int pieceBytes = (int) Math.min(piece.length, (long) (count - done) * elementBytes);
      if (bytes.readNBytes(piece, 0, pieceBytes) < pieceBytes) {
        throw new WeightsException(
            file, tensor.label() + " became shorter while it was read", new EOFException());
      }
      int elements = pieceBytes / elementBytes;
      FloatCoding.decode(type, piece, values, done, elements);
      refuseNonFinite(tensor, first, values, done, elements);
      done += elements;
    }
    return values;
  }

  private void refuseNonFinite(TensorInfo tensor, long first, float[] values, int offset, int count)
      throws WeightsException {
    for (int i = offset; i < offset + count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new WeightsException(
            file,
            tensor.label()
                + " has "
                + values[i]
                + " at index "
                + (first + i)
                + ", expected finite numbers");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
