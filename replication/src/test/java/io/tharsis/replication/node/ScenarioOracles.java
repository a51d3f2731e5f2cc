package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.fetch.FetchState;
import io.tharsis.replication.fetch.Retention;
import io.tharsis.replication.member.PrimaryReplica;
import io.tharsis.replication.member.SecondaryReplica;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What must be so whatever happens. */
final class ScenarioOracles {

  /** What takes longer is looked at after so many events. */
  private static final int GLANCES_PER_GAZE = 50;

  private static final double STAGE_LOOKS = 0.04;
  private static final int MOST_STAGE_LOOKS = 12;

  private static final long STRANGER_NANOS = 10_000_000_000L;

  private final ScenarioWorld world;
  private final ScenarioBranches branches;
  private final Map<String, Boolean> gone = new TreeMap<>();
  private final Map<String, Boolean> staging = new TreeMap<>();
  private final Map<String, Kept> kept = new TreeMap<>();
  private final Set<String> sacrificed = new TreeSet<>();
  private final Map<String, Long> strangers = new TreeMap<>();
  private long glances;
  private int looks;

  /** A replica that is open, and where. */
  record Seen(SimClusterNode node, Tenancy tenancy) {
    Deed deed() {
      return tenancy.deed();
    }

    Optional<PrimaryReplica> primary() {
      return tenancy.lodger().orElse(null) instanceof PrimaryLodger open
          ? Optional.of(open.replica())
          : Optional.empty();
    }

    Optional<SecondaryReplica> secondary() {
      return tenancy.lodger().orElse(null) instanceof SecondaryLodger open
          ? Optional.of(open.replica())
          : Optional.empty();
    }

    /** Of its log, if it is open. */
    Optional<Lineage> lineage() {
      return primary()
          .map(it -> it.resource().readableLog().lineage())
          .or(() -> secondary().map(it -> it.resource().log().lineage()));
    }

    @Override
    public String toString() {
      return ScenarioOperator.place(node, deed().name());
    }
  }

  ScenarioOracles(ScenarioWorld world, ScenarioBranches branches) {
    this.world = world;
    this.branches = branches;
  }

  /** All replicas of nodes that run. */
  List<Seen> replicas() {
    List<Seen> all = new ArrayList<>();
    for (SimClusterNode node : world.nodes) {
      if (node.isUp()) {
        node.node().orElseThrow().replicas().stream()
            .filter(one -> !one.deed().isClient())
            .forEach(one -> all.add(new Seen(node, one)));
      }
    }
    return all;
  }

  // ---- after every event ----

  void glance() {
    List<Seen> all = replicas();
    for (Seen seen : all) {
      seen.primary().ifPresent(it -> glance(seen, it));
    }
    for (Seen seen : all) {
      seen.secondary().ifPresent(it -> glance(seen, it));
    }
    branches.glance(all);
    if (++glances % GLANCES_PER_GAZE == 0) {
      gaze(all);
    }
  }

  private void gaze(List<Seen> all) {
    // before anybody is found to miss something
    all.forEach(seen -> seen.primary().ifPresent(it -> noteSacrifices(seen, it)));
    all.forEach(this::gaze);
  }

  private void gaze(Seen seen) {
    if (seen.tenancy().isOpen()
        && !SimPremises.directory(seen.node().host(), seen.deed().name()).has("checkpoint")) {
      throw new Violation(seen + " is open, and its log is gone");
    }
    seen.secondary().ifPresent(it -> gaze(seen, it));
  }

  /** Nodes with a replica that is staged, as it was when it was last looked. */
  List<SimClusterNode> staging() {
    if (!staging.containsValue(true)) {
      return List.of();
    }
    return world.nodes.stream()
        .filter(SimClusterNode::isUp)
        .filter(node ->
            world.resources.stream()
                .map(resource -> ScenarioOperator.place(node, resource))
                .anyMatch(place -> staging.getOrDefault(place, false)))
        .toList();
  }

