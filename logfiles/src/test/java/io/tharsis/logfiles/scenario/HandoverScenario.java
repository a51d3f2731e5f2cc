package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Logfile;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.LoggedResource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Three members of one resource, under load, that hand the role of primary over to each other; any
 * of them crashes time and again, in the middle of that too. Whoever is the primary shows
 * everything that was acknowledged by any of them, whoever says that it is consistent is a prefix
 * of the one order of changes, every epoch that was agreed begins once, and in the end all have the
 * same disks and, byte for byte, the same log.
 */
final class HandoverScenario {

  private static final long PATIENCE_EVENTS = 600_000;
  private static final int SLICE = 30;
  private static final int HEADER_BYTES = 4096;

  private final Simulation simulation;
  private final SimRandom random;
  private final History history;
  private final Mischief none;
  private final List<Member> members = new ArrayList<>();
  private final Map<Member, Courier> couriers = new LinkedHashMap<>();
  private final List<UUID> granted = new ArrayList<>();
  private Optional<LogStart> start = Optional.empty();
  private List<Long> startBytes = List.of();
  private Optional<Handover> handover = Optional.empty();
  private boolean mayClose;
  private int rounds;
  private int handovers;

  HandoverScenario(long seed) {
    this.simulation = new Simulation(seed);
    this.random = simulation.random("handover");
    Machine.Shape shape = Shapes.random(simulation.random("shape")).roomy();
    SimRandom sizing = simulation.random("sizes");
    Sizes sizes = Sizes.growing(shape.cells(), sizing);
    this.history = new History(shape.cells());
    for (String name : List.of("one", "two", "three")) {
      Sizes own = members.isEmpty() ? sizes : sizes.elsewhere(sizing);
      Member.Deed deed =
          members.isEmpty()
              ? new Member.Deed.Primary(Optional.empty())
              : new Member.Deed.Secondary();
      members.add(
          new Member(
              new Machine(simulation, name, shape, own, Wrapping.NONE), deed, this::neededLsn));
    }
    this.none =
        new Mischief(members.getFirst().machine(), history, simulation.random("no mischief"));
  }

  /** How often the role was handed over. */
  int handovers() {
    return handovers;
  }

  /** Runs it; a failure tells what led to it. Gives the hash of all events. */
  long run() {
    try {
      int all = (int) random.between(6, 16);
      for (rounds = 0; rounds < all; rounds++) {
        runFor(random.below(1L << random.between(4, 12)));
        disturb();
      }
      converge();
      return simulation.eventHash();
    } catch (RuntimeException | Error failure) {
      throw new AssertionError(
          "seed %d, round %d, %s: %s"
              .formatted(
                  simulation.seed(),
                  rounds,
                  members.stream().map(Member::words).toList(),
                  failure.getMessage()),
          failure);
    }
  }

  private long neededLsn() {
    return members.stream().mapToLong(Member::durableLsn).min().orElse(0);
  }

  private Optional<Member> primary() {
    return members.stream().filter(Member::isPrimary).findFirst();
  }

  private void runFor(long events) {
    long left = events;
    while (left > 0) {
      simulation.runSteps(Math.min(left, SLICE));
      left -= SLICE;
      tend();
    }
  }

  /** Looks at everything, and begins what can begin. */
  private void tend() {
    members.forEach(member -> member.life().ifPresent(Life::check));
    members.forEach(this::checkFollower);
    handover.ifPresent(Handover::advance);
    handover.filter(Handover::isOver).ifPresent(this::ended);
    members.stream().filter(Member::isClosed).forEach(this::open);
    Optional<Member> primary = primary().filter(it -> it.serving().isPresent());
    primary.ifPresent(this::connect);
    primary.ifPresent(this::retain);
  }

  private void ended(Handover over) {
    handover = Optional.empty();
    if (over.isGranted()) {
      handovers++;
      granted.add(over.succession().epochId());
      disconnect();
    }
  }

