package io.headstream.attention.weights;

/** What PyTorch's {@code nn.MultiheadAttention} calls its tensors. */
final class TorchNames {
  static final String PACKED_WEIGHT = "in_proj_weight";
  static final String QUERY_WEIGHT = "q_proj_weight";
  static final String KEY_WEIGHT = "k_proj_weight";
  static final String VALUE_WEIGHT = "v_proj_weight";
  static final String INPUT_BIAS = "in_proj_bias";
  static final String OUTPUT_WEIGHT = "out_proj.weight";
  static final String OUTPUT_BIAS = "out_proj.bias";

  /** Of {@code add_bias_kv}: one more key and value that every query sees. */
  static final String EXTRA_KEY = "bias_k";

  static final String EXTRA_VALUE = "bias_v";

  private TorchNames() {}
}
