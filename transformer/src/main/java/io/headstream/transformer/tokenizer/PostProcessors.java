package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a tokenizer.json has as its post-processor. */
final class PostProcessors {
  private static final PostProcessor NONE = PostProcessor.sequence(List.of());

  private PostProcessors() {}

  static PostProcessor read(JsonValue processor) throws ModelException {
    if (processor == null) {
      return NONE;
    }
    JsonValue type = processor.get("type");
    return switch (type.asString()) {
      case "BertProcessing" -> frame(processor);
      case "ByteLevel" -> trim(processor);
      case "RobertaProcessing" ->
          PostProcessor.sequence(List.of(trim(processor), frame(processor)));
      case "Sequence" -> {
        List<PostProcessor> parts = new ArrayList<>();
        for (JsonValue part : processor.get("processors").elements()) {
          parts.add(read(part));
        }
        yield PostProcessor.sequence(parts);
      }
      case "TemplateProcessing" -> template(processor);
      default ->
          throw type.refusal(
              "a post-processor that is supported: BertProcessing, ByteLevel, RobertaProcessing,"
                  + " Sequence or TemplateProcessing");
    };
  }

  private static PostProcessor trim(JsonValue processor) throws ModelException {
    return processor.findBoolean("trim_offsets", true)
        ? new TrimmedOffsets(processor.findBoolean("add_prefix_space", true))
        : NONE;
  }

  private static PostProcessor frame(JsonValue processor) throws ModelException {
    return new SpecialFrame(
        List.of(pair(processor.get("cls"))), List.of(pair(processor.get("sep"))));
  }

  /** A special token written as ["[CLS]", 101]. */
  private static SpecialFrame.Special pair(JsonValue pair) throws ModelException {
    List<JsonValue> parts = pair.elements();
    if (parts.size() != 2) {
      throw pair.refusal("a token and its id");
    }
    return new SpecialFrame.Special(
        parts.get(1).asInt(0, Vocabulary.LARGEST_ID), parts.get(0).asString());
  }

  private static PostProcessor template(JsonValue processor) throws ModelException {
    List<SpecialFrame.Special> before = new ArrayList<>();
    List<SpecialFrame.Special> behind = new ArrayList<>();
    JsonValue pieces = processor.get("single");
    boolean text = false;
    for (JsonValue piece : pieces.elements()) {
      JsonValue sequence = piece.find("Sequence");
      if (sequence == null) {
        JsonValue name = piece.get("SpecialToken").get("id");
        addSpecial(processor, name, text ? behind : before);
      } else if (text || !sequence.get("id").asString().equals("A")) {
        throw sequence.get("id").refusal("the sequence A, once");
      } else {
        text = true;
      }
    }
    if (!text) {
      throw pieces.refusal("one with the sequence A");
    }
    return new SpecialFrame(before, behind);
  }

  private static void addSpecial(
      JsonValue processor, JsonValue name, List<SpecialFrame.Special> specials)
      throws ModelException {
    JsonValue special = processor.get("special_tokens").find(name.asString());
    if (special == null) {
      throw name.refusal("one of special_tokens");
    }
    List<JsonValue> ids = special.get("ids").elements();
    List<JsonValue> strings = special.get("tokens").elements();
    if (ids.size() != strings.size()) {
      throw special.get("tokens").refusal("as many as ids, " + ids.size());
    }
    for (int i = 0; i < ids.size(); i++) {
      int id = ids.get(i).asInt(0, Vocabulary.LARGEST_ID);
      specials.add(new SpecialFrame.Special(id, strings.get(i).asString()));
    }
  }
}
