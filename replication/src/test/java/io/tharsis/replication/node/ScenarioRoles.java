package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.replication.directory.Key;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What must be so of roles after every event, and the crashes that come while one moves: in each
 * combination of what the deeds of both sides say.
 */
final class ScenarioRoles {

  /** How likely it is, at each event while a member catches up, that one of both crashes. */
  private static final double CRASHES_BEFORE = 0.001;

  /** And while somebody has just begun. */
  private static final double CRASHES_AFTER = 0.001;

  /** And while nobody takes what was granted. */
  private static final double CRASHES_BESIDE = 0.0003;

  /**
   * And while the role is granted, and not taken, or may be, or taken: that is some events only.
   */
  private static final double CRASHES_BETWEEN = 0.02;

  /** And while both deeds say that the role moves. */
  private static final double CRASHES_AMID = 0.003;

  private static final int MOST_CRASHES = 6;
  private static final long FRESH_NANOS = 2_000_000_000L;

  /** So soon does who has given a role away end what it has begun. */
  private static final long CEDING_NANOS = 10_000_000_000L;

  private final ScenarioWorld world;
  private final ScenarioOperator operator;
  private final ScenarioTrouble trouble;
  private final Map<String, UUID> primaries = new TreeMap<>();
  private final Map<String, Long> ceding = new TreeMap<>();
  private final Map<String, Long> begun = new TreeMap<>();
  private final SortedMap<String, Integer> cells = new TreeMap<>();
  private final Set<UUID> forced = new TreeSet<>();
  private final Map<String, Deed> traced = new TreeMap<>();
  private int crashes;

  ScenarioRoles(ScenarioWorld world, ScenarioOperator operator, ScenarioTrouble trouble) {
    this.world = world;
    this.operator = operator;
    this.trouble = trouble;
  }

  /** How often something crashed while the deeds said what; the old one's first. */
  SortedMap<String, Integer> cells() {
    return cells;
  }

  // ---- after every event ----

  void glance(List<ScenarioOracles.Seen> all) {
    Map<UUID, ScenarioOracles.Seen> serving = new TreeMap<>();
    Map<UUID, ScenarioOracles.Seen> deeds = new TreeMap<>();
    for (ScenarioOracles.Seen seen : all) {
      Deed deed = seen.deed();
      Deed before = traced.put(seen.toString(), deed);
      if (before == null
          || before.role() != deed.role()
          || before.stage() != deed.stage()
          || !before.transfer().equals(deed.transfer())) {
        world.trace(
            "deed: " + seen + " " + deed.role() + " " + deed.stage() + " " + deed.transfer());
      }
      if (deed.resource().equals(Key.NIL)) {
        continue;
      }
      if (isForcing(deed)) {
        forced.add(deed.resource());
      }
      if (deed.transfer().filter(it -> it instanceof Deed.Transfer.Ousted).isPresent()) {
        world.oustedNanos.putIfAbsent(seen.toString(), world.simulation.nowNanos());
      } else {
        world.oustedNanos.remove(seen.toString());
      }
      deed.granted().ifPresent(granted -> noteGrant(seen, granted));
      deed.succession().ifPresent(it -> world.accepted.put(it.epochId(), seen.toString()));
      if (deed.isPrimary()) {
        alone(deeds.put(deed.resource(), seen), seen, "have a deed that says primary");
        noteDeed(seen);
      } else {
        primaries.remove(seen.toString());
      }
      if (isServing(seen)) {
        alone(serving.put(deed.resource(), seen), seen, "serve");
        noteTerm(seen);
      } else {
        ceding.remove(seen.toString());
      }
    }
  }

  /** What is given away ends where that was said to end. */
  private void noteGrant(ScenarioOracles.Seen seen, Deed.Transfer.Granted granted) {
    seen.primary()
        .map(it -> it.resource().readableLog())
        .filter(log ->
            log.lineage()
                .newest()
                .filter(it -> it.id().equals(granted.end().epoch().id()))
                .isPresent())
        .filter(log -> log.marks().durable() > granted.end().endLsn())
        .ifPresent(log -> {
          throw new Violation(
              "%s has written up to %d, and has given away the end at %d"
                  .formatted(seen, log.marks().durable(), granted.end().endLsn()));
        });
  }

