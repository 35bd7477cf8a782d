package io.headstream.benchmarks.peers;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.flink.api.common.functions.OpenContext;

/** libtorch through DJL: a TorchScript of two linears around its fused attention. */
final class TorchFunction extends PeerFunction {
  private static final long serialVersionUID = 1L;

  private transient Model model; // DJL frees it when nobody refers to it
  private transient Block block;
  private transient NDManager manager;
  private transient NDList weights;
  private transient ParameterStore parameters;

  TorchFunction(io.headstream.benchmarks.job.Shape shape, long seed) {
    super(shape, seed);
  }

  @Override
  public void open(OpenContext context) throws Exception {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    manager = Engine.getEngine("PyTorch").newBaseManager();
    Path script = script();
    model = Model.newInstance("layer", "PyTorch");
    model.load(script.getParent(), script.getFileName().toString());
    Files.delete(script);
    block = model.getBlock();
    int dim = shape.modelDim();
    weights =
        new NDList(
            manager.create(queryKeyValueWeight(), new Shape(3L * dim, dim)),
            manager.create(weights().outputWeight(), new Shape(dim, dim)));
    parameters = new ParameterStore(manager, false);
  }

  @Override
  void attend(float[] rows) {
    try (NDManager own = manager.newSubManager()) {
      NDList inputs = new NDList(own.create(rows, new Shape(1, shape.length(), shape.modelDim())));
      inputs.addAll(weights);
      NDList result = block.forward(parameters, inputs, false);
      float[] answer = result.get(0).toFloatArray();
      result.close();
      System.arraycopy(answer, 0, rows, 0, answer.length);
    }
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
      manager.close();
    }
  }

  /**
   * A module without parameters in TorchScript's archive: an uncompressed zip of its code and of
   * two pickles, the object with its one attribute and an empty tuple of constants.
   */
  private Path script() throws IOException {
    Path file = Files.createTempFile("layer-", ".pt");
    String root = file.getFileName().toString().replace(".pt", "");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      String object = "\u0080\u0002c__torch__\nLayer\n)\u0081}(X\b\0\0\0training\u0089ub.";
      entry(zip, root + "/data.pkl", object.getBytes(StandardCharsets.ISO_8859_1));
      entry(zip, root + "/code/__torch__.py", code().getBytes(StandardCharsets.UTF_8));
      String none = "\u0080\u0002).";
      entry(zip, root + "/constants.pkl", none.getBytes(StandardCharsets.ISO_8859_1));
      entry(zip, root + "/version", "3\n".getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private String code() {
    return String.format(
        Locale.ROOT,
        """
        class Layer(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def forward(self: __torch__.Layer, x: Tensor, w: Tensor, wo: Tensor) -> Tensor:
            p = torch.view(torch.linear(x, w), [1, %1$d, 3, %2$d, %3$d])
            t = torch.permute(p, [2, 0, 3, 1, 4])
            q = torch.select(t, 0, 0)
            k = torch.select(t, 0, 1)
            v = torch.select(t, 0, 2)
            o = torch.scaled_dot_product_attention(q, k, v, None, 0., %4$s)
            c = torch.reshape(torch.transpose(o, 1, 2), [1, %1$d, %5$d])
            return torch.linear(c, wo)
        """,
        shape.length(),
        shape.heads(),
        shape.modelDim() / shape.heads(),
        shape.causal() ? "True" : "False",
        shape.modelDim());
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    ((OutputStream) zip).write(content);
    zip.closeEntry();
  }
}
