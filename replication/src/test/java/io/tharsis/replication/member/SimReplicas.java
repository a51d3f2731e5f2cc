package io.tharsis.replication.member;

import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.FetchState;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.simnet.NetFault;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.sync.SyncState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** One primary, some secondaries, and everything that can happen to them. */
final class SimReplicas {

  private static final long STEPS = 1_000_000;

  /** An oracle has spoken, not the test itself. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String words) {
      super(words);
    }
  }

  private final Simulation simulation;
  private final SimRandom random;
  private final SimNet net;
  private final Planting planting;
  private final SimReplicaNode primary;
  private final SimWriter writer;
  private final LogOracle oracle = new LogOracle();
  private final PromiseOracle promises;
  private final List<SimReplicaNode> secondaries = new ArrayList<>();
  private final Map<SimReplicaNode, LogStart> starts = new LinkedHashMap<>();
  private final Map<SimReplicaNode, Delta> deltas = new LinkedHashMap<>();
  private final Map<SimReplicaNode, Boolean> away = new LinkedHashMap<>();
  private final Map<UUID, Long> needed = new LinkedHashMap<>();
  private final Counts counts = new Counts();
  private ReplicationMode mode;

  /** What a run has really done, so that a test can tell that it was not in vain. */
  static final class Counts {
    int inspections;
    int sacrifices;
    int rejoins;
    int gone;
    int stages;
    int staged;
    long kept;
    long degraded;

    @Override
    public String toString() {
      return ("%d inspections (%d of stages), %d sacrifices, %d times gone, %d rejoins, %d stages,"
              + " %d answers as promised, %d degraded")
          .formatted(inspections, staged, sacrifices, gone, rejoins, stages, kept, degraded);
    }
  }

  SimReplicas(long seed, Planting planting) {
    simulation = new Simulation(seed);
    random = simulation.random("replicas");
    net = new SimNet(simulation);
    this.planting = planting;
    long space = random.chance(0.5) ? TestLog.LIMITS.maxLogBytes() : 128L << 20;
    promises = new PromiseOracle(() -> secondaries);
    primary =
        new SimReplicaNode(
            simulation, net, "p", limits(space), promises.watching(oracle.watching(planting)));
    writer = new SimWriter(simulation, primary, promises);
    int count = 1 + random.below(3);
    long room = random.chance(0.3) ? 48L << 20 : random.chance(0.5) ? 96L << 20 : 160L << 20;
    for (int i = 0; i < count; i++) {
      secondaries.add(new SimReplicaNode(simulation, net, "s" + i, limits(room), planting));
    }
    SimRandom other = simulation.random("promise");
    mode =
        planting.equals(Planting.NONE) || planting.isAboutPromises()
            ? mode(other, count, planting.isAboutPromises())
            : new ReplicationMode.Async();
    promises.promised(mode);
  }

  /** More members than there are can be wanted, if that is not waited for in vain. */
  private static ReplicationMode mode(SimRandom random, int members, boolean some) {
    LinkLoss loss =
        new LinkLoss(
            Duration.ofMillis(random.between(200, 5_000)),
            random.chance(0.7) ? Reaction.DEGRADE : Reaction.STALL);
    int most = loss.reaction() == Reaction.DEGRADE ? 3 : 1 + members;
    return switch (random.below(some ? 3 : 6)) {
      case 0 -> new Sync(2 + random.below(most - 1), loss);
      case 1 ->
          new NearSync(
              OptionalLong.of(random.between(4096, 1 << 20)),
              Optional.of(Duration.ofMillis(random.between(10, 5_000))),
              loss);
      case 2 -> new Sync(2, loss);
      case 3 ->
          new NearSync(OptionalLong.of(random.between(4096, 1 << 20)), Optional.empty(), loss);
      default -> new ReplicationMode.Async();
    };
  }

  private static LogLimits limits(long maxLogBytes) {
    LogLimits least = TestLog.LIMITS;
    return new LogLimits(
        least.logfileBytes(),
        least.workingSet(),
        maxLogBytes,
        least.batchBytes(),
        least.backlogBytes(),
        least.applyWindowBytes(),
        least.overlayMemoryBytes(),
        least.applyDelay(),
        least.flushDelay(),
        least.flushBytes(),
        least.summaryBytes());
  }

