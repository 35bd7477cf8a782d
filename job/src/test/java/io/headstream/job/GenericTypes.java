package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;

/**
 * Finds what would fall to Kryo in a job: the types of all streams, side outputs and keys, however
 * deep inside other types.
 *
 * <p>State descriptors that an operator makes in {@code open()} are not in the graph. For them run
 * the job with {@code pipeline.generic-types: false}, which refuses them at run time.
 */
public final class GenericTypes {
  private final Set<String> found = new TreeSet<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private GenericTypes() {}

  /** Fails with a list of all that would fall to Kryo; leaves the environment as it is. */
  public static void assertNone(StreamExecutionEnvironment environment) {
    assertNone(environment.getStreamGraph(false));
  }

  /** The same for a graph. */
  public static void assertNone(StreamGraph graph) {
    assertThat(graph.getStreamNodes()).as("operators in the graph").isNotEmpty();
    assertThat(in(graph)).as("types that fall to Kryo").isEmpty();
  }

  /** What would fall to Kryo: "operator, where: class". */
  public static Set<String> in(StreamGraph graph) {
    GenericTypes types = new GenericTypes();
    for (StreamNode node : graph.getStreamNodes()) {
      String operator = node.getOperatorName();
      types.place(operator + ", input", node.getTypeSerializersIn());
      types.place(operator + ", output", node.getTypeSerializerOut());
      types.place(operator + ", key", node.getStateKeySerializer());
      for (StreamEdge edge : node.getOutEdges()) {
        if (edge.getOutputTag() != null) {
          String side = operator + ", side output " + edge.getOutputTag().getId();
          types.place(side, edge.getOutputTag().getTypeInfo());
        }
      }
    }
    return types.found;
  }

  private void place(String where, Object value) {
    seen.clear();
    walk(where, value);
  }

  private void walk(String where, Object value) {
    if (value == null || !seen.add(value)) {
      return;
    }
    if (value instanceof KryoSerializer<?>) {
      found.add(where + ": " + kryoType(value));
    } else if (value instanceof GenericTypeInfo<?> generic) {
      found.add(where + ": " + generic.getTypeClass());
    } else if (value instanceof Object[] array) {
      for (Object element : array) {
        walk(where, element);
      }
    } else if (value instanceof Collection<?> collection) {
      walk(where, collection.toArray());
    } else if (value instanceof Map<?, ?> map) {
      walk(where, map.values());
    } else if (value instanceof TypeSerializer || value instanceof TypeInformation) {
      walk(where, fields(value));
    }
  }

  /** The values of all fields, in which composed types keep their parts. */
  private static List<Object> fields(Object value) {
    List<Object> values = new ArrayList<>();
    for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          values.add(field(value, field));
        }
      }
    }
    return values;
  }

  private static Object kryoType(Object serializer) {
    try {
      return field(serializer, KryoSerializer.class.getDeclaredField("type"));
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private static Object field(Object value, Field field) {
    try {
      field.setAccessible(true);
      return field.get(value);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
