package io.tharsis.it.cluster;

import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A cluster of two nodes, alpha and beta, whose line to each other can be cut and healed. Owned by
 * the thread that made it.
 */
final class TornPair implements AutoCloseable {

  private final Path directory;
  private final RelayedPlace atAlpha;
  private final RelayedPlace atBeta;
  private final TestNode alpha;
  private final TestNode beta;

  /**
   * Starts the nodes and joins them.
   *
   * @param name of its directory below {@code it/work}
   */
  TornPair(String name) throws IOException {
    directory = Checkout.find().workDirectory(name);
    atAlpha = new RelayedPlace();
    atBeta = new RelayedPlace();
    alpha = TestNode.begin(directory, "alpha", atAlpha, "64MiB");
    beta = TestNode.begin(directory, "beta", atBeta, "64MiB");
    try {
      alpha.awaitReady();
      beta.awaitReady();
      alpha.tell("create-cluster");
      alpha.invite(beta);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  TestNode alpha() {
    return alpha;
  }

  TestNode beta() {
    return beta;
  }

  /** From here on nothing passes between them. */
  void cut() {
    atAlpha.cut();
    atBeta.cut();
  }

  /** Ends {@link #cut}, and waits until they have a link. */
  void heal() throws IOException {
    atAlpha.heal();
    atBeta.heal();
    alpha.awaitLink(beta);
    beta.awaitLink(alpha);
  }

  /** Stops both in order and removes what they have left. */
  void end() throws IOException {
    for (TestNode node : List.of(alpha, beta)) {
      node.stop();
    }
    close();
    Checkout.remove(directory);
  }

  @Override
  public void close() throws IOException {
    alpha.close();
    beta.close();
    atAlpha.cut();
    atBeta.cut();
  }
}
