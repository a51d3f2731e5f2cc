package io.tharsis.replication.trust;

import java.math.BigInteger;
import java.util.Optional;
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

  static Refused conflict(ClusterDocument ours, ClusterDocument theirs) {
    return new Refused(
        TrustCode.DOCUMENT_CONFLICT,
        "there are two different editions "
            + ours.edition().counter()
            + " of the cluster document, by node "
            + ours.edition().holder()
            + " and by node "
            + theirs.edition().holder()
            + ": the CA is used in two places, or a data directory was restored from a backup",
        "keep one holder of the CA, let it absorb the other document, and repeat lost revocations");
  }

  /** A newer edition that forgets a revocation was written by somebody who did not know it. */
  static Optional<Refused> lostRevocations(ClusterDocument ours, ClusterDocument newer) {
    SortedSet<UUID> nodes = new TreeSet<>(Members.BY_BYTES);
    nodes.addAll(ours.members().revokedNodes());
    nodes.removeAll(newer.members().revokedNodes());
    SortedSet<BigInteger> serials = new TreeSet<>(ours.members().revokedSerials());
    serials.removeAll(newer.members().revokedSerials());
    if (nodes.isEmpty() && serials.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refused(
            TrustCode.DOCUMENT_CONFLICT,
            "edition "
                + newer.edition().counter()
                + " of the cluster document, by node "
                + newer.edition().holder()
                + ", forgets the revocation of nodes "
                + nodes
                + " and certificates "
                + serials.stream().map(serial -> serial.toString(16)).toList(),
            "revoke them again where the CA is"));
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
