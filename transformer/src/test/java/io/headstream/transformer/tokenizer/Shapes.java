package io.headstream.transformer.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Small tokenizer.json files in the shapes that the families of models have. */
final class Shapes {
  private static final String LATER_PATTERN =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> ALL = new LinkedHashMap<>();

  static {
    ALL.put("bert", bert(true, "null", true, true));
    ALL.put("bert-cased", bert(false, "null", true, true));
    ALL.put("bert-accents", bert(true, "false", true, false));
    ALL.put("bert-raw", bert(false, "true", false, true));
    ALL.put("gpt2", gpt2(false));
    ALL.put("gpt2-prefix", gpt2(true));
    ALL.put("roberta", roberta(false));
    ALL.put("roberta-prefix", roberta(true));
    ALL.put("llama3", later("null", LATER_PATTERN, true, llama3Processor()));
    String one = LATER_PATTERN.replace("{1,3}", "");
    ALL.put("qwen2", later("{\"type\":\"NFC\"}", one, false, byteLevel(false, false, false)));
    ALL.put("smollm", smollm());
    ALL.put("llama2", llama2());
    ALL.put("mistral", mistral("first", false, true, true));
    ALL.put("metaspace", mistral("always", true, false, false));
    ALL.put("metaspace-never", mistral("never", true, true, false));
  }

  private Shapes() {}

  /** All shapes by name. */
  static Map<String, String> all() {
    return ALL;
  }

  static String bert(boolean lowercase, String accents, boolean clean, boolean chinese) {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    for (String token : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
      vocab.put(token, vocab.size());
    }
    Set<String> pieces = new LinkedHashSet<>();
    for (int c = 0x21; c < 0x600; c++) {
      pieces.add(Character.toString(c));
    }
    for (String extra :
        List.of("\u4e2d", "\u6587", "\u1112\u1161\u11ab", "\ud55c", "\ud83d\ude00")) {
      pieces.add(extra);
    }
    for (String word : corpus()) {
      int[] chars = word.codePoints().toArray();
      for (int from = 0; from < chars.length; from++) {
        pieces.add(new String(chars, from, Math.min(chars.length - from, 3)));
      }
      pieces.add(word);
    }
    pieces.add("##s");
    for (String piece : pieces) {
      vocab.putIfAbsent(piece, vocab.size());
      if (piece.hashCode() % 4 != 0) {
        vocab.putIfAbsent("##" + piece, vocab.size());
      }
    }
    return file(
        added(
            vocab,
            "[PAD] special;[UNK] special;[CLS] special;[SEP] special;[MASK] special lstrip;"
                + "Newword normalized;caf\u00e9 normalized single_word;fine single_word rstrip"),
        ("{\"type\":\"BertNormalizer\",\"clean_text\":" + clean + ",\"handle_chinese_chars\":")
            + (chinese + ",\"strip_accents\":" + accents + ",\"lowercase\":" + lowercase + "}"),
        "{\"type\":\"BertPreTokenizer\"}",
        template("[CLS] 2", "[SEP] 3"),
        "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}",
        ("{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\",")
            + ("\"max_input_chars_per_word\":12,\"vocab\":" + json(vocab) + "}"));
  }

  static String gpt2(boolean prefix) {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    List<String> merges = trainedBytes(vocab);
    String added = added(vocab, "<|endoftext|> special;newword normalized;<mask> lstrip");
    String level = byteLevel(prefix, true, true);
    return file(added, "null", level, level, level, bpe(vocab, strings(merges), "", false));
  }