  private void glance(Seen seen, PrimaryReplica primary) {
    world.unwanted.remove(seen.toString());
    kept.remove(seen.toString());
    ScenarioWorld.Life life = world.lives.get(seen.deed().resource());
    if (life == null) {
      return;
    }
    ReadableLog log = primary.resource().readableLog();
    List<Epoch> epochs = log.lineage().epochs();
    for (int i = 0; i < epochs.size(); i++) {
      boolean last = i == epochs.size() - 1;
      long end = last ? log.marks().durable() : epochs.get(i + 1).startLsn();
      life.epochs.merge(epochs.get(i).id(), end, Math::max);
    }
  }

  private void glance(Seen seen, SecondaryReplica secondary) {
    ScenarioWorld.Life life = world.lives.get(seen.deed().resource());
    if (life == null) {
      return;
    }
    ReadableLog log = secondary.resource().log();
    long durable = log.marks().durable();
    Optional<UUID> epoch = log.lineage().newest().map(Epoch::id);
    long most = epoch.map(it -> life.epochs.getOrDefault(it, Long.MAX_VALUE)).orElse(0L);
    if (epoch.filter(it -> seen.toString().equals(world.writers.get(it))).isPresent()) {
      // what it had not acknowledged when it crashed may be there when it comes back
      life.epochs.merge(epoch.get(), durable, Math::max);
    } else if (epoch.isPresent() && durable > most && !seen.deed().isPrimary()) {
      throw new Violation(
          "%s has log up to %d, the primary was durable up to %d".formatted(seen, durable, most));
    }
  }

  private void gaze(Seen seen, SecondaryReplica secondary) {
    noteStage(seen, secondary);
    noteBranch(seen, secondary);
    FetchState state = secondary.fetching().state();
    boolean wasGone = gone.getOrDefault(seen.toString(), false);
    gone.put(seen.toString(), state instanceof FetchState.Gone);
    if (state instanceof FetchState.Gone(UUID source, long _) && !wasGone) {
      world.counts.gone++;
      checkGone(seen, source);
    }
  }

  /** Log that another line goes on without is somebody's work: only an operator gives it up. */
  private void noteBranch(Seen seen, SecondaryReplica secondary) {
    ReadableLog log = secondary.resource().log();
    Optional<Kept> before = Optional.ofNullable(kept.get(seen.toString()));
    boolean staged = secondary.resource().staged().isPresent();
    Kept now = new Kept(log.lineage(), log.marks().durable(), seen.deed().membership());
    boolean anew = staged || before.filter(it -> it.durableLsn() > now.durableLsn()).isPresent();
    if (!anew) {
      kept.put(seen.toString(), now);
      return;
    }
    kept.remove(seen.toString());
    boolean excused =
        world.unwanted.remove(seen.toString())
            || world.excuses.mayMiss(seen.node())
            || before.filter(it -> it.membership().equals(now.membership())).isEmpty();
    Kept old = before.orElse(now);
    boolean branch =
        world
            .life(seen.deed())
            .filter(life ->
                life.newest()
                    .filter(line -> life.ledger.isBranch(old.lineage(), old.durableLsn(), line))
                    .isPresent())
            .isPresent();
    if (!excused && branch) {
      throw new Violation("%s begins anew, and gives up its branch %s".formatted(seen, old));
    }
  }

  /** A log as it was when it was last looked. */
  private record Kept(Lineage lineage, long durableLsn, UUID membership) {}

  /** A stage is short, so it is looked at closely while it lasts. */
  private void noteStage(Seen seen, SecondaryReplica secondary) {
    boolean now = secondary.resource().staged().isPresent();
    boolean before = staging.getOrDefault(seen.toString(), false);
    staging.put(seen.toString(), now);
    world.counts.stages += now && !before ? 1 : 0;
    if (now && looks < MOST_STAGE_LOOKS && world.random.chance(STAGE_LOOKS)) {
      looks++;
      inspect(seen, world.random.chance(0.5));
    }
  }

  private void noteSacrifices(Seen seen, PrimaryReplica primary) {
    for (Map.Entry<UUID, Long> one : primary.needed().entrySet()) {
      String member = sacrifice(seen.deed(), one.getKey(), seen.node().id());
      if (one.getValue() != Retention.GIVEN_UP) {
        if (hasBegun(seen.deed().resource(), one)) {
          sacrificed.remove(member);
        }
      } else if (sacrificed.add(member)) {
        world.counts.sacrifices++;
      }
    }
  }

