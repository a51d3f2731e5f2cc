package io.tharsis.replication.member;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkIdentity;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** A simulated host with one replica of one resource, started and ended time and again. */
final class SimReplicaNode {

  static final int CELL = 4096;
  static final int CELLS = 512;
  static final long VOLUME_BYTES = (long) CELL * CELLS;
  private static final int PORT = 7777;

  private final Simulation simulation;
  private final SimNet net;
  private final SimHost host;
  private final LogLimits limits;
  private Optional<NodeLinks> links = Optional.empty();
  private Function<Hello.Purpose, Acceptance> door = SimReplicaNode::shut;
  private Optional<PrimaryReplica> primary = Optional.empty();
  private Optional<SecondaryReplica> secondary = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private final List<UUID> sacrificed = new ArrayList<>();

  SimReplicaNode(Simulation simulation, SimNet net, String name, LogLimits limits) {
    this.simulation = simulation;
    this.net = net;
    this.host = simulation.host(name);
    this.limits = limits;
  }

  private static Acceptance shut(Hello.Purpose purpose) {
    return new Acceptance.Refused(RefusalCode.NOT_SERVING, "not open");
  }

  String name() {
    return host.name();
  }

  UUID id() {
    return new UUID(0x4E, host.name().hashCode());
  }

  SimHost host() {
    return host;
  }

  SimMedium disk() {
    return host.disk("disk", VOLUME_BYTES);
  }

  FetchSource source() {
    return new FetchSource(id(), SimNet.address(name(), PORT));
  }

  boolean isUp() {
    return links.isPresent();
  }

  Optional<PrimaryReplica> primary() {
    return primary;
  }

  Optional<SecondaryReplica> secondary() {
    return secondary;
  }

  List<UUID> sacrificed() {
    return sacrificed;
  }

  Optional<String> failure() {
    return failure;
  }

  private ReplicaSeams boot() {
    SimOwner owner = host.owner();
    LinkHome home = new LinkHome(owner, host.clock());
    UUID incarnation = new UUID(id().getLeastSignificantBits(), host.incarnation());
    NodeLinks made =
        new NodeLinks(
            LinkIdentity.of(new Hello.Sender(LinkNode.CLUSTER, id(), name(), incarnation)),
            new NodeLinks.Environment(
                net.network(host, home, Optional.of(id())),
                home,
                LinkLimits.STANDARD,
                (_, _, words) -> failure = Optional.of(words)));
    links = Optional.of(made);
    door = SimReplicaNode::shut;
    owner.execute(() ->
        made.listen(SimNet.address("", PORT), home, (purpose, _) -> door.apply(purpose))
            .observe(at -> {}, cause -> failure = Optional.of(cause.toString())));
    Seams seams =
        new Seams(owner, host.clock(), host.entropy(), host.directory("resource-r").open(owner));
    return new ReplicaSeams(seams, made);
  }

  private ReplicaSetting setting(Disk disk) {
    WriterIdentity writer = new WriterIdentity(id(), name(), new UUID(0x1CL, host.incarnation()));
    LogConfig log = new LogConfig(limits, writer, false);
    return ReplicaSetting.of(
        new ResourceConfig("r", List.of(new VolumeConfig(disk, WriteCache.DURABLE)), log),
        Codec.LZ4);
  }

  void startPrimary(Map<UUID, Long> needed) {
    ReplicaSeams seams = boot();
    PrimaryReplica.Listener listener =
        new PrimaryReplica.Listener() {
          @Override
          public void sacrificed(UUID member, long neededLsn) {
            sacrificed.add(member);
          }

          @Override
          public void readmitted(UUID member, long neededLsn) {
            sacrificed.remove(member);
          }

          @Override
          public void ahead(UUID member, long lsn) {
            failure = Optional.of("a member is ahead at " + lsn);
          }

          @Override
          public void progressed() {}
        };
    open(
        disk -> PrimaryReplica.open(setting(disk), seams, needed, listener),
        opened -> {
          primary = Optional.of(opened);
          door = opened::accept;
        });
  }

  void startSecondary(LogStart start, Supplier<List<FetchSource>> sources, boolean permitted) {
    ReplicaSeams seams = boot();
    open(
        disk ->
            SecondaryReplica.join(
                setting(disk),
                start,
                seams,
                new SecondaryReplica.Sources(sources, sources),
                () -> {}),
        opened -> {
          secondary = Optional.of(opened);
          door = opened::accept;
          opened.permit(new SecondaryReplica.Permissions(permitted, true, permitted));
        });
  }

  private <T> void open(Function<Disk, Async<T>> opening, java.util.function.Consumer<T> opened) {
    int incarnation = host.incarnation();
    host.owner()
        .execute(() ->
            disk()
                .open(host.owner())
                .then(opening)
                .observe(
                    replica -> {
                      if (host.incarnation() == incarnation) {
                        opened.accept(replica);
                      }
                    },
                    cause -> failure = Optional.of("opening: " + cause)));
  }

  /** Runs on the owner in the next step. */
  void on(Runnable message) {
    host.owner().execute(message);
  }

  void crash(boolean power) {
    links = Optional.empty();
    primary = Optional.empty();
    secondary = Optional.empty();
    if (power) {
      host.powerFail();
    } else {
      host.kill();
      net.reap();
    }
  }

  /** Stops in order. */
  void stop() {
    List<Boolean> ended = new ArrayList<>();
    on(() -> {
      Async<Void> closing =
          primary
              .map(PrimaryReplica::close)
              .or(() -> secondary.map(SecondaryReplica::close))
              .orElseGet(Async::done);
      closing.observe(done -> ended.add(true), cause -> failure = Optional.of("closing: " + cause));
    });
    simulation.runUntil(() -> !ended.isEmpty() || failure.isPresent(), 5_000_000);
    links.ifPresent(it -> it.close("the node stops"));
    crash(false);
  }

  /** What the disk shows: the stamp of each cell, or -1 where a cell is not one write. */
  long[] content() {
    return stamps(ByteBuffer.wrap(disk().peek(new Range(0, VOLUME_BYTES))));
  }

  static long[] stamps(ByteBuffer bytes) {
    long[] stamps = new long[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      long first = bytes.getLong(cell * CELL);
      boolean whole = true;
      for (int at = 0; at < CELL; at += Long.BYTES) {
        whole &= bytes.getLong(cell * CELL + at) == first;
      }
      stamps[cell] = whole ? first : -1;
    }
    return stamps;
  }

  static LogLimits smallLimits() {
    LogLimits least = TestLog.LIMITS;
    return new LogLimits(
        least.logfileBytes(),
        least.workingSet(),
        256L << 20,
        least.batchBytes(),
        least.backlogBytes(),
        least.applyWindowBytes(),
        least.overlayMemoryBytes(),
        least.applyDelay(),
        least.flushDelay(),
        least.flushBytes(),
        least.summaryBytes());
  }
}
