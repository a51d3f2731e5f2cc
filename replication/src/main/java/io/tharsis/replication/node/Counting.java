package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.fetch.Retention;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Whom an open replica at a primary counts as members, and from where on each of them needs its
 * log: the replica knows that, and the deed remembers it, decisions at once, progress now and then.
 * Belongs to a {@link Tenancy} and lives on the node's owner; what it is asked runs within a turn.
 */
final class Counting {

  /** How many ticks pass before what retention has learnt is written down again. */
  private static final int TICKS_BETWEEN_NOTES = 30;

  private final Tenancy here;
  private final Facts facts;
  private int ticks;

  Counting(Tenancy here, Surroundings around) {
    this.here = here;
    this.facts = new Facts(around);
  }

  /** Time has passed. */
  void tick() {
    ticks++;
  }

  private record Admission(Optional<Long> base, Report seen) {}

  /** Counts a member and says where its log is to begin; empty if that cannot be said now. */
  Async<Optional<Long>> admit(UUID member, boolean anew) {
    if (!here.isOpen()) {
      return Async.of(Optional.empty());
    }
    Lodger open = here.lodger().get();
    return here.crossing()
        .ask(() -> Async.of(new Admission(open.admit(member, anew), open.report())))
        .then(admission ->
            here.saw(admission.seen())
                .then(done -> note(admission.seen()))
                .map(done -> admission.base()));
  }

  /** Keeps nothing for a member any more. */
  Async<Void> dismiss(UUID member) {
    if (!here.isOpen()) {
      return Async.done();
    }
    Lodger open = here.lodger().get();
    return here.crossing()
        .ask(() -> {
          open.dismiss(member);
          return Async.of(open.report());
        })
        .then(this::note);
  }

  /** Writes down what is to be remembered now. */
  Async<Void> note(Report seen) {
    Deed deed = here.deed();
    SortedMap<UUID, Long> now = new TreeMap<>(seen.needed());
    boolean decided =
        !now.keySet().equals(deed.needed().keySet())
            || now.entrySet().stream().anyMatch(one -> isDecision(deed, one));
    boolean due = ticks % TICKS_BETWEEN_NOTES == 0 && !now.equals(deed.needed());
    now.keySet().stream().filter(member -> isGivenUp(deed, member, now)).forEach(this::noteGivenUp);
    return decided || due ? here.put(deed.needing(now)) : Async.done();
  }

  private static boolean isDecision(Deed deed, Map.Entry<UUID, Long> now) {
    boolean wasGiven = deed.needed().get(now.getKey()) == Retention.GIVEN_UP;
    return wasGiven != (now.getValue() == Retention.GIVEN_UP);
  }

  private static boolean isGivenUp(Deed deed, UUID member, SortedMap<UUID, Long> now) {
    return now.get(member) == Retention.GIVEN_UP
        && deed.needed().getOrDefault(member, 0L) != Retention.GIVEN_UP;
  }

  private void noteGivenUp(UUID member) {
    here.note(
        Premises.Gravity.TROUBLE,
        "its log has no more space, and is kept no more for node " + facts.nameOf(member));
  }
}
