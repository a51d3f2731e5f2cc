package io.tharsis.server.cluster;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.node.Trust;
import io.tharsis.replication.trust.CertificateAuthority;
import io.tharsis.replication.trust.ClusterDocument;
import io.tharsis.replication.trust.ClusterTrust;
import io.tharsis.replication.trust.JoinService;
import io.tharsis.replication.trust.Offered;
import io.tharsis.replication.trust.Refused;
import io.tharsis.replication.trust.RenewalRequest;
import io.tharsis.replication.trust.TrustCode;
import io.tharsis.replication.trust.TrustListener;
import io.tharsis.replication.trust.TrustMessages;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The keys of this node for its {@link io.tharsis.replication.node.ClusterNode}: files and
 * signatures on threads that may block, answers on the node's owner.
 */
final class HostTrust implements Trust, TrustListener {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.trust");

  private final ClusterTrust member;
  private final LinkHome home;
  private final Rim rim;

  /** Who has to hear that another document is in force; set once, when somebody can. */
  private Hearers hearers = new Hearers(() -> {}, document -> {});

  /** The CA, if it is here; taken from an import on any thread. */
  private volatile Optional<CertificateAuthority> authority;

  /** The key whose certificate was asked for last. */
  private Optional<RenewalRequest> renewing = Optional.empty();

  /** Documents that the node waits for; it publishes them itself. */
  private int signing;

  /**
   * Who hears, on the node's owner, that another document is in force.
   *
   * @param node publishes it
   * @param links closes those of revoked nodes
   */
  record Hearers(Runnable node, Consumer<ClusterDocument> links) {}

  /**
   * The trust of a member.
   *
   * @param authority the CA, if it is here
   * @param home the node's owner
   */
  HostTrust(ClusterTrust member, Optional<CertificateAuthority> authority, LinkHome home, Rim rim) {
    this.member = member;
    this.authority = authority;
    this.home = home;
    this.rim = rim;
  }

  /** From now on these hear; on the node's owner. */
  void telling(Hearers others) {
    hearers = others;
  }

  /** The CA, if it is here. */
  Optional<CertificateAuthority> authority() {
    return authority;
  }

  /** The CA was imported here. */
  void imported(CertificateAuthority now) {
    authority = Optional.of(now);
  }

  // ---- for the node, on its owner ----

  @Override
  public Signed document() {
    while (true) {
      ClusterDocument before = member.document();
      Blob bytes = Blob.of(member.documentBytes());
      // bytes and counter are to be of one document
      if (before.equals(member.document())) {
        return new Signed(
            new io.tharsis.replication.directory.ClusterDocument(bytes),
            before.edition().counter());
      }
    }
  }

  @Override
  public boolean holdsAuthority() {
    return authority.isPresent() && holder().equals(member.identity().nodeId());
  }

  @Override
  public int otherMembers() {
    Set<UUID> admitted = member.members().admitted().keySet();
    return admitted.size() - (admitted.contains(member.identity().nodeId()) ? 1 : 0);
  }

  @Override
  public UUID holder() {
    return member.document().edition().holder();
  }

  @Override
  public Optional<Objection> objectionToSelf() {
    return member
        .objectionToSelf()
        .map(no -> new Objection(no.fact(), no.code() == TrustCode.REVOKED));
  }

  @Override
  public Standing standing() {
    return new Standing(
        member.certificate().validUntil(),
        member.isRenewalDue(),
        member.isExpiryNear(),
        member.limits().refreshBefore());
  }

  @Override
  public Async<Blob> beginRenewal() {
    return rim.call(home.owner(), member::beginRenewal)
        .map(request -> {
          renewing = Optional.of(request);
          return Blob.of(TrustMessages.encodeRenewalRequest(request.signingRequest()));
        });
  }

  @Override
  public Async<Void> completeRenewal(Blob answer) {
    RenewalRequest request = renewing.orElseThrow();
    renewing = Optional.empty();
    return rim.call(
            home.owner(),
            () -> {
              member.completeRenewal(request, TrustMessages.renewal(answer.toByteArray()));
              return true;
            })
        .map(done -> (Void) null);
  }

