package io.headstream.attention.internal.vector;

import io.headstream.attention.internal.kernel.Backend;
import io.headstream.attention.internal.kernel.ProjectionPacker;
import io.headstream.attention.internal.kernel.TileKernel;

/** The Vector API, at the width that this machine prefers. */
public final class VectorBackend implements Backend {

  @Override
  public String name() {
    return "vector-" + VectorProjection.vectorBits();
  }

  @Override
  public String description() {
    return "%s, sums of %s vectors in registers".formatted(name(), VectorProducts.SHAPE.word());
  }

  @Override
  public ProjectionPacker packer(int outputs, int inputs) {
    return new VectorProjection.Packer(outputs, inputs);
  }

  @Override
  public boolean allFinite(float[] data, int from, int rows, int stride, int n) {
    return VectorFinite.allFinite(data, from, rows, stride, n);
  }

  @Override
  public TileKernel tiles() {
    return new VectorTileKernel();
  }

  @Override
  public TileKernel pages(int block) {
    return new VectorPageKernel(block);
  }
}
