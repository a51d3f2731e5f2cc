package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.TimeSpan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Compares all copies of a resource while they are in use: range by range, the primary puts a
 * bookmark into the log, every replica puts log on its disk up to exactly there, and all say what
 * their disk holds. So nothing that is merely on its way is taken for a difference. Lives on the
 * primary node's owner.
 */
final class Verification {

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  /** What is found at one secondary. */
  private final class Suspect {
    private final UUID node;
    private final RegionSet differing = new RegionSet();
    private long comparedBytes;
    private String skipped = "";
    private boolean repairing;

    Suspect(UUID node) {
      this.node = node;
    }

    boolean isCompared() {
      return skipped.isEmpty();
    }

    void skip(IOException cause) {
      skipped =
          cause instanceof RefusedException refused
              ? refused.refusal().fact()
              : String.valueOf(cause.getMessage());
    }

    Outcome.MemberFinding finding() {
      List<Outcome.Region> regions = new ArrayList<>();
      differing.runs(
          (from, to) -> regions.add(new Outcome.Region(0, from, Math.min(to, sizeBytes) - from)));
      return new Outcome.MemberFinding(
          facts.nameOf(node), comparedBytes, regions, skipped, repairing);
    }
  }

  private final Surroundings around;
  private final Facts facts;
  private final Tenancy primary;
  private final List<Suspect> suspects;
  private final boolean repair;
  private final Duration deadline;
  private final long endNanos;
  private final long sizeBytes;
  private long offset;
  private long lsn;

  /**
   * @param members the secondaries
   * @param repair sync what differs
   */
  Verification(
      Surroundings around, Tenancy primary, List<UUID> members, boolean repair, Duration deadline) {
    this.around = around;
    this.facts = new Facts(around);
    this.primary = primary;
    this.suspects = members.stream().map(Suspect::new).toList();
    this.repair = repair;
    this.deadline = deadline;
    this.endNanos = around.nanos() + deadline.toNanos();
    this.sizeBytes = primary.deed().holding().sizeBytes().orElse(0);
  }

  private UUID resource() {
    return primary.deed().resource();
  }

  /** Compares everything; fails with a refusal if it takes too long. */
  Async<Outcome> run() {
    return all(new Inquiry.Compare(resource(), 0, 0, 0))
        .then(done -> Async.repeat(this::step))
        .then(done -> goOn())
        .orElse(cause -> goOn().then(done -> Async.failed(cause)))
        .then(done -> repair ? Async.forEach(suspects, this::repair) : Async.done())
        .map(done -> new Outcome.Verified(lsn, suspects.stream().map(Suspect::finding).toList()));
  }

  private Async<Optional<Boolean>> step() {
    boolean anybody = suspects.stream().anyMatch(Suspect::isCompared);
    if (offset >= sizeBytes || !anybody) {
      return Async.of(Optional.of(true));
    }
    if (around.nanos() > endNanos) {
      return Async.failed(late().thrown());
    }
    int length = (int) Math.min(Inquiry.MAX_COMPARED_BYTES, sizeBytes - offset);
    return primary
        .replica()
        .mark()
        .then(mark -> {
          lsn = mark;
          return all(new Inquiry.Compare(resource(), mark, offset, length));
        })
        .map(done -> {
          offset += length;
          return Optional.empty();
        });
  }

  private Refusal late() {
    return Refusal.late(
        "deadline",
        "%d of %d bytes were compared in %s"
            .formatted(offset, sizeBytes, TimeSpan.format(deadline)),
        "a longer --timeout");
  }

  /** Asks all at a time, and waits for all. */
  private Async<Void> all(Inquiry.Compare compare) {
    Duration patience = patience();
    Async<Blob> own = primary.replica().digest(compare);
    List<Suspect> asked = suspects.stream().filter(Suspect::isCompared).toList();
    List<Async<Blob>> answers =
        asked.stream().map(one -> around.peers().ask(one.node, compare, patience)).toList();
    return own.then(ours ->
        Async.forEach(
            IntStream.range(0, asked.size()).boxed().toList(),
            i ->
                answers
                    .get(i)
                    .map(theirs -> {
                      judge(asked.get(i), compare, ours, theirs);
                      return (Void) null;
                    })
                    .orElse(cause -> {
                      asked.get(i).skip(cause);
                      return Async.done();
                    })));
  }

  /** Nobody is waited for beyond the deadline. */
  private Duration patience() {
    long leftNanos = Math.max(1, endNanos - around.nanos());
    return Duration.ofNanos(Math.min(PATIENCE.toNanos(), leftNanos));
  }

  private static void judge(Suspect suspect, Inquiry.Compare compare, Blob ours, Blob theirs) {
    byte[] mine = ours.toByteArray();
    byte[] other = theirs.toByteArray();
    if (mine.length != other.length) {
      suspect.skip(new IOException("its answer is not understood"));
      return;
    }
    suspect.comparedBytes += compare.lengthBytes();
    for (int at = 0; at < mine.length; at += Digest.BYTES) {
      boolean equal = Arrays.equals(mine, at, at + Digest.BYTES, other, at, at + Digest.BYTES);
      if (!equal) {
        long region = compare.offset() + (long) at / Digest.BYTES * Inquiry.REGION_BYTES;
        suspect.differing.add(region, 1);
      }
    }
  }

  private Async<Void> goOn() {
    return primary
        .replica()
        .goOn()
        .orElse(cause -> Async.done())
        .then(done ->
            Async.forEach(
                suspects,
                one ->
                    around
                        .peers()
                        .ask(one.node, new Inquiry.GoOn(resource()), PATIENCE)
                        .map(answer -> (Void) null)
                        .orElse(cause -> Async.done())));
  }

  private Async<Void> repair(Suspect suspect) {
    if (suspect.differing.isEmpty()) {
      return Async.done();
    }
    return around
        .peers()
        .ask(suspect.node, new Inquiry.Repair(resource(), suspect.differing), PATIENCE)
        .map(done -> {
          suspect.repairing = true;
          return (Void) null;
        })
        .orElse(cause -> {
          suspect.skip(cause);
          return Async.done();
        });
  }
}
