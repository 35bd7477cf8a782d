package io.headstream.job.heads;

import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
import io.headstream.job.records.AttentionMap;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/**
 * The side output for the attention maps of sampled sequences. The answers know nothing of it: a
 * map is made from the embeddings anew, one key/value head at a time.
 */
public final class AttentionMaps {

  /** The side output of the operators that attend to whole sequences. */
  public static final OutputTag<AttentionMap> TAG =
      new OutputTag<>("attention-maps", TypeInformation.of(AttentionMap.class));

  private final AttentionSample sample;
  private final AttendOptions options;
  private final AttentionHealth health;

  /** Registers the metrics; once in an operator's {@code open}. */
  AttentionMaps(RuntimeContext context, AttentionSample sample, AttendOptions options) {
    this.sample = sample;
    this.options = options;
    this.health = new AttentionHealth(context.getMetricGroup().addGroup("attention"));
  }

  /** Whether the maps of a sequence are asked for. */
  boolean wants(String sequenceId) {
    return sample.contains(sequenceId);
  }

  /**
   * Hands out the maps of one head group.
   *
   * @param labels of the tokens, null for one without
   * @param group which of {@code groups} head groups
   * @param embeddings {@code [labels.length, modelDim]}, row-major
   */
  void emit(
      String sequenceId,
      String[] labels,
      MultiHeadAttention layer,
      int group,
      int groups,
      float[] embeddings,
      BiConsumer<OutputTag<AttentionMap>, AttentionMap> sideOutput) {
    boolean labelled = Arrays.stream(labels).anyMatch(Objects::nonNull);
    List<String> names = labelled ? Arrays.asList(labels) : List.of();
    int length = labels.length;
    int size = length * layer.headDim();
    int keyValueHeads = layer.keyValueHeads() / groups;
    Workspace workspace = new Workspace();
    for (int n = group * keyValueHeads; n < (group + 1) * keyValueHeads; n++) {
      HeadGroup heads = layer.headGroup(n, layer.keyValueHeads());
      float[] queries = new float[heads.heads() * size];
      float[] keys = new float[size];
      heads.projectQueriesAndKeys(length, embeddings, 0, queries, keys, workspace);
      for (int h = 0; h < heads.heads(); h++) {
        AttentionMap map =
            new AttentionMap(
                sequenceId,
                heads.firstHead() + h,
                names,
                length,
                options.keysBefore(),
                options.keysAfter(),
                options.sinks(),
                Arrays.copyOfRange(queries, h * size, (h + 1) * size),
                keys);
        health.add(map);
        sideOutput.accept(TAG, map);
      }
    }
  }
}
