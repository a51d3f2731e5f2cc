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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Keys of a node of a simulated cluster: everything is genuine; who has the CA revokes and renews.
 * Outlives the node, as its files do.
 */
final class SimTrust implements Trust {

  /** As long as nobody looks at them. */
  static final Lives LONG = new Lives(Duration.ofDays(5 * 365), Duration.ofDays(365));

  private final UUID self;
  private final LongSupplier wallMillis;
  private final SortedSet<UUID> revoked = new TreeSet<>();
  private final SortedSet<UUID> admitted = new TreeSet<>();
  private boolean key;
  private boolean untimely;
  private UUID holder;
  private long counter = 1;
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
    this.holder = place.holder();
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
    return List.copyOf(revoked);
  }

  /** The CA is here from now on. */
  void takeAuthority() {
    key = true;
    holder = self;
    counter++;
  }

  @Override
  public Signed document() {
    return new Signed(
        new ClusterDocument(
            Inquiry.bytes(into -> {
              into.putLong(counter).putUuid(holder).putShort(revoked.size());
              revoked.forEach(into::putUuid);
            })),
        counter);
  }

  @Override
  public Async<Boolean> isGenuine(ClusterDocument document, long offered) {
    if (offered > counter) {
      try {
        Inquiry.reading(
            document.signed(),
            in -> {
              counter = in.takeLong();
              holder = in.takeUuid();
              for (int left = in.takeShort(); left > 0; left--) {
                revoked.add(in.takeUuid());
              }
              return counter;
            });
      } catch (FormatException malformed) {
        throw new AssertionError(malformed);
      }
    }
    return Async.of(true);
  }

  @Override
  public boolean holdsAuthority() {
    return key && holder.equals(self);
  }

  @Override
  public int otherMembers() {
    return (int)
        admitted.stream().filter(node -> !node.equals(self) && !revoked.contains(node)).count();
  }

  @Override
  public UUID holder() {
    return holder;
  }

  @Override
  public Async<Signed> revoke(UUID node) {
    if (revoked.add(node)) {
      counter++;
    }
    return Async.of(document());
  }

  @Override
  public Optional<Objection> objectionToSelf() {
    boolean out = revoked.contains(self);
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
    if (!holdsAuthority() || revoked.contains(node)) {
      return Async.failed(
          Refusal.forbidden("revoked", "node " + node + " was revoked", "join as a new node")
              .thrown());
    }
    return Async.of(Inquiry.bytes(into -> into.putLong(now().plus(lives.all()).toEpochMilli())));
  }
}
