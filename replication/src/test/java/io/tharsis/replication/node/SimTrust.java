package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.ClusterDocument;
import io.tharsis.replication.simnet.SimNet;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Keys of a node of a simulated cluster: everything is genuine; who has the CA revokes and renews.
 * What was signed beside each other is kept until one makes up for it, as the real one does.
 * Outlives the node, as its files do.
 */
final class SimTrust implements Trust {

  /** As long as nobody looks at them. */
  static final Lives LONG = new Lives(Duration.ofDays(5 * 365), Duration.ofDays(365));

  private final UUID self;
  private final LongSupplier wallMillis;
  private final List<Edition> apart = new ArrayList<>();
  private final SortedSet<UUID> admitted = new TreeSet<>();
  private boolean key;
  private boolean untimely;
  private Edition inForce;
  private Lives lives = LONG;
  private Instant begun;
  private SimNet.Paper paper;

  /**
   * How long certificates live.
   *
   * @param all of it
   * @param renewAfter age at which the next one is asked for
   */
  record Lives(Duration all, Duration renewAfter) {}

  /** A signed document. */
  private record Edition(long counter, UUID holder, SortedSet<UUID> revoked) {

    static Edition of(ClusterDocument document) {
      try {
        return Inquiry.reading(
            document.signed(),
            in -> {
              long counter = in.takeLong();
              UUID holder = in.takeUuid();
              SortedSet<UUID> revoked = new TreeSet<>();
              for (int left = in.takeShort(); left > 0; left--) {
                revoked.add(in.takeUuid());
              }
              return new Edition(counter, holder, revoked);
            });
      } catch (FormatException malformed) {
        throw new AssertionError(malformed);
      }
    }

    ClusterDocument document() {
      return new ClusterDocument(
          Inquiry.bytes(into -> {
            into.putLong(counter).putUuid(holder).putShort(revoked.size());
            revoked.forEach(into::putUuid);
          }));
    }

    boolean beats(Edition other) {
      return counter != other.counter
          ? counter > other.counter
          : !holder.equals(other.holder)
              ? holder.compareTo(other.holder) < 0
              : revoked.toString().compareTo(other.revoked.toString()) < 0;
    }

    boolean makesUpFor(Edition other) {
      return equals(other) || (counter > other.counter && revoked.containsAll(other.revoked));
    }
  }

  /**
   * Who it is.
   *
   * @param self the node
   * @param holder the node that has the CA at first
   * @param hasAuthority whether the CA is here
   */
  record Place(UUID self, UUID holder, boolean hasAuthority) {}

  SimTrust(Place place, LongSupplier wallMillis) {
    this.self = place.self();
    this.inForce = new Edition(1, place.holder(), new TreeSet<>());
    this.key = place.hasAuthority();
    this.wallMillis = wallMillis;
    this.begun = now();
    this.paper = new SimNet.Paper(self, BigInteger.ONE, now().plus(lives.all()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(wallMillis.getAsLong());
  }

  /** Certificates live so long, its own too; before the node is started. */
  void lives(Lives now) {
    lives = now;
    paper = new SimNet.Paper(self, paper.serial(), begun.plus(now.all()));
  }

  /** The certificate that it shows. */
  SimNet.Paper paper() {
    return paper;
  }

  /** The clock here says 1970, as far as certificates are concerned. */
  void untimely() {
    untimely = true;
  }

  /** These were let in, whether they have ever been started or not. */
  void admit(Collection<UUID> nodes) {
    admitted.addAll(nodes);
  }

  List<UUID> revoked() {
    return List.copyOf(allRevoked());
  }

  private SortedSet<UUID> allRevoked() {
    SortedSet<UUID> all = new TreeSet<>(inForce.revoked());
    apart.forEach(one -> all.addAll(one.revoked()));
    return all;
  }

  private void sign(SortedSet<UUID> revoked) {
    long above = apart.stream().mapToLong(Edition::counter).max().orElse(0);
    inForce = new Edition(Math.max(inForce.counter(), above) + 1, self, revoked);
    apart.removeIf(inForce::makesUpFor);
  }

  /** The CA is here from now on. */
  void takeAuthority() {
    key = true;
    sign(allRevoked());
  }

  @Override
  public Signed document() {
    return new Signed(inForce.document(), inForce.counter());
  }

  @Override
  public Async<Boolean> isGenuine(ClusterDocument document, long offered) {
    Edition other = Edition.of(document);
    boolean newer = other.beats(inForce);
    Edition loser = newer ? inForce : other;
    inForce = newer ? other : inForce;
    if (apart.stream().noneMatch(loser::equals)) {
      apart.add(loser);
    }
    apart.removeIf(inForce::makesUpFor);
    key &= inForce.holder().equals(self);
    return Async.of(other.counter() == offered);
  }

  @Override
  public List<Blob> apart() {
    return apart.stream().map(one -> one.document().signed()).toList();
  }

  @Override
  public Async<Signed> absorb(Blob other) {
    return isGenuine(new ClusterDocument(other), 0)
        .map(done -> {
          if (!apart.isEmpty()) {
            sign(allRevoked());
          }
          return document();
        });
  }

  @Override
  public boolean holdsAuthority() {
    return key && inForce.holder().equals(self);
  }

  @Override
  public int otherMembers() {
    return (int)
        admitted.stream()
            .filter(node -> !node.equals(self) && !allRevoked().contains(node))
            .count();
  }

  @Override
  public UUID holder() {
    return inForce.holder();
  }

  @Override
  public Async<Signed> revoke(UUID node) {
    SortedSet<UUID> more = allRevoked();
    if (more.add(node)) {
      sign(more);
    }
    return Async.of(document());
  }

  @Override
  public Optional<Objection> objectionToSelf() {
    boolean out = allRevoked().contains(self);
    return out || untimely
        ? Optional.of(
            new Objection(out ? "it was revoked" : "its certificate is not good yet", out))
        : Optional.empty();
  }

  // ---- its own certificate ----

  @Override
  public Standing standing() {
    boolean near = now().isAfter(paper.until().minus(lives.all().dividedBy(5)));
    boolean due = !now().isBefore(begun.plus(lives.renewAfter()));
    return new Standing(paper.until(), due, near, lives.all().dividedBy(3));
  }

  @Override
  public Async<Blob> beginRenewal() {
    return Async.of(Inquiry.bytes(into -> into.putUuid(self)));
  }

  @Override
  public Async<Void> completeRenewal(Blob answer) {
    try {
      Instant until = Inquiry.reading(answer, in -> Instant.ofEpochMilli(in.takeLong()));
      begun = now();
      paper = new SimNet.Paper(self, paper.serial().add(BigInteger.ONE), until);
      return Async.done();
    } catch (FormatException malformed) {
      return Async.failed(new IOException(malformed));
    }
  }

  @Override
  public Async<Blob> renew(UUID node, Optional<BigInteger> serial, Blob request) {
    if (!holdsAuthority() || allRevoked().contains(node)) {
      return Async.failed(
          Refusal.forbidden("revoked", "node " + node + " was revoked", "join as a new node")
              .thrown());
    }
    return Async.of(Inquiry.bytes(into -> into.putLong(now().plus(lives.all()).toEpochMilli())));
  }
}