  /** By each primary for itself: there may be several after a force. */
  private static String sacrifice(Deed deed, UUID member, UUID primary) {
    return deed.resource() + " " + member + " by " + primary;
  }

  /** Who is admitted anew keeps its old log until the new one has begun. */
  private boolean hasBegun(UUID resource, Map.Entry<UUID, Long> member) {
    return replicas().stream()
        .filter(other -> other.deed().resource().equals(resource))
        .filter(other -> other.node().id().equals(member.getKey()))
        .flatMap(other -> other.secondary().stream())
        .anyMatch(other -> other.resource().log().marks().durable() >= member.getValue());
  }

  /** What a member that was not given up needs is never recycled. */
  private void checkGone(Seen seen, UUID source) {
    boolean excused =
        world.excuses.mayMiss(seen.node())
            || seen.deed().stage() != Deed.Stage.MEMBER
            || hasMoved(seen)
            || sacrificed.contains(sacrifice(seen.deed(), seen.node().id(), source));
    if (!excused && isListed(seen)) {
      throw new Violation(
          "%s, which was not given up: %s"
              .formatted(seen, seen.secondary().orElseThrow().fetching()));
    }
  }

  /** Who is the primary now may never have had the log that the one before kept. */
  private boolean hasMoved(Seen seen) {
    Set<UUID> followed = new TreeSet<>();
    seen.secondary().orElseThrow().resource().log().lineage().epochs().stream()
        .map(Epoch::id)
        .forEach(followed::add);
    return world.life(seen.deed()).stream()
        .flatMap(life -> life.terms.stream())
        .flatMap(term -> term.lineage.epochs().stream())
        .filter(epoch -> !followed.contains(epoch.id()))
        .anyMatch(
            epoch -> epoch.kind() == Epoch.Kind.HANDOVER || epoch.kind() == Epoch.Kind.FORCED);
  }

  /** Whether the primary, which runs, counts it as a member. */
  private boolean isListed(Seen seen) {
    return replicas().stream()
        .filter(other -> other.deed().isPrimary())
        .filter(other -> other.deed().resource().equals(seen.deed().resource()))
        .flatMap(other -> members(other).stream())
        .anyMatch(member -> member.membership().equals(seen.deed().membership()));
  }

  private static List<ResourceDocument.Member> members(Seen primary) {
    var branches =
        primary.node().node().orElseThrow().directory().view().branches(primary.deed().resource());
    return branches.isEmpty() ? List.of() : branches.getLast().content().members();
  }

  // ---- now and then ----

  void look() {
    branches.look(replicas());
    for (Seen seen : replicas()) {
      if (world.left.contains(seen.toString()) && seen.deed().stage() != Deed.Stage.LEAVING) {
        throw new Violation(seen + " has left, and is back");
      }
      seen.primary().ifPresent(it -> checkCounted(seen, it));
      seen.secondary().ifPresent(it -> checkLineage(seen, it));
    }
  }

  /** Log is kept for members, and for nobody else for long. */
  private void checkCounted(Seen seen, PrimaryReplica primary) {
    for (UUID counted : primary.needed().keySet()) {
      String member =
          seen.deed().resource() + " " + counted + " #" + seen.node().host().incarnation();
      if (world.troubled.contains(seen.node().name())
          || members(seen).stream().anyMatch(one -> one.node().equals(counted))) {
        strangers.remove(member);
      } else {
        long since = strangers.computeIfAbsent(member, any -> world.simulation.nowNanos());
        if (world.simulation.nowNanos() - since > STRANGER_NANOS) {
          throw new Violation(seen + " keeps log for " + counted + ", which is no member");
        }
      }
    }
  }

  private void checkLineage(Seen seen, SecondaryReplica secondary) {
    Optional<ScenarioWorld.Life> life = world.life(seen.deed());
    Optional<Epoch> newest = secondary.resource().log().lineage().newest();
    if (life.isPresent()
        && newest.isPresent()
        && !life.get().epochs.containsKey(newest.get().id())
        && !hasBegun(seen, newest.get(), secondary.resource().log().lineage())) {
      throw new Violation(seen + " has an epoch that the primary never had: " + newest.get());
    }
  }

