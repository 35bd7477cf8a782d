package io.headstream.job.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * Lets Kryo write {@code float[]} by the {@link FloatCodec}, some ten times faster than by itself.
 *
 * <p>Threads: one at a time, as Kryo itself.
 */
public final class FloatArrayKryoSerializer extends Serializer<float[]> {

  @Override
  public void write(Kryo kryo, Output output, float[] values) {
    try {
      FloatCodec.write(values, new DataOutputViewStreamWrapper(output));
    } catch (IOException e) {
      // Flink looks for an EOFException as the cause.
      throw new KryoException(e);
    }
  }

  @Override
  public float[] read(Kryo kryo, Input input, Class<? extends float[]> type) {
    try {
      return FloatCodec.read(new DataInputViewStreamWrapper(input));
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  @Override
  public float[] copy(Kryo kryo, float[] values) {
    return values.clone();
  }
}
