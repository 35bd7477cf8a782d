package io.headstream.job.app.view;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A headless Chromium of its own, driven by its DevTools protocol, with one tab. Which program it
 * is says the system property {@code headstream.browser}.
 */
final class Browser implements AutoCloseable {
  private static final String PROGRAM = System.getProperty("headstream.browser", "chromium");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<JsonNode>> events = new ConcurrentHashMap<>();
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
  private final String session;

  /**
   * Starts the browser.
   *
   * @param profile an empty folder for what it keeps
   */
  Browser(Path profile) throws Exception {
    process =
        new ProcessBuilder(
                PROGRAM,
                "--headless=new",
                "--no-sandbox", // for tests that run as root
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("browser.log").toFile())
            .start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address(profile)), new Messages())
            .get(SECONDS, TimeUnit.SECONDS);
    JsonNode target = call(null, "Target.createTarget", Map.of("url", "about:blank"));
    session =
        call(
                null,
                "Target.attachToTarget",
                Map.of("targetId", target.get("targetId").asText(), "flatten", true))
            .get("sessionId")
            .asText();
    for (String domain : new String[] {"Page", "Runtime", "Log", "Network"}) {
      call(domain + ".enable", Map.of());
    }
  }

  /** The browser writes its port and path into a file once it listens. */
  private String address(Path profile) throws Exception {
    Path file = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            PROGRAM + " did not start: " + Files.readString(profile.resolve("browser.log")));
      }
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    List<String> lines = Files.readAllLines(file);
    return "ws://127.0.0.1:" + lines.get(0) + lines.get(1);
  }

  /** Opens a page and waits until it has loaded. */
  void open(URI page) throws Exception {
    CompletableFuture<JsonNode> loaded = new CompletableFuture<>();
    events.put("Page.loadEventFired", loaded);
    call("Page.navigate", Map.of("url", page.toString()));
    loaded.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Makes the window as large, in CSS pixels, with light or dark colours. */
  void window(int width, int height, boolean mobile, boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            width,
            "height",
            height,
            "deviceScaleFactor",
            mobile ? 2 : 1,
            "mobile",
            mobile));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  /** The value of a JavaScript expression in the page. */
  JsonNode value(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.get("result").path("value");
  }

  /** Moves the mouse to a place of the window. */
  void moveMouse(double x, double y) throws Exception {
    call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
  }

  /** Presses and releases a key, such as {@code ArrowDown}. */
  void press(String key) throws Exception {
    for (String type : new String[] {"keyDown", "keyUp"}) {
      call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key));
    }
  }

  /** A picture of the whole page, as PNG. */
  byte[] screenshot() throws Exception {
    JsonNode shot =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    return Base64.getDecoder().decode(shot.get("data").asText());
  }

  /** What the page wrote to the console, what it threw, and what it asked of the network. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    return call(session, method, parameters);
  }

  private JsonNode call(String inSession, String method, Map<String, ?> parameters)
      throws Exception {
    int id = calls.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (inSession != null) {
      message.put("sessionId", inSession);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(message.toString(), true).get(SECONDS, TimeUnit.SECONDS);
    JsonNode answered = answer.get(SECONDS, TimeUnit.SECONDS);
    if (answered.has("error")) {
      throw new IOException(method + ": " + answered.get("error"));
    }
    return answered.get("result");
  }

  @Override
  public void close() throws Exception {
    try {
      socket.abort();
    } finally {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** Puts together what comes in pieces, and gives it to who waits for it. */
  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence piece, boolean last) {
      text.append(piece);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        take(whole);
      }
      from.request(1);
      return null;
    }

    private void take(String text) {
      JsonNode message;
      try {
        message = JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(text, e);
      }
      if (message.has("id")) {
        answers.remove(message.get("id").asInt()).complete(message);
        return;
      }
      String method = message.path("method").asText();
      JsonNode parameters = message.path("params");
      boolean asksNetwork =
          method.equals("Network.requestWillBeSent")
              && parameters.path("request").path("url").asText().startsWith("http");
      if (asksNetwork
          || method.equals("Runtime.exceptionThrown")
          || method.equals("Runtime.consoleAPICalled")
          || method.equals("Page.javascriptDialogOpening")
          || method.equals("Log.entryAdded")) {
        complaints.add(parameters.toString());
      }
      CompletableFuture<JsonNode> waiting = events.remove(method);
      if (waiting != null) {
        waiting.complete(parameters);
      }
    }
  }
}
