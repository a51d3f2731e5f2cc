package io.tharsis.server.cluster;

import io.tharsis.server.config.NodeFile;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** {@code tharsis node} as a process: from the data directory to the exit status. */
public final class NodeDaemonProcess implements ServiceProcess.Service {

  private final NodeDaemon.Plan plan;

  private NodeDaemonProcess(NodeDaemon.Plan plan) {
    this.plan = plan;
  }

  /**
   * Runs the node of a data directory until a signal ends the process, or returns why it could not.
   *
   * @param data the directory; made if its parent is there
   * @param program version of the program, for people
   */
  public static int run(Path data, String program) {
    return switch (NodeFile.read(data)) {
      case NodeFile.Reading.Refused refused -> ServiceProcess.refuse(refused.problems());
      case NodeFile.Reading.Understood understood ->
          ServiceProcess.run(
              new NodeDaemonProcess(new NodeDaemon.Plan(data, understood.settings(), program)));
    };
  }

  @Override
  public NodeGround.Closing start() throws IOException {
    return NodeDaemon.start(plan, NodeDaemonProcess::say);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  @Override
  public void serve() throws InterruptedException {
    // a signal ends the process
    new CountDownLatch(1).await();
  }
}
