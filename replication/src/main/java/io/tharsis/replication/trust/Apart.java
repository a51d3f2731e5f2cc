package io.tharsis.replication.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Editions of the {@code cluster} document that the CA signed beside the one in force, and that the
 * one in force does not make up for yet: somebody used the CA in two places. What they say of
 * members and revocations counts until the holder of the CA has taken it over. Immutable.
 */
record Apart(List<SignedDocument> documents) {

  /** Each is the last word of one place that used the CA; there are not more of them. */
  static final int MOST = 8;

  private static final int MAX_DOCUMENT = 0xFFFF;

  /** Copies. */
  Apart {
    documents = List.copyOf(documents);
  }

  static Apart none() {
    return new Apart(List.of());
  }

  boolean isEmpty() {
    return documents.isEmpty();
  }

  /** One more. It takes the place of those that it makes superfluous. */
  Apart with(SignedDocument one) throws TrustRefusedException {
    if (documents.stream().anyMatch(before -> Apart.covers(before, one))) {
      return this;
    }
    List<SignedDocument> all = new ArrayList<>(documents);
    all.removeIf(before -> covers(one, before));
    all.add(one);
    if (all.size() > MOST) {
      throw new TrustRefusedException(
          TrustCode.TOO_MANY,
          "there are more than " + MOST + " editions of the cluster document beside each other",
          "let the node with the CA be reached; it takes them over");
    }
    return new Apart(all);
  }

  /** Whether what makes up for the one makes up for the other. */
  private static boolean covers(SignedDocument one, SignedDocument other) {
    return Editions.counter(one) >= Editions.counter(other)
        && Editions.members(one).includes(Editions.members(other));
  }

  /** Those that are left when this one is in force. */
  Apart beside(SignedDocument inForce) {
    List<SignedDocument> left =
        documents.stream().filter(one -> !Editions.makesUpFor(inForce, one)).toList();
    return left.size() == documents.size() ? this : new Apart(left);
  }

  /** What all of them and the one in force say together. */
  Members over(Members inForce) {
    Members all = inForce;
    for (SignedDocument one : documents) {
      all = all.union(Editions.members(one));
    }
    return all;
  }

  /** The greatest counter of all, 0 if there is none. */
  long counter() {
    return documents.stream().mapToLong(Editions::counter).max().orElse(0);
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().u32(documents.size());
    documents.forEach(one -> out.bytes(one.toBytes()));
    return out.toBytes();
  }

  static Apart parse(byte[] bytes, X509Certificate anchor)
      throws MalformedException, TrustRefusedException {
    FieldReader in = new FieldReader(bytes);
    List<SignedDocument> all = new ArrayList<>();
    for (int left = in.count(MOST); left > 0; left--) {
      all.add(SignedDocument.verify(in.bytes(MAX_DOCUMENT), anchor));
    }
    in.end();
    return new Apart(all);
  }
}