  @Override
  public Async<Blob> renew(UUID node, Optional<BigInteger> serial, Blob request) {
    Optional<CertificateAuthority> here = authority;
    if (here.isEmpty()) {
      return Async.failed(noAuthorityHere().thrown());
    }
    BigInteger shown = serial.orElseGet(() -> member.certificate().serial());
    return rim.call(
        home.owner(), () -> Blob.of(here.get().answerRenewal(node, shown, request.toByteArray())));
  }

  private Refusal noAuthorityHere() {
    return Refusal.forbidden(
        "no-ca-here",
        "the CA of the cluster is not at node " + member.identity().name(),
        "the same at node " + holderName(member.document()));
  }

  @Override
  public Async<Signed> revoke(UUID node) {
    return sign(here -> here.revokeNode(node));
  }

  @Override
  public List<Blob> apart() {
    return member.apart().stream().map(Blob::of).toList();
  }

  @Override
  public Async<Signed> absorb(Blob apart) {
    return sign(here -> here.absorb(apart.toByteArray()));
  }

  /** What the CA is to sign. */
  @FunctionalInterface
  private interface Signing {
    ClusterDocument by(CertificateAuthority here) throws IOException, TrustRefusedException;
  }

  private Async<Signed> sign(Signing what) {
    Optional<CertificateAuthority> here = authority;
    if (here.isEmpty()) {
      return Async.failed(noAuthorityHere().thrown());
    }
    signing++;
    return rim.call(home.owner(), () -> what.by(here.get()))
        .map(done -> {
          signing--;
          return document();
        })
        .orElse(cause -> {
          signing--;
          hearers.node.run();
          return Async.failed(cause);
        });
  }

  /** Its key is no file here any more, and is not kept in memory either. */
  private void dropMovedAuthority() {
    if (!holder().equals(member.identity().nodeId())) {
      authority = Optional.empty();
    }
  }

  /** What people call the node that holds the CA. */
  static String holderName(ClusterDocument document) {
    UUID holder = document.edition().holder();
    return document.members().admitted().getOrDefault(holder, holder.toString());
  }

  @Override
  public Async<Boolean> isGenuine(
      io.tharsis.replication.directory.ClusterDocument document, long counter) {
    return rim.call(home.owner(), () -> member.offer(document.signed().toByteArray()))
        .map(offered -> isGenuine(offered, counter));
  }

  private boolean isGenuine(Offered offered, long counter) {
    return switch (offered) {
      case Offered.Adopted(ClusterDocument now) -> now.edition().counter() == counter;
      case Offered.Known() -> member.document().edition().counter() == counter;
      // signed, but a newer one came meanwhile by another way, or was signed beside it: the trust
      // has both, and of two with one counter directories may pass on either
      case Offered.Rejected(Refused why) -> {
        long ours = member.document().edition().counter();
        yield (why.code() == TrustCode.DOCUMENT_OLDER && counter < ours)
            || (why.code() == TrustCode.DOCUMENT_CONFLICT && counter == ours);
      }
    };
  }

  @Override
  public Acceptance acceptJoin(Hello.Sender peer) {
    if (!holdsAuthority()) {
      return new Acceptance.Refused(
          RefusalCode.NOT_ALLOWED, "tokens are redeemed at node " + holderName(member.document()));
    }
    return new Acceptance.Accepted(
        home, new JoinDoor(new JoinService(authority.orElseThrow()), home.owner(), rim));
  }

  // ---- told by the trust, on any thread ----

  @Override
  public void documentChanged(ClusterDocument document) {
    LOG.log(
        System.Logger.Level.INFO,
        "cluster document {0} is in force: {1} nodes, {2} revoked",
        Long.toString(document.edition().counter()),
        document.members().admitted().size(),
        document.members().revokedNodes().size());
    home.owner()
        .execute(() -> {
          dropMovedAuthority();
          hearers.links.accept(document);
          if (signing == 0) {
            hearers.node.run();
          }
        });
  }

  @Override
  public void refused(Refused refused) {
    LOG.log(System.Logger.Level.WARNING, "refused: {0}", refused);
  }

  @Override
  public void alarm(Refused why) {
    LOG.log(System.Logger.Level.ERROR, "ALARM: {0}", why);
  }
}
