package io.tharsis.replication.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** What two editions of the {@code cluster} document say about each other. */
final class Editions {

  private Editions() {}

  static Refused older(long offered, ClusterDocument ours) {
    return new Refused(
        TrustCode.DOCUMENT_OLDER,
        "edition "
            + offered
            + " of the cluster document is older than edition "
            + ours.edition().counter()
            + ", which is in force",
        "nothing is to be done: the peer will get the newer one");
  }

  static long counter(SignedDocument document) {
    return document.content().edition().counter();
  }

  static Members members(SignedDocument document) {
    return document.content().members();
  }

  /**
   * Which of two different ones counts, wherever they meet: the greater counter; of two with one
   * counter that of the holder with the smaller id, who stays the holder.
   */
  static boolean beats(SignedDocument one, SignedDocument other) {
    if (counter(one) != counter(other)) {
      return counter(one) > counter(other);
    }
    int holders =
        Members.BY_BYTES.compare(
            one.content().edition().holder(), other.content().edition().holder());
    return holders != 0 ? holders < 0 : one.compareSigned(other) < 0;
  }

  /** Whether nothing of an edition is lost when this one is in force, here and everywhere. */
  static boolean makesUpFor(SignedDocument inForce, SignedDocument other) {
    return inForce.saysTheSameAs(other)
        || (counter(inForce) > counter(other) && members(inForce).includes(members(other)));
  }

  /** An edition that does not know what another one says was written by somebody cut off. */
  static Refused apart(ClusterDocument inForce, ClusterDocument other) {
    Members ours = inForce.members();
    Members theirs = other.members();
    SortedSet<UUID> nodes = new TreeSet<>(Members.BY_BYTES);
    nodes.addAll(theirs.revokedNodes());
    nodes.removeAll(ours.revokedNodes());
    SortedSet<BigInteger> serials = new TreeSet<>(theirs.revokedSerials());
    serials.removeAll(ours.revokedSerials());
    SortedSet<UUID> admitted = new TreeSet<>(Members.BY_BYTES);
    admitted.addAll(theirs.admitted().keySet());
    admitted.removeAll(ours.admitted().keySet());
    admitted.removeAll(ours.revokedNodes());
    return new Refused(
        TrustCode.DOCUMENT_CONFLICT,
        "%s of the cluster document does not know what %s says, which revokes nodes %s and certificates %s, and lets in nodes %s: the CA is used in two places, or a data directory was restored from a backup"
            .formatted(
                name(inForce),
                name(other),
                nodes,
                serials.stream().map(serial -> serial.toString(16)).toList(),
                admitted),
        "both count here; let node "
            + inForce.edition().holder()
            + " be reached, which takes over what it does not know, or tharsis ca-import at a"
            + " member");
  }

  private static String name(ClusterDocument document) {
    return "edition " + document.edition().counter() + ", by node " + document.edition().holder();
  }

  /** The CA is elsewhere now, and its key is here still. */
  static Refused notRemoved(String file, IOException why) {
    return new Refused(
        TrustCode.HOST_FAILED,
        file + " cannot be removed, although the CA is at another node: " + why.getMessage(),
        "remove it, or start this node again, which tries it once more");
  }

  static void requireHolder(ClusterDocument document, UUID self) throws TrustRefusedException {
    ClusterDocument.Edition edition = document.edition();
    if (!edition.holder().equals(self)) {
      throw new TrustRefusedException(
          TrustCode.CA_MOVED,
          "node "
              + edition.holder()
              + " holds the CA since "
              + edition.writtenAt()
              + "; it is not used here",
          "do it there, or import the CA here");
    }
  }

  /** Who holds the CA does not sign that it is no member: that is for another holder. */
  static void requireMember(Members members, NodeIdentity self) throws TrustRefusedException {
    if (members.revokedNodes().contains(self.nodeId())) {
      throw new TrustRefusedException(
          TrustCode.REVOKED,
          "node " + self + ", which holds the CA, was revoked by another holder of it",
          "import the CA on another member");
    }
  }

  static void requireRoom(Members members) throws TrustRefusedException {
    if (members.isTooLong()) {
      throw new TrustRefusedException(
          TrustCode.TOO_MANY,
          "the cluster document has room for "
              + TrustLimits.MAX_MEMBERS
              + " members, and for "
              + TrustLimits.MAX_REVOKED
              + " revoked nodes and as many revoked certificates",
          "make another cluster");
    }
  }
}
