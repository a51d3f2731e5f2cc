package io.tharsis.replication.member;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.FollowingResource;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A simulated host with one replica of one resource, started and ended time and again. It does what
 * a node does by itself: opens again what has stopped or could not be opened, and cuts a damaged
 * log because it knows another member.
 */
final class SimReplicaNode {

  static final String DIRECTORY = "resource-r";
  static final int CELL = 4096;
  static final int CELLS = 512;
  static final long VOLUME_BYTES = (long) CELL * CELLS;
  private static final int PORT = 7777;
  private static final Duration RETRY = Duration.ofMillis(500);

  /** How a secondary is opened. */
  enum Opening {
    /** As it is, or made if there is none. */
    AS_IT_IS,
    /** What is damaged is cut, and fetched again. */
    CUTTING,
    /** Whatever it was, it begins anew. */
    ANEW,
    /** It begins anew beside what it is, or as above if that cannot be done. */
    BESIDE
  }

  /** What a secondary is started with. */
  record Following(
      LogStart start,
      Optional<Delta> delta,
      Supplier<List<FetchSource>> sources,
      SecondaryReplica.Permissions may) {}

  private final Simulation simulation;
  private final SimNet net;
  private final SimHost host;
  private final LogLimits limits;
  private final Planting planting;
  private Optional<NodeLinks> links = Optional.empty();
  private Function<Hello.Purpose, Acceptance> door = SimReplicaNode::shut;
  private Optional<PrimaryReplica> primary = Optional.empty();
  private Optional<SecondaryReplica> secondary = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private Optional<Following> following = Optional.empty();
  private boolean damaged;
  private boolean troubled;
  private boolean useless;
  private Optional<Opening> beginning = Optional.empty();
  private boolean restarting;
  private long promotableLsn;
  private long stagedLsn;
  private boolean lapsed;

