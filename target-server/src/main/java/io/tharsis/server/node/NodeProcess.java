package io.tharsis.server.node;

import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;

/**
 * A node as a process: from the words on the command line to the exit status. SIGTERM and SIGINT
 * stop it cleanly, with status 0; a second one ends it at once.
 */
public final class NodeProcess {

  /** Everything that was asked for was done. */
  public static final int OK = 0;

  /** The node, or all of its resources, could not be served. */
  public static final int FAILED = 1;

  /** The command line made no sense. */
  public static final int USAGE = 2;

  /** Longer than finishing commands and draining the log take by their own limits. */
  private static final long STOP_LIMIT_SECONDS = 90;

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.tharsis");

  /** What else is done while the node runs. */
  public interface Company {
    /** Nothing else. */
    Company NONE =
        new Company() {
          @Override
          public void ready(ResourceSpec resource, HostPort portal) {}

          @Override
          public void accompany(Node node) {}
        };

    /** A resource can be used. */
    void ready(ResourceSpec resource, HostPort portal);

    /** The node runs; returns when the company has nothing more to do. */
    void accompany(Node node) throws InterruptedException;
  }

  private final NodeConfig config;
  private final Company company;

  /** Done when {@link Node#start} has ended, with the node or with nothing. */
  private final CompletableFuture<Optional<Node>> started = new CompletableFuture<>();

  private NodeProcess(NodeConfig config, Company company) {
    this.config = config;
    this.company = company;
  }

  /** Runs what the words say until a signal ends the process, or returns why it could not. */
  public static int run(NodeArguments words, Company company) {
    return switch (words.read()) {
      case NodeArguments.Reading.Refused refused -> refuse(refused.problems());
      case NodeArguments.Reading.Understood understood ->
          new NodeProcess(understood.config(), company).run();
    };
  }

  private static int refuse(List<Refusal> problems) {
    problems.forEach(problem -> System.err.println("tharsis: " + problem));
    return USAGE;
  }

  private int run() {
    Diagnostics.install();
    Thread hook = Thread.ofPlatform().name("stop").unstarted(this::stopOnSignal);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Node node = Node.start(config, new Announcer());
      started.complete(Optional.of(node));
      if (node.servedCount() > 0) {
        company.accompany(node);
        // a signal ends the process from here on
        new CountDownLatch(1).await();
      }
      LOG.log(System.Logger.Level.ERROR, "no resource can be served");
      node.close();
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
      Optional<Node> node = started.join();
      if (node.isPresent()) {
        node.get().close();
      }
      Diagnostics.last(Level.INFO, "stopped");
      return OK;
    } catch (IOException cause) {
      Diagnostics.last(Level.SEVERE, "stopped, but not cleanly: " + WorldFailure.describe(cause));
      return FAILED;
    }
  }

  private final class Announcer implements Node.Listener {
    @Override
    public void ready(ResourceSpec resource, HostPort portal) {
      System.out.println("ready iscsi://" + portal + "/" + resource.targetName() + "/0");
      System.out.flush();
      company.ready(resource, portal);
    }

    @Override
    public void lost(ResourceSpec resource, String what) {
      LOG.log(
          System.Logger.Level.WARNING, "resource {0}: loss accepted: {1}", resource.name(), what);
    }

    @Override
    public void failed(ResourceSpec resource, IOException cause) {
      LOG.log(
          System.Logger.Level.ERROR,
          "resource {0} cannot be served: {1}",
          resource.name(),
          WorldFailure.describe(cause));
    }
  }
}
