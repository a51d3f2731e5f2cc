package io.tharsis.server.cluster;

import io.tharsis.replication.node.Place;
import io.tharsis.replication.node.Premises;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.ResourceSite;
import io.tharsis.server.node.ResourceSpec;
import io.tharsis.server.ring.AppendMethod;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What this host has for replicas: its loops, dealt out in turn, the data directory, and the
 * portal. Belongs to the node's owner.
 */
final class HostPremises implements Premises {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private final Fittings fittings;

  /** Resources that initiators can reach, over all places. */
  private final AtomicInteger exported = new AtomicInteger();

  private int placed;

  /**
   * What places are made of.
   *
   * @param data the data directory
   * @param ground loops and portal; the first loop is the node's own
   * @param append how logs become durable
   * @param memory of all open replicas
   * @param explicitAccess whether initiators may move the role of primary
   * @param rim for files, where no thread of the replica's is there yet
   * @param ready told the name of the target when initiators can reach a resource
   */
  record Fittings(
      Path data,
      NodeGround ground,
      AppendMethod append,
      MemoryBudget memory,
      boolean explicitAccess,
      Rim rim,
      Consumer<String> ready) {}

  HostPremises(Fittings fittings) {
    this.fittings = fittings;
  }

  @Override
  public void note(Gravity gravity, String words) {
    System.Logger.Level level =
        switch (gravity) {
          case NEWS -> System.Logger.Level.INFO;
          case TROUBLE -> System.Logger.Level.WARNING;
        };
    LOG.log(level, "{0}", words);
  }

  @Override
  public Place place(String resource) {
    Path directory = ResourceSpec.directoryOf(resource, fittings.data);
    int turn = placed++ % fittings.ground.loops().spare();
    ResourceSite site =
        new ResourceSite(
            resource, directory, fittings.ground.loops().of(1 + turn), fittings.append);
    return new HostPlace(resource, site, fittings, exported);
  }
}
