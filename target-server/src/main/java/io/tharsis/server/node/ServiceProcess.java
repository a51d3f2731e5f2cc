package io.tharsis.server.node;

import io.tharsis.replication.control.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;

/**
 * A process that serves until a signal stops it: SIGTERM, SIGINT and SIGHUP stop it cleanly, with
 * status 0; a second one ends it at once.
 */
public final class ServiceProcess {

  /** Everything that was asked for was done. */
  public static final int OK = 0;

  /** Nothing could be served. */
  public static final int FAILED = 1;

  /** What was asked for made no sense. */
  public static final int USAGE = 2;

  /** Longer than finishing commands and draining the log take by their own limits. */
  private static final long STOP_LIMIT_SECONDS = 90;

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.tharsis");

  /** What the process does. */
  public interface Service {
    /**
     * Begins to serve.
     *
     * @return what ends it
     */
    NodeGround.Closing start() throws IOException;

    /** Goes on; returns only when there is nothing that can be served. */
    void serve() throws InterruptedException;
  }

  private final Service service;

  /** Done when starting has ended, well or with nothing. */
  private final CompletableFuture<Optional<NodeGround.Closing>> started = new CompletableFuture<>();

  private ServiceProcess(Service service) {
    this.service = service;
  }

  /** Serves until a signal ends the process, or returns the exit status if it cannot. */
  public static int run(Service service) {
    return new ServiceProcess(service).run();
  }

  /** Says what makes no sense, and gives the exit status for that. */
  public static int refuse(List<Refusal> problems) {
    problems.forEach(problem -> System.err.println("tharsis: " + problem));
    return USAGE;
  }

  private int run() {
    Diagnostics.install();
    Thread hook = Thread.ofPlatform().name("stop").unstarted(this::stopOnSignal);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      NodeGround.Closing end = service.start();
      started.complete(Optional.of(end));
      service.serve();
      end.close();
    } catch (IOException cause) {
      LOG.log(System.Logger.Level.ERROR, WorldFailure.describe(cause));
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    } finally {
      started.complete(Optional.empty());
    }
    return withdraw(hook);
  }

  /** The end is ours, not a signal's; if one came meanwhile, its hook decides the exit status. */
  private static int withdraw(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyStopping) {
      return FAILED;
    }
    return FAILED;
  }

  private void stopOnSignal() {
    StopSignal.letNextOneKill();
    Diagnostics.last(Level.INFO, "stopping");
    CompletableFuture<Integer> stopped = new CompletableFuture<>();
    Thread.ofVirtual().name("stopping").start(() -> stopped.complete(stop()));
    int status = FAILED;
    try {
      status = stopped.get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      Diagnostics.last(
          Level.SEVERE, "not stopped after " + STOP_LIMIT_SECONDS + " s; the log has everything");
    } catch (InterruptedException | ExecutionException unexpected) {
      Diagnostics.last(Level.SEVERE, "stopping failed: " + unexpected);
    }
    Runtime.getRuntime().halt(status);
  }

  private int stop() {
    try {
      Optional<NodeGround.Closing> end = started.join();
      if (end.isPresent()) {
        end.get().close();
      }
      Diagnostics.last(Level.INFO, "stopped");
      return OK;
    } catch (IOException cause) {
      Diagnostics.last(Level.SEVERE, "stopped, but not cleanly: " + WorldFailure.describe(cause));
      return FAILED;
    }
  }
}
