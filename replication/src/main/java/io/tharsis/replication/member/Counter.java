package io.tharsis.replication.member;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.fetch.FetchLimits;
import io.tharsis.replication.fetch.Shipment;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.sync.SyncSource;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Where other members get log and chunks from this replica. Lives on the resource's owner. */
final class Counter {

  private static final String CLOSED = "the replica is closed";

  /** What a replica hears of those who come here. */
  interface Listener {
    /** A member has everything below its durable LSN on stable storage. */
    void progressed(UUID member, LogMessage.Progress progress);

    /** A member has more of our newest epoch than is durable here. */
    void ahead(UUID member, long lsn);

    /** The log is rotten at a place that a member needs. */
    default void damaged(long lsn) {}

    /** A member that fetches log has come or gone. */
    default void linksChanged() {}
  }

  private final SyncSource.Replica replica;
  private final LinkHome home;
  private final Allowance allowance;
  private final Codec codec;
  private final FetchLimits limits;
  private final Listener listener;
  private final List<Shipment> shipments = new ArrayList<>();
  private final List<SyncSource> syncs = new ArrayList<>();
  private Optional<Async<Void>> closing = Optional.empty();
  private Optional<IOException> unreadable = Optional.empty();
  private long hybridTime;

  Counter(
      SyncSource.Replica replica, ReplicaSetting setting, ReplicaSeams seams, Listener listener) {
    this.replica = replica;
    this.home = seams.home();
    this.allowance = seams.allowance();
    this.codec = setting.codec();
    this.limits = setting.fetch();
    this.listener = listener;
  }

  private ReadableLog log() {
    return replica.log();
  }

  /** Decides about a link that another node opens about this resource. */
  Acceptance accept(Hello.Purpose purpose) {
    if (closing.isPresent()) {
      return new Acceptance.Refused(RefusalCode.NOT_SERVING, "the replica is being closed");
    }
    return switch (purpose.linkClass()) {
      case LOG ->
          new Acceptance.Accepted(
              home,
              new Shipment(
                  log(),
                  limits,
                  codec,
                  new Shipment.Sending(home.clock(), this::hybridTime, allowance),
                  new LogCustomer()));
      case SYNC ->
          new Acceptance.Accepted(
              home, new SyncSource(replica, codec, allowance, new SyncCustomer()));
      case VOLUME -> new Acceptance.Refused(RefusalCode.NOT_SERVING, "nothing is served here");
      case CONTROL, JOIN ->
          new Acceptance.Refused(RefusalCode.UNKNOWN_CLASS, "such a link is not about a resource");
    };
  }

  /** Counted from when they are there: a link that was accepted may still come to nothing. */
  private final class LogCustomer implements Shipment.Listener {
    @Override
    public void begun(Shipment shipment) {
      shipments.add(shipment);
      if (closing.isPresent()) {
        shipment.stop(CLOSED);
      }
      listener.linksChanged();
    }

    @Override
    public void progressed(UUID member, LogMessage.Progress progress) {
      listener.progressed(member, progress);
    }

    @Override
    public void ahead(UUID member, long lsn) {
      listener.ahead(member, lsn);
    }

    @Override
    public void unreadable(IOException cause) {
      unreadable = Optional.of(cause);
      if (cause instanceof LogDamage damage) {
        damage.lsn().ifPresent(listener::damaged);
      }
    }

    @Override
    public void ended(Shipment shipment) {
      shipments.remove(shipment);
      listener.linksChanged();
      closeIfQuiet();
    }
  }

  private final class SyncCustomer implements SyncSource.Listener {
    @Override
    public void begun(SyncSource source) {
      syncs.add(source);
      if (closing.isPresent()) {
        source.stop(CLOSED);
      }
    }

    @Override
    public void ended(SyncSource source) {
      syncs.remove(source);
      closeIfQuiet();
    }
  }

  /** The hybrid clock of this resource at this node. */
  long hybridTime() {
    hybridTime = HybridClock.next(home.clock().wallMillis(), hybridTime);
    return hybridTime;
  }

  /** Why a part of the log could not be read for a member. */
  Optional<String> unreadable() {
    return unreadable.map(IOException::getMessage);
  }

  /** The log has become durable up to another place. */
  void durableMoved() {
    List.copyOf(shipments).forEach(Shipment::durableMoved);
  }

  /** Whether a member fetches log here. */
  boolean isLinked(UUID member) {
    return shipments.stream().anyMatch(shipment -> shipment.isTo(member));
  }

  /** What a member that comes here has said so far counts no more; it may come again. */
  void forget(UUID member) {
    List.copyOf(shipments).stream()
        .filter(shipment -> shipment.isTo(member))
        .forEach(shipment -> shipment.stop("it begins anew"));
  }

  /** Serves nobody any more; succeeds when nothing of the resource is being read for others. */
  Async<Void> close() {
    Async<Void> closed = new Async<>();
    closing = Optional.of(closed);
    List.copyOf(shipments).forEach(shipment -> shipment.stop(CLOSED));
    List.copyOf(syncs).forEach(source -> source.stop(CLOSED));
    home.owner().execute(this::closeIfQuiet);
    return closed;
  }

  private void closeIfQuiet() {
    if (shipments.isEmpty() && syncs.isEmpty()) {
      closing.filter(it -> !it.isDone()).ifPresent(it -> it.succeed(null));
    }
  }
}
