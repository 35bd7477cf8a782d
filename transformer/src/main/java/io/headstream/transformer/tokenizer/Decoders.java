package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a tokenizer.json has as its decoder. */
final class Decoders {
  private Decoders() {}

  static Decoder read(JsonValue decoder) throws ModelException {
    if (decoder == null) {
      return tokens -> List.of(String.join(" ", tokens));
    }
    JsonValue type = decoder.get("type");
    return switch (type.asString()) {
      case "ByteFallback" -> ByteDecoders::fallback;
      case "ByteLevel" -> ByteDecoders::letters;
      case "Fuse" -> StringDecoders::fuse;
      case "Metaspace" ->
          StringDecoders.metaspace(
              PreTokenizers.replacement(decoder),
              PreTokenizers.prefix(decoder) != Metaspace.Prefix.NEVER);
      case "Replace" ->
          StringDecoders.replace(
              Normalizers.pattern(decoder.get("pattern")), decoder.get("content").asString());
      case "Sequence" -> {
        List<Decoder> parts = new ArrayList<>();
        for (JsonValue part : decoder.get("decoders").elements()) {
          parts.add(read(part));
        }
        yield Decoder.sequence(parts);
      }
      case "Strip" ->
          StringDecoders.strip(
              PreTokenizers.character(decoder.get("content")),
              decoder.getInt("start", 0, Integer.MAX_VALUE),
              decoder.getInt("stop", 0, Integer.MAX_VALUE));
      case "WordPiece" ->
          new WordPieceDecoder(
              decoder.findString("prefix", "##"), decoder.findBoolean("cleanup", true));
      default ->
          throw type.refusal(
              "a decoder that is supported: ByteFallback, ByteLevel, Fuse, Metaspace, Replace,"
                  + " Sequence, Strip or WordPiece");
    };
  }
}