  SimReplicaNode(
      Simulation simulation, SimNet net, String name, LogLimits limits, Planting planting) {
    this.simulation = simulation;
    this.net = net;
    this.host = simulation.host(name);
    this.limits = limits;
    this.planting = planting;
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

  SimDirectory directory() {
    return host.directory(DIRECTORY);
  }

  /** Media of the files whose names begin so. */
  List<SimMedium> files(String prefix) {
    return directory().files().stream()
        .filter(name ->
            Stream.of("", "stage-", "side-").anyMatch(part -> name.startsWith(part + prefix)))
        .map(directory()::medium)
        .toList();
  }

  FetchSource source() {
    return new FetchSource(id(), SimNet.address(name(), PORT));
  }

  Optional<PrimaryReplica> primary() {
    return primary;
  }

  Optional<SecondaryReplica> secondary() {
    return secondary;
  }

  Optional<String> failure() {
    return failure;
  }

  /** Its media may have lost or changed what they had: it may have to fetch or sync again. */
  void damage() {
    damaged = true;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** Operations may fail from now on, or may not. */
  void trouble(boolean begins) {
    troubled = begins;
  }

  boolean isTroubled() {
    return troubled;
  }

  /**
   * Whether a stage was given up because its files could not be written: the copy beside which it
   * was counts again, and is as old as before. Nobody has counted the stage for more than its log.
   */
  boolean isLapsed() {
    return lapsed;
  }

  /** Nothing can be made of what it has: it must begin anew. */
  boolean isUseless() {
    return useless;
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
    return seams();
  }

  private ReplicaSeams seams() {
    SimOwner owner = host.owner();
    Seams seams =
        new Seams(
            owner, host.clock(), host.entropy(), planting.store(host, directory().open(owner)));
    return new ReplicaSeams(seams, links.orElseThrow());
  }

  private ReplicaSetting setting(Disk disk, boolean acceptLoss) {
    WriterIdentity writer = new WriterIdentity(id(), name(), new UUID(0x1CL, host.incarnation()));
    LogConfig log = new LogConfig(limits, writer, acceptLoss);
    return ReplicaSetting.of(
        new ResourceConfig("r", List.of(new VolumeConfig(disk, WriteCache.DURABLE)), log),
        Codec.LZ4);
  }

  void startPrimary(Map<UUID, Long> needed, PrimaryReplica.Listener listener) {
    ReplicaSeams seams = boot();
    host.owner()
        .execute(() ->
            opening(disk ->
                    PrimaryReplica.open(
                        setting(disk, false), seams, needed, Optional.empty(), listener))
                .observe(
                    opened -> {
                      primary = Optional.of(opened);
                      door = planting.door(opened::accept);
                    },
                    cause -> failure = Optional.of("opening " + name() + ": " + cause)));
  }

  /**
   * A new process opens the secondary, until it has succeeded. One that was to begin anew and has
   * not done so remembers that.
   */
  void startSecondary(Following how, Opening opening) {
    following = Optional.of(how);
    useless = false;
    if (opening == Opening.ANEW || (opening == Opening.BESIDE && beginning.isEmpty())) {
      beginning = Optional.of(opening);
    }
    boot();
    host.owner().execute(() -> openSecondary(beginning.orElse(opening)));
  }

  private void openSecondary(Opening opening) {
    Following how = following.orElseThrow();
    restarting = false;
    SecondaryReplica.Sources sources =
        new SecondaryReplica.Sources(how.sources(), how.sources(), () -> true);
    Ear ear = new Ear();
    opening(
            disk -> {
              ReplicaSetting setting = setting(disk, opening == Opening.CUTTING);
              return switch (opening) {
                case AS_IT_IS, CUTTING ->
                    SecondaryReplica.join(setting, how.start(), seams(), sources, ear);
                case ANEW ->
                    SecondaryReplica.rejoin(
                        setting,
                        new SecondaryReplica.Rejoin(how.start(), Optional.empty()),
                        seams(),
                        sources,
                        ear);
                case BESIDE ->
                    SecondaryReplica.beginBeside(
                        setting,
                        new SecondaryReplica.Rejoin(how.start(), how.delta()),
                        seams(),
                        sources,
                        ear);
              };
            })
        .observe(replica -> opened(opening, replica), cause -> notOpened(opening, cause));
  }

  private final class Ear implements SecondaryReplica.Listener {
    @Override
    public void progressed() {
      promotable();
    }

    @Override
    public void stopped(String reason) {
      boolean flips =
          secondary
              .flatMap(it -> it.resource().staged())
              .filter(FollowingResource.Staged::flipping)
              .isPresent();
      if (!troubled && !damaged && !flips) {
        failure = Optional.of(name() + " stopped: " + reason);
      }
      restart();
    }
  }

  private void opened(Opening opening, SecondaryReplica replica) {
    if (opening == Opening.ANEW) {
      damaged = false;
    }
    if (opening == Opening.ANEW || opening == Opening.BESIDE) {
      beginning = Optional.empty();
    }
    lapsed |=
        troubled
            && replica.resource().staged().isEmpty()
            && replica.resource().log().marks().durable() < stagedLsn;
    stagedLsn = 0;
    secondary = Optional.of(replica);
    door = replica::accept;
    replica.permit(following.orElseThrow().may());
  }

  private void notOpened(Opening opening, IOException cause) {
    boolean refused = cause instanceof LogDamage;
    if (opening == Opening.BESIDE && (refused || cause instanceof NoSpaceException)) {
      beginning = Optional.of(Opening.ANEW);
      openSecondary(Opening.ANEW);
    } else if (refused ? !damaged : !troubled) {
      failure = Optional.of("opening " + name() + " " + opening + ": " + cause);
    } else if (refused && opening == Opening.CUTTING) {
      useless = true;
    } else {
      Opening again = refused && opening == Opening.AS_IT_IS ? Opening.CUTTING : opening;
      host.clock().after(RETRY, () -> openSecondary(again));
    }
  }

  /** Closes what has stopped, and opens it again. */
  void restart() {
    if (restarting || secondary.isEmpty()) {
      return;
    }
    restarting = true;
    host.clock()
        .after(
            RETRY,
            () -> {
              Optional<SecondaryReplica> stopping = secondary;
              noteStage();
              secondary = Optional.empty();
              door = SimReplicaNode::shut;
              stopping
                  .orElseThrow()
                  .close()
                  .observe(
                      done -> openSecondary(Opening.AS_IT_IS),
                      cause -> openSecondary(Opening.AS_IT_IS));
            });
  }

  private <T> Async<T> opening(Function<Disk, Async<T>> opening) {
    return disk()
        .open(host.owner())
        .map(disk -> planting.disk(host, disk))
        .then(disk ->
            opening.apply(disk).orElse(cause -> disk.close().then(done -> Async.failed(cause))));
  }

  /** Everything below was in its log, with which it could have been promoted. */
  long promotableLsn() {
    promotable();
    return promotableLsn;
  }

  private void promotable() {
    secondary
        .filter(it -> it.resource().isConsistent() && it.resource().staged().isEmpty())
        .map(it -> it.resource().log().marks().durable())
        .ifPresent(lsn -> promotableLsn = Math.max(lsn, promotableLsn));
  }

  /** What it was counts no more: it begins anew. */
  void forget() {
    promotableLsn = 0;
    stagedLsn = 0;
    lapsed = false;
  }

  /** Runs on the owner in the next step. */
  void on(Runnable message) {
    host.owner().execute(message);
  }

  /** The secondary may do this from now on, also when it is opened again. */
  void permit(SecondaryReplica.Permissions may) {
    following = following.map(how -> new Following(how.start(), how.delta(), how.sources(), may));
    on(() -> secondary.ifPresent(replica -> replica.permit(may)));
  }

  void crash(boolean power, CrashMode mode) {
    noteStage();
    disk().crashMode(mode);
    files("").forEach(file -> file.crashMode(mode));
    links = Optional.empty();
    primary = Optional.empty();
    secondary = Optional.empty();
    restarting = false;
    if (power) {
      host.powerFail();
    } else {
      host.kill();
      net.reap();
    }
  }

  private void noteStage() {
    secondary
        .filter(it -> it.resource().staged().isPresent())
        .ifPresent(it -> stagedLsn = it.resource().log().marks().durable());
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
      closing.observe(
          done -> ended.add(true),
          cause -> {
            ended.add(false);
            if (!troubled) {
              failure = Optional.of("closing " + name() + ": " + cause);
            }
          });
    });
    simulation.runUntil(() -> !ended.isEmpty() || failure.isPresent(), 5_000_000);
    links.ifPresent(it -> it.close("the node stops"));
    crash(false, CrashMode.EVERYTHING);
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
}