  /** Reads count: who is stopped answers them. */
  static boolean isServing(ScenarioOracles.Seen seen) {
    return seen.primary()
        .map(it -> it.resource().status().state())
        .filter(it -> it instanceof ResourceState.Serving || it instanceof ResourceState.Stopped)
        .isPresent();
  }

  /** Two at once are what a promotion by force comes to, and nothing else does. */
  private void alone(ScenarioOracles.Seen other, ScenarioOracles.Seen seen, String what) {
    if (other != null && !isForcedApart(other, seen)) {
      throw new Violation(
          "%s and %s both %s; their logs are %s and %s"
              .formatted(other, seen, what, other.lineage(), seen.lineage()));
    }
  }

  private boolean isForcedApart(ScenarioOracles.Seen one, ScenarioOracles.Seen other) {
    Optional<ScenarioWorld.Life> life = world.life(one.deed());
    Optional<Lineage> here = one.lineage();
    Optional<Lineage> there = other.lineage();
    if (isForcing(one.deed()) || isForcing(other.deed())) {
      return true;
    }
    boolean known = life.isPresent() && here.isPresent() && there.isPresent();
    return known
        ? life.get().ledger.isForcedApart(here.get(), there.get())
        : forced.contains(one.deed().resource());
  }

  /** Whether it is to begin by force. */
  private static boolean isForcing(Deed deed) {
    return deed.succession().filter(it -> it.kind() == Epoch.Kind.FORCED).isPresent();
  }

  /** A disk that fails under a follower is none to be the primary on. */
  private void noteDeed(ScenarioOracles.Seen seen) {
    UUID resource = seen.deed().resource();
    if (!resource.equals(primaries.put(seen.toString(), resource))) {
      HostTrouble.mendLog(seen.node(), seen.deed().name());
      if (seen.deed().succession().isPresent()) {
        begun.put(seen.toString(), world.simulation.nowNanos());
      }
    }
    seen.deed()
        .succession()
        .filter(it -> it.kind() == Epoch.Kind.FORCED)
        .ifPresent(it ->
            world
                .life(seen.deed())
                .ifPresent(life -> {
                  boolean lossy = world.accepting.containsKey(seen.toString());
                  if (life.ledger.forced(it.epochId(), world.nextStamp(), lossy)) {
                    world.counts.lossy += lossy ? 1 : 0;
                  }
                }));
  }

  private void noteTerm(ScenarioOracles.Seen seen) {
    ReadableLog log = seen.primary().orElseThrow().resource().readableLog();
    UUID epoch = log.lineage().newest().orElseThrow().id();
    String writer = world.writers.putIfAbsent(epoch, seen.toString());
    if (writer != null && !writer.equals(seen.toString())) {
      throw new Violation("%s and %s both write epoch %s".formatted(writer, seen, epoch));
    }
    long now = world.simulation.nowNanos();
    if (!seen.deed().isPrimary()) {
      long since = ceding.computeIfAbsent(seen.toString(), any -> now);
      if (now - since > CEDING_NANOS) {
        throw new Violation(seen + " goes on serving, and its deed is " + seen.deed());
      }
    } else {
      ceding.remove(seen.toString());
    }
    world.life(seen.deed()).ifPresent(life -> noteTerm(life, epoch, log, now));
  }

  private void noteTerm(ScenarioWorld.Life life, UUID epoch, ReadableLog log, long now) {
    Optional<ScenarioWorld.Term> known =
        life.terms.reversed().stream().filter(term -> term.epoch.equals(epoch)).findFirst();
    ScenarioWorld.Term term =
        known.orElseGet(() -> {
          ScenarioWorld.Term made = new ScenarioWorld.Term(epoch, log);
          life.terms.add(made);
          Epoch begun = log.lineage().newest().orElseThrow();
          world.counts.handovers += begun.kind() == Epoch.Kind.HANDOVER ? 1 : 0;
          world.counts.forced += begun.kind() == Epoch.Kind.FORCED ? 1 : 0;
          return made;
        });
    if (known.isEmpty()) {
      world.trace(
          "serves: " + world.writers.get(epoch) + " " + log.lineage().newest().orElseThrow());
    }
    term.lastNanos = now;
    term.durableLsn();
  }

  // ---- crashes while a role moves ----