  static String roberta(boolean prefix) {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    for (String token : List.of("<s>", "<pad>", "</s>", "<unk>")) {
      vocab.put(token, vocab.size());
    }
    List<String> merges = trainedBytes(vocab);
    vocab.put("<mask>", vocab.size());
    String level = byteLevel(prefix, true, true);
    return file(
        added(
            vocab,
            "<s> special normalized;<pad> special normalized;</s> special normalized;"
                + "<unk> special normalized;<mask> special lstrip"),
        "null",
        level,
        "{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",0],"
            + ("\"trim_offsets\":true,\"add_prefix_space\":" + prefix + "}"),
        level,
        bpe(vocab, strings(merges), "", false));
  }

  static String later(String normalizer, String pattern, boolean whole, String processor) {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    List<String> merges = trainedBytes(vocab);
    if (whole) {
      vocab.put("zqzqzq", vocab.size()); // a word that no merge makes
      vocab.put("\u0120attentive", vocab.size());
    }
    String split =
        ("{\"type\":\"Split\",\"pattern\":{\"Regex\":" + json(pattern) + "},")
            + "\"behavior\":\"Isolated\",\"invert\":false}";
    return file(
        added(vocab, "<|endoftext|> special;<|eot|> special;newword single_word"),
        normalizer,
        ("{\"type\":\"Sequence\",\"pretokenizers\":[" + split + ",")
            + (byteLevel(false, true, false) + "]}"),
        processor.replace("BOS", String.valueOf(vocab.size())),
        byteLevel(true, true, true),
        bpe(
            vocab,
            whole ? pairs(merges) : strings(merges),
            "\"ignore_merges\":" + whole + ",",
            false));
  }

  static String smollm() {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    List<String> merges = trainedBytes(vocab);
    return file(
        added(vocab, "<|endoftext|> special"),
        "null",
        "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},"
            + (byteLevel(false, true, true) + "]}"),
        "null",
        byteLevel(true, true, true),
        bpe(vocab, strings(merges), "", false));
  }

  static String llama2() {
    Map<String, Integer> vocab = sentencePiece(256);
    List<String> merges = trained(vocab, spaced());
    return file(
        added(vocab, "<unk> special;<s> special;</s> special;newword normalized"),
        "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"\u2581\"},"
            + ("{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}]}"),
        "null",
        template("<s> 1", ""),
        "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"\u2581\"},"
            + "\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
            + "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}",
        bpe(vocab, strings(merges), "\"unk_token\":\"<unk>\",\"fuse_unk\":true,", true));
  }

  static String mistral(String scheme, boolean split, boolean fallback, boolean fuse) {
    Map<String, Integer> vocab = sentencePiece(fuse ? 256 : 0xd0);
    List<String> merges = trained(vocab, spaced());
    String metaspace =
        ("{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"" + scheme)
            + ("\",\"split\":" + split + "}");
    return file(
        added(vocab, "<unk> special;<s> special;</s> special rstrip;newword normalized lstrip"),
        "null",
        metaspace,
        template("<s> 1", "</s> 2"),
        metaspace,
        bpe(vocab, pairs(merges), "\"unk_token\":\"<unk>\",\"fuse_unk\":" + fuse + ",", fallback));
  }

  private static Map<String, Integer> sentencePiece(int bytes) {
    Map<String, Integer> vocab = new LinkedHashMap<>();
    for (String token : List.of("<unk>", "<s>", "</s>")) {
      vocab.put(token, vocab.size());
    }
    for (int b = 0; b < bytes; b++) {
      vocab.put(String.format("<0x%02X>", b), vocab.size());
    }
    vocab.put("\u2581", vocab.size());
    for (int c = 0x21; c < 0x250; c++) {
      vocab.putIfAbsent(Character.toString(c), vocab.size());
    }
    return vocab;
  }

  private static String llama3Processor() {
    return "{\"type\":\"Sequence\",\"processors\":["
        + (byteLevel(true, false, true).replace("\"trim_offsets\":false", "\"trim_offsets\":true"))
        + ("," + template("<|endoftext|> BOS", "") + "]}");
  }

  private static String byteLevel(boolean prefix, boolean trim, boolean regex) {
    return ("{\"type\":\"ByteLevel\",\"add_prefix_space\":" + prefix + ",\"trim_offsets\":" + trim)
        + (",\"use_regex\":" + regex + "}");
  }

  private static String template(String before, String behind) {
    String single = special(before) + sequence(before, behind) + special(behind);
    return ("{\"type\":\"TemplateProcessing\",\"single\":[" + single + "],\"pair\":[],")
        + ("\"special_tokens\":{" + specials(before))
        + ((before.isEmpty() || behind.isEmpty() ? "" : ",") + specials(behind) + "}}");
  }

  private static String sequence(String before, String behind) {
    return (before.isEmpty() ? "" : ",")
        + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}"
        + (behind.isEmpty() ? "" : ",");
  }

  private static String special(String token) {
    String name = token.split(" ")[0];
    return token.isEmpty() ? "" : "{\"SpecialToken\":{\"id\":\"" + name + "\",\"type_id\":0}}";
  }

  private static String specials(String token) {
    if (token.isEmpty()) {
      return "";
    }
    String name = token.split(" ")[0];
    String id = token.split(" ")[1];
    return ("\"" + name + "\":{\"id\":\"" + name + "\",\"ids\":[" + id + "],\"tokens\":[\"")
        + (name + "\"]}");
  }

  /** Tokens with their flags, such as {@code <s> special;<mask> special lstrip}. */
  private static String added(Map<String, Integer> vocab, String tokens) {
    List<Map<String, Object>> added = new ArrayList<>();
    int next = vocab.size();
    for (String token : tokens.split(";")) {
      String[] words = token.split(" ");
      List<String> flags = List.of(words);
      Map<String, Object> entry = new LinkedHashMap<>();
      Integer id = vocab.get(words[0]);
      entry.put("id", id == null ? next++ : id);
      entry.put("content", words[0]);
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
        entry.put(flag, flags.contains(flag));
      }
      added.add(entry);
    }
    return json(added);
  }

  private static String bpe(
      Map<String, Integer> vocab, String merges, String more, boolean fallback) {
    return ("{\"type\":\"BPE\",\"dropout\":null," + more + "\"byte_fallback\":" + fallback)
        + (",\"vocab\":" + json(vocab) + ",\"merges\":" + merges + "}");
  }

  private static String file(
      String added,
      String normalizer,
      String preTokenizer,
      String postProcessor,
      String decoder,
      String model) {
    return ("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":" + added)
        + (",\"normalizer\":" + normalizer + ",\"pre_tokenizer\":" + preTokenizer)
        + (",\"post_processor\":" + postProcessor + ",\"decoder\":" + decoder)
        + (",\"model\":" + model + "}");
  }

  private static List<String> trainedBytes(Map<String, Integer> vocab) {
    for (int b = 0; b < 256; b++) {
      vocab.put(String.valueOf(ByteLetters.letter(b)), vocab.size());
    }
    List<String> words = new ArrayList<>();
    for (String word : corpus()) {
      StringBuilder letters = new StringBuilder("\u0120");
      for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
        letters.append(ByteLetters.letter(b & 0xff));
      }
      words.add(letters.toString());
      words.add(letters.substring(1));
    }
    words.add("\u0120\u0120\u0120\u0120");
    words.add("\u010a\u010a");
    return trained(vocab, words);
  }

  private static List<String> spaced() {
    List<String> words = new ArrayList<>();
    corpus().forEach(word -> words.add("\u2581" + word));
    words.add("\u2581\u2581\u2581");
    words.add("the\u2581attention");
    return words;
  }

  /** Sennrich's training: the pair that is there most often, again and again. */
  private static List<String> trained(Map<String, Integer> vocab, List<String> corpus) {
    List<List<String>> words = new ArrayList<>();
    for (String word : corpus) {
      List<String> symbols = new ArrayList<>();
      word.codePoints().forEach(c -> symbols.add(Character.toString(c)));
      symbols.removeIf(symbol -> !vocab.containsKey(symbol));
      words.add(symbols);
    }
    List<String> merges = new ArrayList<>();
    while (merges.size() < 400) {
      Map<String, Integer> counts = new HashMap<>();
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(word.get(i) + " " + word.get(i + 1), 1, Integer::sum);
        }
      }
      String best = null;
      for (Map.Entry<String, Integer> entry : counts.entrySet()) {
        int order = best == null ? 1 : entry.getValue() - counts.get(best);
        if (order > 0 || order == 0 && entry.getKey().compareTo(best) < 0) {
          best = entry.getKey();
        }
      }
      if (best == null) {
        break;
      }
      merges.add(best);
      String[] pair = best.split(" ");
      vocab.putIfAbsent(pair[0] + pair[1], vocab.size());
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i).equals(pair[0]) && word.get(i + 1).equals(pair[1])) {
            word.set(i, pair[0] + pair[1]);
            word.remove(i + 1);
          }
        }
      }
    }
    return merges;
  }

  private static List<String> corpus() {
    Texts texts = new Texts(1);
    Map<String, Integer> words = new LinkedHashMap<>();
    for (int i = 0; i < 60; i++) {
      for (String word : texts.next().split("[\\s\u2581]+")) {
        if (!word.isEmpty() && !word.contains("<") && !word.contains("[")) {
          words.merge(word, 1, Integer::sum);
        }
      }
    }
    return new ArrayList<>(words.keySet());
  }

  private static String strings(List<String> merges) {
    return json(merges);
  }

  private static String pairs(List<String> merges) {
    return json(merges.stream().map(merge -> merge.split(" ")).toList());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
