package io.headstream.transformer.tokenizer;

/**
 * A token that is cut out of a text before the model sees it.
 *
 * @param id its id
 * @param content what stands in the text
 * @param singleWord whether it counts only where no word goes on before or behind it
 * @param leftSpace whether it takes the white space before it along
 * @param rightSpace whether it takes the white space behind it along
 * @param normalized whether it is looked for in the normalized text, itself normalized
 * @param special whether decoding may leave it out
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftSpace,
    boolean rightSpace,
    boolean normalized,
    boolean special) {}
