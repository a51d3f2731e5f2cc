package io.tharsis.it.process;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@code tharsis serve} that really runs. Owned by the test that started it; ends with it, with
 * the thread that started it and with this JVM, whichever is first. Its stderr is appended to
 * {@code serve.txt} beside its data directory.
 */
public final class ServeProcess implements AutoCloseable {

  /** How long a start may take, on a machine that is busy. */
  public static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** How long a clean stop may take. */
  public static final Duration STOP_LIMIT = Duration.ofSeconds(90);

  private static final String READY = "ready ";
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

  private final ServePlan plan;
  private final Process process;
  private final Path diagnostics;
  private final long diagnosticsFrom;
  private final Map<String, CompletableFuture<IscsiUrl>> urls = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> outputEnded = new CompletableFuture<>();
  private final Thread hook;

  private ServeProcess(ServePlan plan, Process process, Path diagnostics, long diagnosticsFrom) {
    this.plan = plan;
    this.process = process;
    this.diagnostics = diagnostics;
    this.diagnosticsFrom = diagnosticsFrom;
    hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
  }

  /** Starts it and does not wait for anything. */
  public static ServeProcess start(ServePlan plan) throws IOException {
    Path diagnostics = plan.data().resolveSibling("serve.txt");
    Files.write(diagnostics, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    long from = Files.size(diagnostics);
    Process process =
        new ProcessBuilder(Program.guarded(plan.words(Checkout.find())))
            .redirectError(ProcessBuilder.Redirect.appendTo(diagnostics.toFile()))
            .redirectInput(new File("/dev/null"))
            .start();
    ServeProcess serve = new ServeProcess(plan, process, diagnostics, from);
    Runtime.getRuntime().addShutdownHook(serve.hook);
    Thread.ofVirtual().start(serve::listen);
    return serve;
  }

  /** Starts it and waits until all its resources are ready. */
  public static ServeProcess ready(ServePlan plan) throws IOException {
    ServeProcess serve = start(plan);
    try {
      for (String resource : plan.resources()) {
        serve.url(resource.substring(0, resource.indexOf('=')));
      }
      return serve;
    } catch (IOException | RuntimeException | Error e) {
      serve.close();
      throw e;
    }
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          IscsiUrl url = IscsiUrl.parse(line.substring(READY.length()).strip());
          urlOf(nameIn(url)).complete(url);
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // its end of the pipe is gone: it was killed
    } finally {
      outputEnded.complete(null);
    }
  }

  private static String nameIn(IscsiUrl url) {
    return url.target().substring(url.target().indexOf(':') + 1);
  }

  private CompletableFuture<IscsiUrl> urlOf(String resource) {
    return urls.computeIfAbsent(resource, _ -> new CompletableFuture<>());
  }

  /**
   * Waits until a resource can be used.
   *
   * @throws IOException where the process ends without it, or does not get there in time; with what
   *     it said
   */
  public IscsiUrl url(String resource) throws IOException {
    CompletableFuture<IscsiUrl> url = urlOf(resource);
    try {
      Object _ =
          CompletableFuture.anyOf(url, outputEnded)
              .get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!url.isDone()) {
        throw new IOException("ended before " + resource + " was ready: " + said());
      }
      return url.join();
    } catch (TimeoutException | ExecutionException late) {
      throw new IOException(resource + " is not ready in time: " + said(), late);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Whether a resource was announced so far. */
  public boolean isReady(String resource) {
    return urlOf(resource).isDone();
  }

  /** What it was started with. */
  public ServePlan plan() {
    return plan;
  }

  /** Its process id: launchers and prefixes become the JVM. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has said on stderr so far. */
  public String said() throws IOException {
    byte[] all = Files.readAllBytes(diagnostics);
    int from = (int) Math.min(diagnosticsFrom, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }

  /** Its diagnostics, line by line. */
  public List<String> saidLines() throws IOException {
    return said().lines().toList();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws IOException {
    process.destroyForcibly();
    awaitExit(KILL_LIMIT);
  }

  /** SIGTERM; does not wait. */
  public void terminate() {
    process.destroy();
  }

  /** SIGTERM, and the exit status that follows. */
  public int stop() throws IOException {
    terminate();
    return awaitExit(STOP_LIMIT);
  }

  /**
   * Waits for the end.
   *
   * @return the exit status
   */
  public int awaitExit(Duration limit) throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("does not end within " + limit + ": " + said());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", e);
  }

  @Override
  public void close() throws IOException {
    kill();
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