  Counts counts() {
    return counts;
  }

  long steps() {
    return simulation.steps();
  }

  long eventHash() {
    return simulation.eventHash();
  }

  /** Random trouble, then healing; the secondaries must end equal to the primary. */
  void run(int actions) {
    startPrimary();
    secondaries.forEach(this::join);
    for (int i = 0; i < actions; i++) {
      act();
      tend();
      check();
    }
    heal();
  }

  private void act() {
    SimReplicaNode one = secondaries.get(random.below(secondaries.size()));
    switch (random.below(20)) {
      case 0, 1 -> crashPrimary();
      case 2, 3 -> crashSecondary(one);
      case 4 -> net.cut(primary.name(), one.name());
      case 5 -> net.line(primary.name(), one.name()).cut();
      case 6 -> net.line(one.name(), primary.name()).cut();
      case 7, 8 -> net.heal();
      case 9 -> permit(one);
      case 10, 11 -> inspect(one);
      case 12, 13 -> trouble(one);
      case 14 -> relieve(one);
      case 15 -> leave(one);
      case 16 -> net.faults().chance(netFault(), 0.01);
      case 17 -> writer.hurry(random.chance(0.5));
      default -> {}
    }
    simulation.runFor(Duration.ofMillis(random.between(1, random.chance(0.2) ? 15_000 : 400)));
  }

  private NetFault netFault() {
    NetFault[] all = NetFault.values();
    return all[random.below(all.length)];
  }

  private CrashMode crashMode() {
    CrashMode[] modes = CrashMode.values();
    return modes[random.below(modes.length)];
  }

  // ---- the primary ----

  private void startPrimary() {
    promises.opened();
    primary.startPrimary(new LinkedHashMap<>(needed), new Memory());
    until(() -> primary.primary().isPresent());
    oracle.opened(primary.primary().orElseThrow());
    violatedIf(writer.restarted());
    writer.begin();
  }

  private void promise(ReplicationMode now) {
    mode = now;
    primary.on(() -> {
      promises.promised(now);
      primary.primary().ifPresent(it -> it.promise(now));
    });
  }

  /** What a node would keep in its documents: not every progress, but every decision. */
  private final class Memory implements PrimaryReplica.Listener {
    @Override
    public void sacrificed(UUID member, long neededLsn) {
      counts.sacrifices++;
      needed.put(member, Retention.GIVEN_UP);
    }

    @Override
    public void readmitted(UUID member, long neededLsn) {
      needed.put(member, neededLsn);
    }

    @Override
    public void ahead(UUID member, long lsn) {
      throw new Violation("a member is ahead at " + lsn);
    }

    @Override
    public void progressed() {
      primary
          .primary()
          .ifPresent(it ->
              promises.durable(
                  it.resource().readableLog().marks().durable(),
                  primary.host().clock().monotonicNanos()));
    }

    @Override
    public ReplicationMode mode() {
      return mode;
    }

    @Override
    public void stopped(String reason) {
      throw new AssertionError("the primary has no faults: " + reason);
    }
  }

  private void crashPrimary() {
    if (random.chance(0.5)) {
      primary.primary().ifPresent(it -> needed.putAll(it.needed()));
    }
    primary.crash(random.chance(0.5), crashMode());
    simulation.runFor(Duration.ofMillis(random.between(1, 3000)));
    startPrimary();
  }

  // ---- the secondaries ----

