package io.headstream.job;

import io.headstream.job.attend.Attend;
import io.headstream.job.attend.AttendSettings;
import io.headstream.job.attend.CutBlocks;
import io.headstream.job.attend.FanOut;
import io.headstream.job.attend.Gather;
import io.headstream.job.cache.ContextBounds;
import io.headstream.job.observe.AttentionMaps;
import io.headstream.job.observe.AttentionRows;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerWeights;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * One layer between two streams of blocks: fan out, attend, gather. For each block that comes in
 * one goes out, with the same positions and in the same order within its sequence, so that layers
 * stand one behind the other. The empty block that ends a sequence goes the same way and has each
 * layer forget it.
 *
 * <p>With one head group all is one chain of operators, without a shuffle, and the tokens go along
 * in the blocks. With more the heads take the rows alone, and the tokens their own way to the
 * gather of the last layer.
 */
public final class AttentionStage {
  /** A record between tasks stays well below the 5 MiB above which the receiver uses its disk. */
  private static final int BLOCK_BYTES = 2 * 1024 * 1024;

  /** The same with what tokens have beside their embeddings, which may be long labels. */
  private static final int MOST_BLOCK_BYTES = 7 * 512 * 1024;

  private final int layer;
  private final AttentionSettings settings;
  private final LayerWeights weights;
  private final AttentionSample sample;

  /**
   * A stage.
   *
   * @param layer its number in the job, which is part of its operators' uids
   * @param settings of the layer
   * @param weights of the layer
   * @param sample of which sequences the attention weights come out
   */
  AttentionStage(
      int layer, AttentionSettings settings, LayerWeights weights, AttentionSample sample) {
    this.layer = layer;
    this.settings = settings;
    this.weights = settings.tokenMode() ? weights.withDigest() : weights;
    this.sample = sample;
  }

  /**
   * What comes out of a stage.
   *
   * @param blocks the layer's output, partitioned by sequence ID as what came in
   * @param maps attention maps of sampled sequences, where whole sequences are answered
   * @param rows attention rows of sampled sequences, where tokens are answered one by one
   */
  public record Attended(
      DataStream<Block> blocks, DataStream<AttentionMap> maps, DataStream<AttentionRow> rows) {}

  /**
   * Puts stages one behind the other behind blocks that are partitioned by sequence ID; or, where
   * no stage fans out, behind whole sequences wherever they are.
   *
   * @param blocks with their tokens; so are those that come out
   */
  static Attended through(List<AttentionStage> stages, DataStream<Block> blocks) {
    boolean fansOut = stages.stream().anyMatch(AttentionStage::fansOut);
    DataStream<Block> pieces = fansOut ? stages.get(0).cut(blocks) : blocks;
    Attended attended = null;
    DataStream<Block> rows = pieces;
    boolean tokensLeft = false; // behind, when the rows went to several head groups
    for (int i = 0; i < stages.size(); i++) {
      AttentionStage stage = stages.get(i);
      tokensLeft |= stage.fansOut();
      if (tokensLeft && i == stages.size() - 1) {
        attended = stage.fanOut(rows, stage.branch(pieces));
      } else if (!stage.settings.tokenMode() && !fansOut) {
        attended = stage.inOnePlace(rows); // each block is whole, so nothing is kept by key
      } else {
        attended = stage.apply(rows);
      }
      rows = attended.blocks();
    }
    return attended;
  }

  /**
   * Puts the stage behind blocks that are partitioned by sequence ID, each sequence in one block or
   * in several. Where the heads are fanned out, the blocks that come out are without tokens.
   */
  public Attended apply(DataStream<Block> blocks) {
    return fansOut()
        ? fanOut(blocks, null)
        : inOnePlace(
            DataStreamUtils.reinterpretAsKeyedStream(
                blocks, Block::key, TypeInformation.of(HeadKey.class)));
  }

  private boolean fansOut() {
    return settings.headGroups() > 1;
  }

  /** The same blocks, cut so that they travel well between tasks. */
  private DataStream<Block> cut(DataStream<Block> blocks) {
    int rowsPerBlock = Math.max(1, BLOCK_BYTES / (Float.BYTES * settings.modelDim()));
    return operator(
        blocks.flatMap(new CutBlocks(rowsPerBlock, MOST_BLOCK_BYTES)),
        "Cut long blocks",
        "cut-blocks");
  }

  /** What goes past the heads, straight to the gather. */
  private DataStream<Block> branch(DataStream<Block> pieces) {
    return operator(
        pieces.map(Block::tokensAlone).returns(Block.class),
        "Keep tokens for the gather",
        "keep-tokens");
  }

  private Attended inOnePlace(DataStream<Block> blocks) {
    SingleOutputStreamOperator<Block> columns =
        operator(
            blocks.process(new Attend(attendSettings())),
            "Attend with all %d heads".formatted(settings.heads()),
            "attend");
    SingleOutputStreamOperator<Block> output =
        operator(columns.process(new Gather(weights, 1, false)), "W_o", "gather");
    return attended(output, columns);
  }

  private Attended fanOut(DataStream<Block> blocks, DataStream<Block> tokens) {
    int groups = settings.headGroups();
    int maxParallelism = AttentionLayer.maxParallelism(blocks.getExecutionEnvironment());
    DataStream<Block> work =
        operator(
            blocks.flatMap(new FanOut(groups, maxParallelism, sample)),
            "Fan out to %d head groups".formatted(groups),
            "fan-out");
    SingleOutputStreamOperator<Block> columns =
        operator(
            work.keyBy(Block::key).process(new Attend(attendSettings())),
            "Attend with %d of %d heads".formatted(settings.heads() / groups, settings.heads()),
            "attend");
    DataStream<Block> parts = tokens == null ? columns : columns.union(tokens);
    SingleOutputStreamOperator<Block> output =
        operator(
            parts.keyBy(Block::sequenceId).process(new Gather(weights, groups, tokens != null)),
            "Gather heads, W_o",
            "gather");
    return attended(output, columns);
  }

  private static Attended attended(
      DataStream<Block> output, SingleOutputStreamOperator<Block> columns) {
    return new Attended(
        output, columns.getSideOutput(AttentionMaps.TAG), columns.getSideOutput(AttentionRows.TAG));
  }

  private <T> SingleOutputStreamOperator<T> operator(
      SingleOutputStreamOperator<T> operator, String name, String uid) {
    return AttentionLayer.operator(operator, name, uid, layer);
  }

  private AttendSettings attendSettings() {
    AttendOptions options = settings.model().attention();
    int groups = settings.headGroups();
    if (!settings.tokenMode()) {
      return AttendSettings.ofSequences(weights, options, groups, sample);
    }
    AttendOptions bounded = options.withLongestContext(settings.maxLength());
    return new AttendSettings(
        weights,
        bounded,
        groups,
        new ContextBounds(bounded.window(), bounded.sinks()),
        settings.placement().pageCacheBytes(),
        sample);
  }
}
