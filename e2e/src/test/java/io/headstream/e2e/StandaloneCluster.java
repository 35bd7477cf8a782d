package io.headstream.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.util.FileUtils;

/**
 * A Flink cluster on this machine, each JobManager and TaskManager a process of its own, configured
 * by the project's {@code conf/config.yaml}.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Path LIB = property("e2e.lib");
  private static final Path CONFIGURATION = property("e2e.conf");
  private static final Path PACED = property("e2e.paced");
  private static final Path JAR = property("e2e.jar");

  /**
   * Restarts after a second, however often: what a job does whose faults are a minute apart, for
   * tests that have no minute to wait.
   */
  static final Map<String, String> RESTART_ALWAYS =
      Map.of(
          "restart-strategy.type", "fixed-delay",
          "restart-strategy.fixed-delay.attempts", "100000",
          "restart-strategy.fixed-delay.delay", "1 s");

  private final Path folder;
  private final Path temporary;
  private final Timeline timeline;
  private final FlinkInstallation flink;
  private final FlinkRest rest;
  private final Path pace;
  private final List<FlinkProcess> taskManagers = new ArrayList<>();
  private FlinkProcess jobManager;
  private int started;

  /**
   * A cluster that is not started yet.
   *
   * @param folder for everything that it writes
   * @param additions files of {@code conf/} whose lines come behind those of its config.yaml
   * @param overrides options beside those of ports, folders and patience
   */
  StandaloneCluster(
      Path folder, Timeline timeline, List<String> additions, Map<String, String> overrides)
      throws Exception {
    this.folder = Files.createDirectories(folder);
    this.timeline = timeline;
    Path conf = Files.createDirectories(folder.resolve("conf"));
    StringBuilder configuration =
        new StringBuilder(Files.readString(CONFIGURATION.resolve("config.yaml")));
    for (String addition : additions) {
      configuration.append('\n').append(Files.readString(CONFIGURATION.resolve(addition)));
    }
    Files.writeString(conf.resolve("config.yaml"), configuration);
    try (InputStream logging =
        StandaloneCluster.class.getResourceAsStream("/" + FlinkInstallation.LOGGING)) {
      Files.copy(logging, conf.resolve(FlinkInstallation.LOGGING));
    }
    Path logs = Files.createDirectories(folder.resolve("logs"));
    // RocksDB's log is named after the whole path, and a name has at most 255 characters.
    temporary = Files.createTempDirectory("e2e");
    int[] ports = freePorts(3);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("jobmanager.rpc.port", String.valueOf(ports[0]));
    options.put("rest.port", String.valueOf(ports[1]));
    options.put("blob.server.port", String.valueOf(ports[2]));
    options.put("io.tmp.dirs", temporary.toString());
    options.put("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
    options.put(
        "execution.checkpointing.savepoint-dir", folder.resolve("savepoints").toUri().toString());
    // A busy machine is no fault; and nobody wants to wait ten seconds for each result.
    options.put("heartbeat.timeout", "60s");
    options.put("pekko.startup-timeout", "60s");
    options.put("execution.checkpointing.interval", "500ms");
    options.putAll(overrides);
    this.pace = Files.createDirectories(folder.resolve("pace"));
    this.flink =
        new FlinkInstallation(List.of(LIB + "/*", PACED.toString()), conf, options, pace, logs);
    String certificates = options.get("security.ssl.rest.keystore");
    this.rest =
        new FlinkRest(
            ports[1], certificates == null ? null : Keystores.context(Path.of(certificates), true));
  }

  /** Starts the JobManager and waits until it answers. */
  void startJobManager() throws Exception {
    jobManager = start("jobmanager", flink.jobManager("jobmanager"));
    await("the JobManager to answer", () -> rest.taskManagers() >= 0);
  }

  /**
   * Starts a JobManager that runs Headstream alone, in application mode, and waits until it
   * answers.
   *
   * @param options of Headstream
   */
  void startApplication(String... options) throws Exception {
    jobManager =
        start(
            "jobmanager",
            flink.application("jobmanager", JAR, "io.headstream.job.app.Main", List.of(options)));
    await("the JobManager to answer", () -> rest.taskManagers() >= 0);
  }

  /** Starts TaskManagers and waits until the JobManager has them. */
  void startTaskManagers(int count) throws Exception {
    int present = rest.taskManagers();
    for (int i = 0; i < count; i++) {
      String name = "taskmanager-" + ++started;
      taskManagers.add(start(name, flink.taskManager(name)));
    }
    awaitTaskManagers(present + count);
  }

  /**
   * Starts a TaskManager that is not like the others and waits until the JobManager has it.
   *
   * @param prefix stands before its command
   * @param options beside those of the cluster
   */
  void startTaskManager(List<String> prefix, Map<String, String> options) throws Exception {
    int present = rest.taskManagers();
    String name = "taskmanager-" + ++started;
    List<String> command = new ArrayList<>(prefix);
    command.addAll(flink.with(options).taskManager(name));
    taskManagers.add(start(name, command));
    awaitTaskManagers(present + 1);
  }

  /** Waits until the JobManager has so many TaskManagers. */
  void awaitTaskManagers(int count) throws Exception {
    await(count + " TaskManagers", () -> rest.taskManagers() == count);
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    Await.until(
        what,
        LIMIT,
        () -> {
          for (FlinkProcess process : processes()) {
            if (!process.isAlive()) {
              throw new AssertionError(process.name() + " has ended, see " + flink.logs());
            }
          }
          return condition.call();
        });
    timeline.note("there: %s", what);
  }

  /** {@code kill -9} of a TaskManager; another is started in its place and not waited for. */
  void killTaskManager(int index) throws IOException {
    taskManagers.get(index).kill();
    String name = "taskmanager-" + ++started;
    taskManagers.set(index, start(name, flink.taskManager(name)));
  }

  /** {@code kill -9} of the JobManager; another is started in its place and not waited for. */
  void killJobManager() throws IOException {
    jobManager.kill();
    jobManager = start("jobmanager-" + ++started, flink.jobManager("jobmanager-" + started));
  }

  /**
   * How fast each process may read {@code paced:} files, from now on.
   *
   * @param bytesPerSecond 0 for as fast as can be
   */
  void pace(long bytesPerSecond) throws IOException {
    Files.writeString(pace.resolve("read"), String.valueOf(bytesPerSecond));
    timeline.note("paced input: %,d bytes a second", bytesPerSecond);
  }

  /** Lets an input that all TaskManagers read last at least so long. */
  void paceToLast(long bytes, Duration duration) throws IOException {
    pace(Math.max(1, bytes * 1000 / duration.toMillis() / Math.max(1, taskManagers.size())));
  }

  /** How fast each process may write {@code paced:} files, as {@link #pace} for reading. */
  void paceWrites(long bytesPerSecond) throws IOException {
    Files.writeString(pace.resolve("write"), String.valueOf(bytesPerSecond));
    timeline.note("paced store: %,d bytes a second", bytesPerSecond);
  }

  /**
   * Waits until all tasks of a job run.
   *
   * @param since milliseconds since 1970: a job that runs from before has not noticed the fault yet
   */
  void awaitRunning(String jobId, long since) throws Exception {
    await("all tasks of " + jobId, () -> rest.allTasksRun(jobId, since));
  }

  private FlinkProcess start(String name, List<String> command) throws IOException {
    FlinkProcess process = FlinkProcess.start(name, flink.logs(), Map.of(), command);
    timeline.note("%s started, process %d", name, process.pid());
    return process;
  }

  /**
   * {@code flink run -d -p PARALLELISM headstream.jar OPTIONS}; returns when the command has ended.
   *
   * @param options of Headstream
   */
  Submission submit(int parallelism, String... options) throws Exception {
    return run(List.of("-d", "-p", String.valueOf(parallelism)), options);
  }

  /** The same from a savepoint or a retained checkpoint. */
  Submission resume(String snapshot, int parallelism, String... options) throws Exception {
    return run(List.of("-d", "-p", String.valueOf(parallelism), "-s", snapshot), options);
  }

  private Submission run(List<String> flinkOptions, String... options) throws Exception {
    String name = "client-" + ++started;
    List<String> program = new ArrayList<>(List.of(JAR.toString()));
    program.addAll(List.of(options));
    List<String> command = flink.run(name, flinkOptions, program);
    Map<String, String> environment = Map.of("FLINK_CONF_DIR", flink.conf().toString());
    timeline.note("flink run %s %s", String.join(" ", flinkOptions), String.join(" ", options));
    try (FlinkProcess client = FlinkProcess.start(name, flink.logs(), environment, command)) {
      int exitCode = client.await(LIMIT);
      timeline.note("flink run ended with %d", exitCode);
      return new Submission(
          exitCode, Files.readString(client.stdout()), Files.readString(client.stderr()));
    }
  }

  /** Waits until a job has completed another checkpoint. */
  void awaitCheckpoint(String jobId) throws Exception {
    int before = rest.checkpoints(jobId, "completed");
    await("a checkpoint of " + jobId, () -> rest.checkpoints(jobId, "completed") > before);
  }

  /**
   * Does something that must go wrong, and waits until the JobManager's log names the cause.
   *
   * @param words of the cause
   */
  void awaitComplaint(String words, Strikes.Fault fault) throws Exception {
    Path log = jobManagerLog();
    long before = Files.size(log);
    fault.happen();
    await("the JobManager to say: " + words, () -> hasWords(log, before, words));
  }

  private static boolean hasWords(Path log, long from, String words) throws IOException {
    try (InputStream stream = Files.newInputStream(log)) {
      stream.skipNBytes(from);
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).contains(words);
    }
  }

  /**
   * Stops a job with a savepoint, without ending what has not ended.
   *
   * @param format {@code CANONICAL} or {@code NATIVE}
   * @return where it is
   */
  String stopWithSavepoint(String jobId, String format) throws Exception {
    String body = "{\"drain\": false, \"formatType\": \"%s\"}".formatted(format);
    String trigger =
        rest.send("POST", "/jobs/" + jobId + "/stop", body).path("request-id").asText();
    String answer = "/jobs/" + jobId + "/savepoints/" + trigger;
    JsonNode operation =
        Await.value(
                "a savepoint of " + jobId,
                LIMIT,
                () -> rest.get(answer),
                now -> now.path("status").path("id").asText().equals("COMPLETED"))
            .path("operation");
    if (!operation.path("location").isTextual()) {
      throw new AssertionError("no savepoint: " + operation.toPrettyString());
    }
    timeline.note("%s", operation.path("location").asText());
    awaitEnd(jobId, "FINISHED");
    return operation.path("location").asText();
  }

  /** Cancels a job and gives its newest checkpoint, which is retained. */
  String cancelAtCheckpoint(String jobId) throws Exception {
    rest.send("PATCH", "/jobs/" + jobId + "?mode=cancel", "");
    awaitEnd(jobId, "CANCELED");
    return rest.checkpoint(jobId);
  }

  /** Waits for a job to finish. */
  void awaitFinished(Submission submission) throws Exception {
    awaitFinished(submission.jobId());
  }

  /** Waits for a job to finish. */
  void awaitFinished(String jobId) throws Exception {
    awaitEnd(jobId, "FINISHED");
  }

  private void awaitEnd(String jobId, String wanted) throws Exception {
    String state;
    try {
      state = rest.end(jobId, LIMIT);
    } catch (AssertionError e) { // it may be failing again and again
      throw new AssertionError(e.getMessage() + ": " + rest.exceptions(jobId), e);
    }
    timeline.note("job %s is %s", jobId, state);
    if (!state.equals(wanted)) {
      throw new AssertionError("job %s is %s: %s".formatted(jobId, state, rest.exceptions(jobId)));
    }
  }

  /** An option that the processes are started with. */
  String option(String key) {
    return flink.overrides().get(key);
  }

  /** Where the processes keep what they need only while they run; gone when the cluster is. */
  Path temporary() {
    return temporary;
  }

  /** Where {@link io.headstream.e2e.hostile.Trap} leaves its mark. */
  Path trap() {
    return pace.resolve("trap-has-sprung");
  }

  /** The log of the JobManager that was started first. */
  Path jobManagerLog() {
    return logs().resolve("jobmanager.log");
  }

  /** Where all processes log, and their standard streams go. */
  Path logs() {
    return flink.logs();
  }

  FlinkRest rest() {
    return rest;
  }

  FlinkProcess jobManager() {
    return jobManager;
  }

  List<FlinkProcess> taskManagers() {
    return List.copyOf(taskManagers);
  }

  private List<FlinkProcess> processes() {
    List<FlinkProcess> all = new ArrayList<>(taskManagers);
    if (jobManager != null) {
      all.add(jobManager);
    }
    return all;
  }

  /** Kills everything. */
  @Override
  public void close() {
    for (FlinkProcess process : processes()) {
      process.close();
    }
    FileUtils.deleteDirectoryQuietly(temporary.toFile());
    timeline.note("all processes are gone");
  }

  /** Ports that nobody has, all different because all are held until the last is found. */
  static int[] freePorts(int count) throws IOException {
    int[] ports = new int[count];
    ServerSocket[] sockets = new ServerSocket[count];
    for (int i = 0; i < count; i++) {
      sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      ports[i] = sockets[i].getLocalPort();
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private static Path property(String name) {
    String value = System.getProperty(name);
    if (value == null || !Files.exists(Path.of(value))) {
      throw new IllegalStateException(
          "-D%s is %s, expected what mvn verify -Pe2e says".formatted(name, value));
    }
    return Path.of(value).toAbsolutePath().normalize();
  }
}
