package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/**
 * All that a JobManager shows by REST: every address that it says, in its log, to answer GET under,
 * with every ID that it knows.
 */
final class RestPages {
  private static final Pattern REGISTERED = Pattern.compile("under GET@(/v1\\S*)\\.\\s");
  private static final Pattern PARAMETER = Pattern.compile(":([A-Za-z]+)");

  private final FlinkRest rest;
  private final Map<String, String> pages = new TreeMap<>();

  private RestPages(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * Reads them while a job runs.
   *
   * @return each address with what it brings; none of those whose IDs nobody has, such as the
   *     trigger of a savepoint
   */
  static Map<String, String> of(FlinkRest rest, Path jobManagerLog)
      throws IOException, InterruptedException {
    RestPages all = new RestPages(rest);
    Matcher registered = REGISTERED.matcher(Files.readString(jobManagerLog));
    while (registered.find()) {
      // These two change something although they answer GET.
      if (!registered.group(1).contains("/yarn-")) {
        all.read(registered.group(1), new HashMap<>());
      }
    }
    return all.pages;
  }

  /** What is said of the failures of all jobs; nothing while nobody answers. */
  static String exceptions(FlinkRest rest) throws InterruptedException {
    StringBuilder all = new StringBuilder();
    try {
      for (JsonNode job : rest.get("/jobs").path("jobs")) {
        all.append(rest.text("/jobs/" + job.path("id").asText() + "/exceptions"));
      }
    } catch (IOException e) {
      // Then there is more to come.
    }
    return all.toString();
  }

  private void read(String template, Map<String, String> ids)
      throws IOException, InterruptedException {
    Matcher parameter = PARAMETER.matcher(template);
    if (!parameter.find()) {
      pages.put(template, rest.text(template));
      return;
    }
    for (String value : values(parameter.group(1), template, ids)) {
      Map<String, String> known = new HashMap<>(ids);
      known.put(parameter.group(1), value);
      read(template.replace(parameter.group(), value), known);
    }
  }

  private List<String> values(String parameter, String template, Map<String, String> ids)
      throws IOException, InterruptedException {
    return switch (parameter) {
      case "applicationid" -> each("/applications/overview", "applications", "id");
      case "jobid" -> each("/jobs", "jobs", "id");
      case "vertexid" -> each("/jobs/" + ids.get("jobid"), "vertices", "id");
      case "taskmanagerid" -> each("/taskmanagers", "taskmanagers", "id");
      case "checkpointid" -> each("/jobs/" + ids.get("jobid") + "/checkpoints", "history", "id");
      case "subtaskindex", "attempt" -> List.of("0");
      case "filename" ->
          each(template.substring(0, template.indexOf("/:filename")), "logs", "name");
      default -> List.of();
    };
  }

  private List<String> each(String path, String list, String field)
      throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    for (JsonNode element : rest.get(path).path(list)) {
      found.add(element.path(field).asText());
    }
    return found;
  }
}
