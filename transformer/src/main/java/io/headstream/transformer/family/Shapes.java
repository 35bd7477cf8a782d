package io.headstream.transformer.family;

import io.headstream.safetensors.RefusalText;
import io.headstream.safetensors.TensorInfo;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;

/** Sizes of a model that its tensors' shapes tell, where no config does. */
final class Shapes {
  private static final int MOST = 1 << 27;

  private final TensorFiles files;

  Shapes(TensorFiles files) {
    this.files = files;
  }

  /** A dimension of a tensor that has to be there. */
  int dimension(String name, int dimensions, int index) throws ModelException {
    TensorInfo tensor = files.find(name);
    if (tensor == null) {
      throw new ModelException(files.source(), "has no tensor " + RefusalText.quote(name));
    }
    long size = tensor.shape().size() == dimensions ? tensor.shape().get(index) : 0;
    if (size < 1 || size > MOST) {
      throw new ModelException(
          files.places().get(name),
          tensor.label()
              + " has shape "
              + tensor.shapeText()
              + ", expected "
              + dimensions
              + " dimensions from 1 to "
              + MOST);
    }
    return (int) size;
  }

  /** How many layers there are: names with {i} from 0 on. */
  int layers(String name) {
    int layers = 0;
    while (files.find(name.replace("{i}", Integer.toString(layers))) != null) {
      layers++;
    }
    return layers;
  }

  /** Channels of a head where they are the model's shared out evenly. */
  int headDim(String name, int modelDim, int heads) throws ModelException {
    if (modelDim % heads != 0) {
      throw new ModelException(
          files.source(),
          "tensor "
              + RefusalText.quote(name)
              + " is of "
              + modelDim
              + " channels, which "
              + heads
              + " heads do not divide");
    }
    return modelDim / heads;
  }
}
