package io.headstream.transformer.family;

/** What a tensor is for, with its bias if it has one. */
public enum Role {
  /** Embedding of tokens. */
  TOKENS,
  /** Embedding of positions. */
  POSITIONS,
  /** Embedding of token types, of which the first is used. */
  TOKEN_TYPES,
  /** Norm over the sum of the embeddings. */
  EMBEDDING_NORM,
  /** Norm of a layer's attention: before it, or after its residual. */
  ATTENTION_NORM,
  /** Projections of queries, keys and values in one tensor, in this order. */
  QUERY_KEY_VALUE,
  /** Projection of queries. */
  QUERY,
  /** Projection of keys. */
  KEY,
  /** Projection of values. */
  VALUE,
  /** Norm of each head's queries. */
  QUERY_NORM,
  /** Norm of each head's keys. */
  KEY_NORM,
  /** Projection of the concatenated heads. */
  ATTENTION_OUTPUT,
  /** Norm of a layer's feed-forward part: before it, or after its residual. */
  FEED_FORWARD_NORM,
  /** First projection of a gated feed-forward layer, which goes through the activation. */
  GATE,
  /** First projection of the feed-forward layer; of a gated one the factor of the gate. */
  UP,
  /** Second projection of the feed-forward layer. */
  DOWN,
  /** Norm behind the last layer. */
  FINAL_NORM,
  /** Projection before the classifier. */
  POOLER,
  /** Projection onto the classes. */
  CLASSIFIER,
  /** Projection onto the vocabulary. */
  OUTPUT
}
