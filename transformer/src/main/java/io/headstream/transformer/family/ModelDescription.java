package io.headstream.transformer.family;

/**
 * What a checkpoint says of its model.
 *
 * @param family {@code model_type} of {@code config.json}, or the kind of a model without one
 * @param shape its sizes
 * @param block how its blocks compute
 * @param positions how it knows where a token stands
 * @param answer what it answers besides hidden states
 * @param tensors which tensors it has
 */
public record ModelDescription(
    String family,
    ModelShape shape,
    BlockDesign block,
    PositionDesign positions,
    AnswerDesign answer,
    TensorTable tensors) {}
