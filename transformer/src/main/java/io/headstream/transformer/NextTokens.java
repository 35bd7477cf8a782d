package io.headstream.transformer;

import io.headstream.attention.Projection;
import io.headstream.transformer.rows.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scores the tokens of a vocabulary as the next one: a projection of hidden states onto it. */
final class NextTokens {
  /** Logits that are made at a time where many rows are asked for: 16 MiB of them. */
  private static final int LOGITS_AT_ONCE = 1 << 22;

  private final ModelBody body;
  private final Projection output;
  private final int padding;

  /**
   * Scores of tokens.
   *
   * @param body makes the hidden states
   * @param output {@code [vocabulary, modelDim]}
   * @param padding a token that never comes next; negative if there is none
   */
  NextTokens(ModelBody body, Projection output, int padding) {
    this.body = body;
    this.output = output;
    this.padding = padding;
  }

  int vocabulary() {
    return output.outputs();
  }

  void logits(
      int rows, float[] hidden, int offset, float[] logits, int to, ModelWorkspace workspace) {
    output.project(rows, hidden, offset, logits, to, workspace.buffers().options());
  }

  /** Logits of the token after a sequence, in the workspace's own array. */
  private float[] after(int[] ids, ModelWorkspace workspace) {
    int[] whole = body.whole(ids);
    float[] hidden = body.forward(whole, workspace);
    float[] logits = workspace.logits(vocabulary());
    logits(1, hidden, (whole.length - 1) * body.modelDim(), logits, 0, workspace);
    return logits;
  }

  float[] logits(int[] ids, ModelWorkspace workspace) {
    float[] logits = new float[vocabulary()];
    System.arraycopy(after(ids, workspace), 0, logits, 0, logits.length);
    return logits;
  }

  List<ScoredToken> likeliest(int count, int[] ids, ModelWorkspace workspace) {
    return likeliest(count, after(ids, workspace));
  }

  List<ScoredToken> likeliest(int count, float[] hidden, int offset, ModelWorkspace workspace) {
    float[] logits = workspace.logits(vocabulary());
    logits(1, hidden, offset, logits, 0, workspace);
    return likeliest(count, logits);
  }

  double logProbability(int token, float[] hidden, int offset, ModelWorkspace workspace) {
    float[] logits = workspace.logits(vocabulary());
    logits(1, hidden, offset, logits, 0, workspace);
    checkToken(token);
    return logits[token] - Softmax.logSumExp(vocabulary(), logits, 0);
  }

  /** Of each token but the first, given those before it. */
  double[] logProbabilities(int[] ids, ModelWorkspace workspace) {
    int count = Math.max(0, ids.length - 1);
    double[] probabilities = new double[count];
    Arrays.fill(probabilities, Double.NaN);
    if (count == 0) {
      return probabilities;
    }
    for (int id : ids) {
      checkToken(id);
    }
    int[] whole = body.whole(ids);
    int kept = Math.min(count, whole.length - 1);
    float[] hidden = body.forward(whole, workspace);
    int first = whole.length - 1 - kept;
    int together = Math.max(1, Math.min(kept, LOGITS_AT_ONCE / vocabulary()));
    float[] logits = workspace.logits(together * vocabulary());
    for (int row = 0; row < kept; row += together) {
      int rows = Math.min(together, kept - row);
      logits(rows, hidden, (first + row) * body.modelDim(), logits, 0, workspace);
      for (int r = 0; r < rows; r++) {
        int begin = r * vocabulary();
        int token = whole[first + row + r + 1];
        probabilities[count - kept + row + r] =
            logits[begin + token] - Softmax.logSumExp(vocabulary(), logits, begin);
      }
    }
    return probabilities;
  }

  private void checkToken(int token) {
    if (token < 0 || token >= vocabulary()) {
      throw new IllegalArgumentException(
          "token %d is not in the vocabulary of %d".formatted(token, vocabulary()));
    }
  }

  /** The tokens of the largest logits, the largest first, of equal ones the smaller id first. */
  private List<ScoredToken> likeliest(int count, float[] logits) {
    if (count < 1) {
      throw new IllegalArgumentException("%d tokens are asked for, at least 1".formatted(count));
    }
    int kept = 0;
    int[] best = new int[Math.min(count, vocabulary())];
    for (int token = 0; token < vocabulary(); token++) {
      boolean candidate =
          token != padding && (kept < best.length || logits[token] > logits[best[kept - 1]]);
      if (candidate) {
        int place = kept < best.length ? kept++ : kept - 1;
        for (; place > 0 && logits[token] > logits[best[place - 1]]; place--) {
          best[place] = best[place - 1];
        }
        best[place] = token;
      }
    }
    double sum = Softmax.logSumExp(vocabulary(), logits, 0);
    List<ScoredToken> tokens = new ArrayList<>(kept);
    for (int n = 0; n < kept; n++) {
      tokens.add(new ScoredToken(best[n], logits[best[n]] - sum));
    }
    return tokens;
  }
}