  private void open(Member member) {
    switch (member.deed()) {
      case Member.Deed.Primary(var succession) -> {
        member.machine().succeeds(succession);
        enlarge(member);
        Life life = life(member);
        member.live(life);
        life.begin();
      }
      case Member.Deed.Secondary secondary ->
          start.ifPresent(from -> member.open(from, startBytes));
    }
  }

  private Life life(Member member) {
    Load load = Load.random(random, member.machine().shape().isCached());
    return new Life(member.machine(), history, none, load, false).openUntil(() -> mayClose);
  }

  private void connect(Member primary) {
    LoggedResource resource = primary.serving().orElseThrow();
    if (start.isEmpty()) {
      startBytes =
          IntStream.range(0, resource.volumeCount())
              .mapToObj(volume -> resource.volume(volume).sizeBytes())
              .toList();
      members.forEach(this::enlarge);
      start = Optional.of(new LogStart(resource.id(), 0));
    }
    for (Member member : members) {
      if (member.follower().isPresent() && !couriers.containsKey(member)) {
        Courier courier =
            new Courier(
                new Courier.End<>(member.machine(), member.follower().get()),
                new Courier.End<>(primary.machine(), resource),
                member::isDurable,
                Courier.Bug.NONE);
        couriers.put(member, courier);
        courier.begin();
      }
    }
  }

  /** What any member may still need is kept by all of them. */
  private void retain(Member primary) {
    primary.isDurable(primary.serving().orElseThrow().readableLog().marks().durable());
    long needed = neededLsn();
    members.forEach(
        member -> member.log().ifPresent(log -> member.tell(() -> retain(member, log, needed))));
  }

  private static void retain(Member member, ReadableLog log, long needed) {
    if (member.log().filter(it -> it == log).isPresent()) {
      log.retainFrom(needed);
    }
  }

  private void disconnect() {
    couriers.values().forEach(Courier::stop);
    couriers.clear();
  }

  private void checkFollower(Member member) {
    Optional<FollowingResource> follower = member.follower();
    if (follower.isEmpty()) {
      return;
    }
    for (int volume = 0; volume < follower.get().volumeCount(); volume++) {
      member.machine().sizes().tell(volume, follower.get().volumeBytes(volume));
    }
    var marks = follower.get().log().marks();
    boolean prefix = marks.checkpoint() == marks.horizon() && follower.get().isConsistent();
    if (prefix && random.chance(0.02)) {
      history.checkDisks("on a secondary", member.machine().disks(), false);
    }
  }

  /** An operator makes the devices of a member as large as the volumes will ever be. */
  private void enlarge(Member member) {
    for (int volume = 0; volume < history.cells().volumes(); volume++) {
      member.machine().enlargeDevice(volume, member.machine().sizes().full(volume));
    }
  }

  private void disturb() {
    if (random.chance(0.3)) {
      crash(members.get(random.below(members.size())), random.chance(0.5));
    }
    if (random.chance(0.7) && handover.isEmpty()) {
      handOver();
      return;
    }
    handover.filter(it -> random.chance(0.2)).ifPresent(Handover::abort);
  }

  private void handOver() {
    Optional<Member> from = primary().filter(it -> it.serving().isPresent());
    List<Member> able =
        members.stream()
            .filter(it -> it.follower().filter(FollowingResource::isConsistent).isPresent())
            .toList();
    if (from.isEmpty() || able.isEmpty()) {
      return;
    }
    Member to = able.get(random.below(able.size()));
    enlarge(to);
    UUID epochId = new UUID(random.below(Long.MAX_VALUE), random.below(Long.MAX_VALUE));
    Handover next = new Handover(from.get(), to, epochId, resource -> serve(to, resource));
    handover = Optional.of(next);
    next.begin(random.chance(0.7));
  }