  void disturb(List<ScenarioOracles.Seen> all) {
    for (ScenarioOracles.Seen seen : all) {
      Optional<UUID> other = counterpart(seen, all);
      if (other.isPresent() && crashes < MOST_CRASHES) {
        Optional<ScenarioOracles.Seen> there = at(all, seen.deed().resource(), other.get());
        if (world.random.chance(chance(seen, there))) {
          crash(seen, there);
          return;
        }
      }
    }
  }

  private double chance(ScenarioOracles.Seen seen, Optional<ScenarioOracles.Seen> other) {
    if (seen.deed().succession().isPresent()) {
      return CRASHES_BETWEEN;
    } else if (other.isEmpty()) {
      return CRASHES_BESIDE;
    } else if (isFresh(seen)) {
      return CRASHES_AFTER;
    } else if (isGranting(seen) && !other.get().deed().isPrimary()) {
      return CRASHES_BETWEEN;
    }
    return seen.deed().transfer().isPresent() ? CRASHES_AMID : CRASHES_BEFORE;
  }

  /** Whether the deed on its disk says that it has given its role away, or may do so. */
  private static boolean isGranting(ScenarioOracles.Seen seen) {
    return seen.deed().granted().isPresent()
        || (seen.deed().isPrimary() && seen.tenancy().isUnsure());
  }

  private boolean isFresh(ScenarioOracles.Seen seen) {
    Long since = begun.get(seen.toString());
    return seen.deed().isPrimary()
        && seen.deed().transfer().isEmpty()
        && since != null
        && world.simulation.nowNanos() - since < FRESH_NANOS;
  }

  /** Of a node that is to be the primary: who is it; of one that was: who is to be. */
  private Optional<UUID> counterpart(ScenarioOracles.Seen seen, List<ScenarioOracles.Seen> all) {
    Deed deed = seen.deed();
    if (deed.granted().isPresent()) {
      return deed.granted().map(Deed.Transfer.Granted::node);
    }
    boolean moving =
        operator.isPromoting(seen.node(), deed.name())
            || deed.succession().isPresent()
            || isGranting(seen);
    if (!moving && !isFresh(seen)) {
      return Optional.empty();
    }
    return all.stream()
        .filter(other -> other.node() != seen.node())
        .filter(other -> other.deed().resource().equals(deed.resource()))
        .max(Comparator.comparing(other -> other.deed().isPrimary() || isGrantedTo(other, seen)))
        .map(other -> other.node().id())
        .or(() -> deed.succession().map(it -> Key.NIL));
  }

  private static boolean isGrantedTo(ScenarioOracles.Seen old, ScenarioOracles.Seen next) {
    return old.deed().granted().filter(it -> it.node().equals(next.node().id())).isPresent();
  }

  private static Optional<ScenarioOracles.Seen> at(
      List<ScenarioOracles.Seen> all, UUID resource, UUID node) {
    return all.stream()
        .filter(seen -> seen.deed().resource().equals(resource))
        .filter(seen -> seen.node().id().equals(node))
        .findFirst();
  }

  private void crash(ScenarioOracles.Seen one, Optional<ScenarioOracles.Seen> other) {
    crashes++;
    world.counts.roleCrashes++;
    boolean old = isGranting(one);
    String here = word(one);
    String there = other.map(ScenarioRoles::word).orElse("AWAY");
    boolean both = other.isPresent() && world.random.chance(0.2);
    boolean mine = both || other.isEmpty() || world.random.chance(0.5);
    boolean its = both || !mine;
    String who = both ? "both" : mine == old ? "old" : "new";
    cells.merge("%s/%s %s".formatted(old ? here : there, old ? there : here, who), 1, Integer::sum);
    if (mine) {
      restart(one.node());
    }
    if (its) {
      restart(other.orElseThrow().node());
    }
  }

  private void restart(SimClusterNode node) {
    trouble.crash(node);
    if (world.random.chance(0.8)) {
      trouble.boot(node);
    }
  }

  private static String word(ScenarioOracles.Seen seen) {
    if (seen.deed().granted().isPresent()) {
      return "GRANTED";
    }
    boolean unsure = seen.tenancy().isUnsure();
    return (unsure ? "UNSURE " : "") + (seen.deed().isPrimary() ? "PRIMARY" : "SECONDARY");
  }
}
