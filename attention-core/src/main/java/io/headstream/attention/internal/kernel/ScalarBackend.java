package io.headstream.attention.internal.kernel;

/** Plain Java, in loop shapes that C2 turns into vector code by itself. */
public final class ScalarBackend implements Backend {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public ProjectionPacker packer(int outputs, int inputs) {
    return new ScalarProjection.Packer(outputs, inputs);
  }

  @Override
  public boolean allFinite(float[] data, int from, int rows, int stride, int n) {
    return KeyValueRows.allFinite(data, from, rows, stride, n);
  }

  @Override
  public TileKernel tiles() {
    return new ScalarTileKernel(TileKernel.BLOCK);
  }

  @Override
  public TileKernel pages(int block) {
    return new ScalarTileKernel(block);
  }
}