  private void serve(Member member, LoggedResource resource) {
    Life life = life(member);
    member.live(life);
    life.adopt(resource);
  }

  private void crash(Member member, boolean power) {
    handover.ifPresent(it -> {
      it.advance();
      it.abort();
    });
    handover.filter(Handover::isOver).ifPresent(this::ended);
    disconnect();
    if (member.isPrimary()) {
      history.crashed(power && member.hasWritten());
    }
    member.crash(power);
  }

  private void converge() {
    handover.ifPresent(Handover::abort);
    members.forEach(this::enlarge);
    long limit = simulation.steps() + PATIENCE_EVENTS;
    while (!isConverged()) {
      if (simulation.runSteps(SLICE) == 0 || simulation.steps() > limit) {
        throw new History.OracleViolation("it does not converge");
      }
      tend();
    }
    Member last = primary().orElseThrow();
    checkLineages(last);
    long[] disks = last.machine().disks();
    history.checkDisks("in the end", disks, true);
    for (Member member : members) {
      if (!Arrays.equals(disks, member.machine().disks())) {
        throw new History.OracleViolation("the disks differ in the end");
      }
      checkBytes(last, member);
    }
    close(last);
  }

  private boolean isConverged() {
    Optional<Member> last = primary().filter(it -> it.life().filter(Life::isWorked).isPresent());
    if (last.isEmpty() || last.get().serving().isEmpty() || handover.isPresent()) {
      return false;
    }
    var source = last.get().serving().get().status().watermarks();
    return source.checkpoint() == source.appended()
        && members.stream()
            .filter(member -> member != last.get())
            .allMatch(member ->
                member
                    .follower()
                    .filter(FollowingResource::isConsistent)
                    .filter(it -> it.log().marks().checkpoint() == source.appended())
                    .isPresent());
  }

  /** What was agreed has begun, once, and everybody knows the same epochs. */
  private void checkLineages(Member last) {
    Lineage lineage = last.log().orElseThrow().lineage();
    List<UUID> agreed =
        lineage.epochs().stream()
            .filter(epoch -> epoch.kind() == Epoch.Kind.HANDOVER)
            .map(Epoch::id)
            .toList();
    if (!agreed.equals(granted)) {
      throw new History.OracleViolation("agreed were " + granted + ", begun are " + agreed);
    }
    for (Member member : members) {
      if (!member.log().orElseThrow().lineage().equals(lineage)) {
        throw new History.OracleViolation("another lineage at " + member.words());
      }
    }
  }

  /** Every logfile that both have is the same, byte for byte. */
  private static void checkBytes(Member one, Member other) {
    long lsn = one.log().orElseThrow().marks().durable();
    while (lsn > 0) {
      Optional<Logfile> mine = one.log().orElseThrow().find(lsn - 1);
      Optional<Logfile> theirs = other.log().orElseThrow().find(lsn - 1);
      if (mine.isEmpty() || theirs.isEmpty()) {
        return;
      }
      if (!Arrays.equals(bytes(one, mine.get(), lsn), bytes(other, theirs.get(), lsn))) {
        throw new History.OracleViolation("%s and %s differ".formatted(mine, theirs));
      }
      lsn = mine.get().baseLsn();
    }
  }

  private static byte[] bytes(Member member, Logfile file, long endLsn) {
    return member
        .machine()
        .directory()
        .medium(file.toString())
        .peek(new Range(0, HEADER_BYTES + endLsn - file.baseLsn()));
  }

  private void close(Member last) {
    disconnect();
    mayClose = true;
    for (Member member : members) {
      member
          .follower()
          .ifPresent(resource ->
              member.tell(() ->
                  resource
                      .close()
                      .observe(
                          done -> {},
                          cause -> {
                            throw Member.wrong("does not close", cause);
                          })));
    }
    simulation.runUntil(() -> last.life().orElseThrow().end().isPresent(), PATIENCE_EVENTS);
  }
}
