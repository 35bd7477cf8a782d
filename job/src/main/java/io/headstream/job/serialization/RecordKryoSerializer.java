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
 * Lets Kryo write a record in the very bytes of its {@link RecordSerializer}, where the record is
 * part of something that only Kryo can write.
 *
 * <p>One class serves all records, since Kryo says which one it is for. Threads: one at a time, as
 * Kryo itself.
 *
 * @param <T> the record
 */
public final class RecordKryoSerializer<T> extends Serializer<T> {
  private final RecordSerializer<T> serializer;

  // Flink keeps one output and one input for long, so the view of the last one is kept as well.
  private Output lastOutput;
  private DataOutputViewStreamWrapper target;
  private Input lastInput;
  private DataInputViewStreamWrapper source;

  /**
   * For Kryo, which finds this constructor by itself.
   *
   * @throws IllegalArgumentException when the type has no {@link SerializedBy}
   */
  public RecordKryoSerializer(Class<T> type) {
    serializer = RecordTypeInfo.of(type).serializer();
  }

  @Override
  public void write(Kryo kryo, Output output, T record) {
    if (output != lastOutput) {
      target = new DataOutputViewStreamWrapper(output);
      lastOutput = output;
    }
    try {
      serializer.serialize(record, target);
    } catch (IOException e) {
      // Flink looks for an EOFException as the cause.
      throw new KryoException(e);
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<? extends T> type) {
    if (input != lastInput) {
      source = new DataInputViewStreamWrapper(input);
      lastInput = input;
    }
    try {
      return serializer.deserialize(source);
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  @Override
  public T copy(Kryo kryo, T record) {
    return serializer.copy(record);
  }
}