  private void join(SimReplicaNode node) {
    until(() -> primary.primary().orElseThrow().resource().readableLog().marks().durable() > 0);
    beginAt(node, admit(node, false));
    away.put(node, false);
    start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.AS_IT_IS);
  }

  private void beginAt(SimReplicaNode node, LogStart start) {
    starts.put(node, start);
    node.forget();
    oracle.begun(node, start.baseLsn());
  }

  private LogStart admit(SimReplicaNode node, boolean anew) {
    List<Long> base = new ArrayList<>();
    primary.on(() -> {
      PrimaryReplica replica = primary.primary().orElseThrow();
      var lsn = anew ? replica.admitAnew(node.id()) : replica.admit(node.id());
      base.add(lsn.orElseThrow());
    });
    until(() -> !base.isEmpty());
    needed.put(node.id(), base.getFirst());
    return new LogStart(primary.primary().orElseThrow().resource().id(), base.getFirst());
  }

  private void start(
      SimReplicaNode node, SecondaryReplica.Permissions may, SimReplicaNode.Opening opening) {
    away.put(node, false);
    oracle.opening(node);
    node.startSecondary(
        new SimReplicaNode.Following(
            starts.get(node), Optional.ofNullable(deltas.get(node)), () -> sourcesOf(node), may),
        opening);
    until(() -> node.secondary().isPresent() || node.isTroubled() || node.isUseless());
  }

  private List<FetchSource> sourcesOf(SimReplicaNode asker) {
    List<FetchSource> sources = new ArrayList<>();
    sources.add(primary.source());
    for (SimReplicaNode other : secondaries) {
      if (other != asker) {
        sources.add(other.source());
      }
    }
    return sources;
  }

  private void crash(SimReplicaNode node) {
    node.crash(random.chance(0.5), crashMode());
  }

  private void crashSecondary(SimReplicaNode node) {
    crash(node);
    simulation.runFor(Duration.ofMillis(random.between(1, 3000)));
    start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.AS_IT_IS);
  }

  /** It goes away for long, and the primary may be started anew meanwhile. */
  private void leave(SimReplicaNode node) {
    crash(node);
    away.put(node, true);
    writer.hurry(true);
    simulation.runFor(Duration.ofSeconds(random.between(1, 40)));
  }

  private void permit(SimReplicaNode node) {
    var may =
        new SecondaryReplica.Permissions(
            random.chance(0.6), random.chance(0.6), random.chance(0.6));
    node.permit(may);
  }

  private void trouble(SimReplicaNode node) {
    ReceiverTrouble[] all = ReceiverTrouble.values();
    all[random.below(all.length)].strike(node, random);
  }

  /** Its faults end; what they have left is excused until it was opened once more. */
  private void relieve(SimReplicaNode node) {
    ReceiverTrouble.heal(node);
    if (!away.get(node)) {
      until(() -> node.secondary().isPresent() || node.isUseless());
    }
    node.trouble(false);
  }

  /** What a node does that looks after its replica. */
  private void tend() {
    for (SimReplicaNode node : secondaries) {
      if (away.get(node) && random.chance(0.3)) {
        start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.AS_IT_IS);
      }
      if (node.secondary().filter(SimReplicas::isStuck).isPresent()) {
        node.on(node::restart);
      }
      node.secondary().filter(SimReplicas::cannotEnd).ifPresent(it -> flip(node));
      counts.gone += isGone(node) ? 1 : 0;
      if (node.isUseless()) {
        rejoin(node);
      } else if (isGone(node) && random.chance(0.5)) {
        if (random.chance(0.7) && isConsistent(node)) {
          rejoinBeside(node);
        } else {
          rejoin(node);
        }
      }
    }
  }

  private static boolean isConsistent(SimReplicaNode node) {
    return node.secondary().filter(it -> it.resource().isConsistent()).isPresent();
  }

  /** What it is to stage has no room. */
  private static boolean cannotEnd(SecondaryReplica replica) {
    var staged = replica.resource().staged().filter(it -> !it.flipping());
    return staged.flatMap(FollowingResource.Staged::problem).isPresent()
        || (staged.isPresent() && replica.fetching().state() instanceof FetchState.WaitingForRoom);
  }

  private static void flip(SimReplicaNode node) {
    node.on(() -> node.secondary().ifPresent(it -> it.resource().flip()));
  }

  /** It stays what it is until it has what it misses; then it is opened once more. */
  private void rejoinBeside(SimReplicaNode node) {
    Optional<SecondaryReplica.Standing> standing =
        node.secondary().flatMap(SecondaryReplica::standing);
    LogStart anew = admit(node, true);
    List<Optional<Delta>> told = new ArrayList<>();
    primary.on(() ->
        standing
            .map(it -> primary.primary().orElseThrow().delta(it, anew.baseLsn()))
            .orElseGet(() -> Async.of(Optional.empty()))
            .observe(told::add, cause -> told.add(Optional.empty())));
    until(() -> !told.isEmpty());
    counts.stages++;
    crash(node);
    beginAt(node, anew);
    deltas.remove(node);
    told.getFirst().ifPresent(delta -> deltas.put(node, delta));
    start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.BESIDE);
    for (int i = random.below(4); i > 0 && !node.isTroubled(); i--) {
      simulation.runFor(Duration.ofMillis(random.below(300)));
      inspect(node);
    }
  }

  /** A rejoin of a replica that misses nothing; says how many bytes were copied for it. */
  long rejoinWithoutNeed() {
    mode = new ReplicationMode.Async();
    promises.promised(mode);
    startPrimary();
    secondaries.forEach(this::join);
    simulation.runFor(Duration.ofSeconds(5));
    writer.end();
    until(writer::isQuiet);
    // The newest logfile has no writes then that would be replayed over what the disk has.
    crashPrimary();
    writer.end();
    converge(secondaries.getFirst());
    rejoin(secondaries.getFirst());
    converge(secondaries.getFirst());
    checkFailures();
    var status = secondaries.getFirst().secondary().orElseThrow().syncing();
    if (status.equalBytes() + status.zeroBytes() + status.copiedBytes()
        < SimReplicaNode.VOLUME_BYTES) {
      throw new Violation("not everything was looked at: " + status);
    }
    return status.copiedBytes();
  }

  private static boolean isGone(SimReplicaNode node) {
    return node.secondary()
        .filter(it -> it.fetching().state() instanceof FetchState.Gone)
        .isPresent();
  }

  private void rejoin(SimReplicaNode node) {
    counts.rejoins++;
    if (random.chance(0.5) && node.secondary().isPresent()) {
      node.stop();
    } else {
      crash(node);
    }
    beginAt(node, admit(node, true));
    start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.ANEW);
    if (random.chance(0.3) && !node.isTroubled()) {
      crash(node);
      start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.AS_IT_IS);
    } else if (random.chance(0.3)) {
      crash(node);
      start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.ANEW);
    }
  }

  // ---- oracles ----

  private void until(BooleanSupplier condition) {
    simulation.runUntil(
        () -> {
          checkFailures();
          return condition.getAsBoolean();
        },
        STEPS);
  }

  private static void violatedIf(Optional<String> objection) {
    objection.ifPresent(words -> {
      throw new Violation(words);
    });
  }

  private void checkFailures() {
    violatedIf(primary.failure());
    secondaries.forEach(node -> violatedIf(node.failure()));
  }

  private void check() {
    checkFailures();
    if (primary.primary().isEmpty()) {
      return;
    }
    PrimaryReplica replica = primary.primary().get();
    planting.meddle(
        replica, secondaries.stream().filter(away::get).map(SimReplicaNode::id).toList());
    oracle.look(primary);
    for (SimReplicaNode node : secondaries) {
      boolean counting = needed.get(node.id()) != Retention.GIVEN_UP;
      violatedIf(oracle.objection(node, replica, counting).map(why -> node.name() + why));
    }
  }

  /** A crash, then only what is in the log: whoever says Consistent must be one moment. */
  private void inspect(SimReplicaNode node) {
    if (node.isTroubled() || node.secondary().isEmpty()) {
      return;
    }
    boolean consistent = node.secondary().get().resource().isConsistent();
    crash(node);
    start(
        node,
        new SecondaryReplica.Permissions(false, true, false),
        SimReplicaNode.Opening.AS_IT_IS);
    if (node.secondary().isEmpty()) {
      return;
    }
    SecondaryReplica replica = node.secondary().get();
    boolean flips =
        replica.resource().staged().filter(FollowingResource.Staged::flipping).isPresent();
    if (consistent && !flips && !node.isDamaged() && !replica.resource().isConsistent()) {
      throw new Violation(node.name() + " was consistent and is not after a crash");
    }
    if (replica.resource().staged().isPresent()) {
      inspectStage(node, replica.resource().staged().get());
      node.permit(SecondaryReplica.Permissions.ALL);
      return;
    }
    if (replica.resource().isConsistent()) {
      until(() -> isDrained(replica) || isStuck(replica));
    }
    if (replica.resource().isConsistent() && isDrained(replica)) {
      counts.inspections++;
      violatedIf(writer.ledger().objection(node.content()).map(why -> node.name() + ": " + why));
    }
    node.permit(SecondaryReplica.Permissions.ALL);
  }

  /** The disk is as old as the replica says, as long as it does not flip. */
  private void inspectStage(SimReplicaNode node, FollowingResource.Staged staged) {
    if (!staged.flipping() && staged.checkpointLsn() == staged.durableLsn()) {
      counts.inspections++;
      counts.staged++;
      violatedIf(
          writer.ledger().objection(node.content()).map(why -> node.name() + ", staged: " + why));
    }
  }

  /** Replay cannot go on: only another opening helps. */
  private static boolean isStuck(SecondaryReplica replica) {
    return replica.resource().status().apply() instanceof ApplyState.Stopped;
  }

  private static boolean isDrained(SecondaryReplica replica) {
    var marks = replica.resource().log().marks();
    return marks.checkpoint() == marks.durable();
  }

  // ---- the end ----

  private void heal() {
    net.heal();
    writer.hurry(false);
    for (SimReplicaNode node : secondaries) {
      ReceiverTrouble.heal(node);
      if (away.get(node)) {
        start(node, SecondaryReplica.Permissions.ALL, SimReplicaNode.Opening.AS_IT_IS);
      }
      node.permit(SecondaryReplica.Permissions.ALL);
    }
    simulation.runFor(Duration.ofMillis(200));
    writer.end();
    // Who waits for members that must be looked after first would wait in vain.
    promise(new ReplicationMode.Async());
    until(writer::isQuiet);
    for (SimReplicaNode node : secondaries) {
      converge(node);
    }
    counts.kept = promises.kept();
    counts.degraded = promises.degraded();
    check();
    primary.stop();
    secondaries.forEach(SimReplicaNode::stop);
    checkFailures();
    long[] truth = primary.content();
    violatedIf(writer.ledger().objection(truth));
    for (SimReplicaNode node : secondaries) {
      long[] content = node.content();
      for (int cell = 0; cell < truth.length; cell++) {
        if (truth[cell] != content[cell]) {
          throw new Violation(
              "%s: cell %d is %d, at the primary %d"
                  .formatted(node.name(), cell, content[cell], truth[cell]));
        }
      }
    }
  }

  private void converge(SimReplicaNode node) {
    for (int round = 0; round < 300; round++) {
      if (node.secondary().filter(this::isEqual).isPresent()) {
        return;
      }
      simulation.runFor(Duration.ofMillis(500));
      checkFailures();
      tend();
    }
    throw new Violation(describe(node));
  }

  private String describe(SimReplicaNode node) {
    PrimaryReplica source = primary.primary().orElseThrow();
    StringBuilder words = new StringBuilder("not equal: primary ");
    words.append(source.resource().status()).append(" needed ").append(source.needed());
    words.append("\n").append(node.name());
    node.secondary()
        .ifPresent(replica -> {
          words.append(": ").append(replica.fetching());
          words.append("\n  ").append(replica.syncing());
          words.append("\n  ").append(replica.resource().status());
          words.append(" consistent ").append(replica.resource().isConsistent());
        });
    return words.toString();
  }

  private boolean isEqual(SecondaryReplica replica) {
    long durable = primary.primary().orElseThrow().resource().readableLog().marks().durable();
    return replica.syncing().state() instanceof SyncState.Done
        && replica.fetching().state() instanceof FetchState.CaughtUp
        && replica.resource().isConsistent()
        && replica.resource().log().marks().checkpoint() == durable;
  }
}
