package io.headstream.transformer.reference;

/** Classic mistakes, which a reference makes on purpose to show that a test would see them. */
public enum Trap {
  TANH_GELU,
  NOT_TRANSPOSED,
  NEIGHBOURS,
  POSITION_ZERO,
  OTHER_EPSILON,
  GROUPS_BY_MODULO,
  OTHER_NORM_ORDER,
  OTHER_POOLER,
  UNTIED,
  WINDOW_OF_ONE_MORE,
  NO_SCALING
}
