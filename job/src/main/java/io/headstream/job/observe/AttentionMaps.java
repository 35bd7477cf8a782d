package io.headstream.job.observe;

import io.headstream.attention.HeadGroup;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.weights.AttendOptions;
import java.util.Arrays;
import java.util.List;
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
  public AttentionMaps(RuntimeContext context, AttentionSample sample, AttendOptions options) {
    this.sample = sample;
    this.options = options;
    this.health = new AttentionHealth(context.getMetricGroup().addGroup("attention"));
  }

  /** Whether the maps of a sequence are asked for. */
  public boolean wants(String sequenceId) {
    return sample.contains(sequenceId);
  }

  /**
   * Hands out the maps of one head group.
   *
   * @param key sequence and head group
   * @param blocks all of the sequence, with the tokens of which the labels are taken
   * @param length rows of the sequence
   * @param groups head groups
   * @param x {@code [length, modelDim]}, row-major
   */
  public void emit(
      HeadKey key,
      List<Block> blocks,
      int length,
      MultiHeadAttention layer,
      int groups,
      float[] x,
      BiConsumer<OutputTag<AttentionMap>, AttentionMap> sideOutput) {
    List<String> labels = labels(blocks, length);
    int size = length * layer.headDim();
    int keyValueHeads = layer.keyValueHeads() / groups;
    int first = key.group() * keyValueHeads;
    Workspace workspace = new Workspace();
    for (int n = first; n < first + keyValueHeads; n++) {
      HeadGroup heads = layer.headGroup(n, layer.keyValueHeads());
      float[] queries = new float[heads.heads() * size];
      float[] keys = new float[size];
      heads.projectQueriesAndKeys(length, x, 0, queries, keys, workspace);
      for (int h = 0; h < heads.heads(); h++) {
        AttentionMap map =
            new AttentionMap(
                key.sequenceId(),
                heads.firstHead() + h,
                labels,
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

  /** Null for a token without one; empty if none has a label. */
  private static List<String> labels(List<Block> blocks, int length) {
    String[] labels = new String[length];
    boolean labelled = false;
    for (Block block : blocks) {
      for (Token token : block.tokens()) {
        labels[token.position()] = token.label();
        labelled |= token.label() != null;
      }
    }
    return labelled ? Arrays.asList(labels) : List.of();
  }
}
