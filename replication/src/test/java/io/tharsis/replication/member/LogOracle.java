package io.tharsis.replication.member;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.fetch.FetchState;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What must always be true of the logs of a primary and of those who follow it. */
final class LogOracle {

  private final LogBook book = new LogBook();
  private final Map<SimReplicaNode, Long> acknowledged = new LinkedHashMap<>();
  private final Map<SimReplicaNode, Long> compared = new LinkedHashMap<>();
  private Optional<PrimaryReplica> writer = Optional.empty();

  /** The primary sees its world as before, and the oracle what it does to its logfiles. */
  Planting watching(Planting planting) {
    return new Planting() {
      @Override
      public Disk disk(SimHost host, Disk disk) {
        return planting.disk(host, disk);
      }

      @Override
      public Function<Hello.Purpose, Acceptance> door(Function<Hello.Purpose, Acceptance> door) {
        return planting.door(door);
      }

      @Override
      public Store store(SimHost host, Store store) {
        return book.watched(
            planting.store(host, store),
            host.directory(SimReplicaNode.DIRECTORY),
            LogOracle.this::durableLsn);
      }
    };
  }

  /** The primary has been opened. */
  void opened(PrimaryReplica primary) {
    writer = Optional.of(primary);
  }

  /** What was durable at the last primary still is while the next one is being opened. */
  private long durableLsn() {
    return writer.map(it -> it.resource().readableLog().marks().durable()).orElse(0L);
  }

  /** Looks at the primary's log, before those who follow it are compared with it. */
  void look(SimReplicaNode primary) {
    book.note(primary.directory(), durableLsn());
  }

  /** The log of a secondary begins, or begins anew. */
  void begun(SimReplicaNode node, long baseLsn) {
    acknowledged.put(node, baseLsn);
  }

  /** A new process of a secondary begins. */
  void opening(SimReplicaNode node) {
    compared.remove(node);
  }

  /**
   * What is wrong with a secondary, if something is. Who counts is what was decided: the member has
   * everything below what the primary once knew that it had, and what is above that must still be
   * there.
   */
  Optional<String> objection(SimReplicaNode node, PrimaryReplica primary, boolean counting) {
    Optional.ofNullable(primary.needed().get(node.id()))
        .filter(lsn -> lsn != Retention.GIVEN_UP)
        .ifPresent(lsn -> acknowledged.merge(node, lsn, Math::max));
    long need = acknowledged.get(node);
    long retained = primary.resource().readableLog().marks().retained();
    if (counting && retained > need) {
      return Optional.of(" needs log from %d, which is gone below %d".formatted(need, retained));
    }
    return node.secondary()
        .filter(replica -> !node.isDamaged())
        .flatMap(replica -> objection(node, replica, counting));
  }

  private Optional<String> objection(
      SimReplicaNode node, SecondaryReplica replica, boolean counting) {
    long durable = replica.resource().log().marks().durable();
    Optional<String> copy =
        book.objection(
            node.directory(),
            replica.resource().staged().isPresent() ? "stage-" : "",
            compared.getOrDefault(node, 0L),
            durable);
    compared.put(node, durable);
    if (copy.isPresent()) {
      return copy.map(why -> ": " + why);
    }
    // what has lapsed had more, and begins anew where it is not kept; what it has is still ours
    if (durable < acknowledged.get(node) && !node.isLapsed()) {
      return Optional.of(
          " has log up to %d and had acknowledged %d".formatted(durable, acknowledged.get(node)));
    }
    FetchState state = replica.fetching().state();
    boolean wrong =
        state instanceof FetchState.Diverged
            || (state instanceof FetchState.Gone && counting && !node.isLapsed());
    return wrong ? Optional.of(", which was not given up: " + state) : Optional.empty();
  }
}