  /**
   * Whether it has begun an epoch itself, and crashed before it was seen with it, or has followed
   * one who has. When that one comes back and hears of a later epoch at once it never is a primary
   * with its own.
   */
  private boolean hasBegun(Seen seen, Epoch epoch, Lineage lineage) {
    String accepted = world.accepted.get(epoch.id());
    boolean mine =
        seen.toString().equals(accepted) || seen.toString().equals(world.writers.get(epoch.id()));
    boolean followed =
        replicas().stream()
            .filter(other -> other.toString().equals(accepted))
            .flatMap(other -> other.lineage().stream())
            .anyMatch(theirs -> theirs.find(epoch.id()).isPresent());
    return mine
        || followed
        || (epoch.kind() == Epoch.Kind.RECOVERY
            && lineage.epochs().stream()
                .filter(it -> it.id().equals(epoch.parent().id()))
                .anyMatch(it -> hasBegun(seen, it, lineage)));
  }

  /** A crash of a copy: whoever says Consistent must be one moment, and no older than it was. */
  void inspect(Seen seen, boolean power) {
    Optional<ScenarioWorld.Life> life = world.life(seen.deed());
    if (life.isEmpty() || !seen.tenancy().isOpen()) {
      return;
    }
    world.counts.inspections++;
    ReplicaLab lab =
        new ReplicaLab(
            world.random.nextLong(),
            new ReplicaLab.Specimen(seen.node(), seen.deed().name(), seen.deed().holding().disk()),
            power);
    try {
      if (seen.primary().isPresent()) {
        ReadableLog log = seen.primary().get().resource().readableLog();
        // who has ceded may be open as a primary for a while, and does not follow the next one yet
        long lsn = seen.tenancy().isServing() ? Long.MAX_VALUE : log.marks().durable();
        check(seen, life.get().ledger, lab.serve().content(), Optional.of(log.lineage()), lsn);
      } else {
        inspect(seen, life.get().ledger, lab);
      }
    } catch (IOException cause) {
      if (world.excuses.has(seen.node(), Excuses.Reason.LOG_ROTTEN)
          || world.excuses.has(seen.node(), Excuses.Reason.LOG_POISONED)) {
        return;
      }
      throw new Violation(
          "%s could not be opened after a %s: %s"
              .formatted(seen, power ? "power failure" : "kill", cause));
    }
  }

  private void inspect(Seen seen, ScenarioLedger ledger, ReplicaLab lab) throws IOException {
    boolean consistent = seen.secondary().orElseThrow().resource().isConsistent();
    long durable = seen.secondary().orElseThrow().resource().log().marks().durable();
    ReplicaLab.Finding found = lab.follow();
    boolean rotten = world.excuses.has(seen.node(), Excuses.Reason.LOG_ROTTEN);
    if (consistent && !found.consistent() && !rotten) {
      throw new Violation(seen + " is consistent, and is not after a crash");
    }
    if (found.consistent()) {
      world.counts.consistent++;
      world.counts.staged += found.contentLsn() < found.durableLsn() ? 1 : 0;
      long known = Math.min(durable, found.contentLsn());
      boolean staged = found.contentLsn() < found.durableLsn() && ledger.isForced();
      Lineage lineage = seen.secondary().orElseThrow().resource().log().lineage();
      check(
          seen,
          ledger,
          found.content(),
          staged ? Optional.empty() : Optional.of(lineage),
          rotten || staged ? 0 : known);
    }
    if (found.durableLsn() < durable && !rotten) {
      throw new Violation(
          "%s has said to have log up to %d, after a crash %d"
              .formatted(seen, durable, found.durableLsn()));
    }
  }

  private static void check(
      Seen seen, ScenarioLedger ledger, long[] content, Optional<Lineage> lineage, long lsn) {
    ScenarioWorld.violatedIf(
        ledger.objection(content, lineage, lsn).map(why -> seen + ", after a crash: " + why));
  }
}
