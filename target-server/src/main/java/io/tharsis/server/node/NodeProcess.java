package io.tharsis.server.node;

import io.tharsis.replication.control.HostPort;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** {@code tharsis serve} as a process: from the words on the command line to the exit status. */
public final class NodeProcess {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.tharsis");

  private NodeProcess() {}

  /** Runs what the words say until a signal ends the process, or returns why it could not. */
  public static int run(NodeArguments words) {
    return switch (words.read()) {
      case NodeArguments.Reading.Refused refused -> ServiceProcess.refuse(refused.problems());
      case NodeArguments.Reading.Understood understood ->
          ServiceProcess.run(new Serving(understood.config()));
    };
  }

  private static final class Serving implements ServiceProcess.Service {
    private final NodeConfig config;
    private Optional<Node> running = Optional.empty();

    Serving(NodeConfig config) {
      this.config = config;
    }

    @Override
    public NodeGround.Closing start() throws IOException {
      Node node = Node.start(config, new Announcer());
      running = Optional.of(node);
      return node::close;
    }

    @Override
    public void serve() throws InterruptedException {
      Node node = running.orElseThrow();
      if (node.servedCount() > 0) {
        // a signal ends the process from here on
        new CountDownLatch(1).await();
      }
      LOG.log(System.Logger.Level.ERROR, "no resource can be served");
    }
  }

  private static final class Announcer implements Node.Listener {
    @Override
    public void ready(ResourceSpec resource, HostPort portal) {
      System.out.println("ready iscsi://" + portal + "/" + resource.targetName() + "/0");
      System.out.flush();
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
