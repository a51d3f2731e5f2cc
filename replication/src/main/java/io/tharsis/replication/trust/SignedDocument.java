package io.tharsis.replication.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A {@code cluster} document with its signature, which held when this was made. Immutable; the
 * layout is drawn in {@code docs/formats/trust.md}.
 */
public final class SignedDocument {

  static final byte[] MAGIC = {'T', 'H', 'A', 'R', 'S', 'I', 'S', 'K'};
  static final int VERSION = 1;

  private static final int MAX_CERTIFICATE = 4096;
  private static final int MAX_SIGNATURE = 128;
  private static final int MAX_NAME = 63;
  private static final int MAX_SERIAL = 20;

  private final ClusterDocument content;
  private final byte[] bytes;
  private final int signedLength;

  private SignedDocument(ClusterDocument content, byte[] bytes, int signedLength) {
    this.content = content;
    this.bytes = bytes;
    this.signedLength = signedLength;
  }

  /** What it says. */
  public ClusterDocument content() {
    return content;
  }

  /** The bytes for peers and files; a copy. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Whether both say the same; a content can be signed twice, with different bytes. */
  boolean saysTheSameAs(SignedDocument other) {
    return Arrays.equals(bytes, 0, signedLength, other.bytes, 0, other.signedLength);
  }

  /** An order of different contents that is the same everywhere, and means nothing. */
  int compareSigned(SignedDocument other) {
    return Arrays.compareUnsigned(bytes, 0, signedLength, other.bytes, 0, other.signedLength);
  }

  static SignedDocument sign(ClusterDocument content, AuthorityKey authority) throws IOException {
    byte[] signed = encode(content);
    byte[] signature = KeyPairs.sign(authority.key(), signed);
    byte[] bytes = new FieldWriter().raw(signed).bytes(signature).toBytes();
    return new SignedDocument(content, bytes, signed.length);
  }

  /**
   * Reads a document and verifies it.
   *
   * @param anchor the CA's certificate that this node was given when it became a member
   * @throws TrustRefusedException if it was changed, is another cluster's, or is no such document
   */
  static SignedDocument verify(byte[] bytes, X509Certificate anchor) throws TrustRefusedException {
    try {
      SignedDocument document = parse(bytes);
      if (!document.content.authority().equals(anchor)) {
        throw new TrustRefusedException(
            TrustCode.WRONG_CA,
            "the cluster document is of "
                + document.content.cluster()
                + ", by a CA that is not ours",
            "look which cluster the peer belongs to");
      }
      document.verifySignature();
      return document;
    } catch (MalformedException e) {
      throw tampered(e.getMessage());
    }
  }

  /** Reads a document from bytes that nobody has vouched for; the signature is not looked at. */
  static SignedDocument parse(byte[] bytes) throws MalformedException {
    FieldReader in = new FieldReader(bytes);
    ClusterDocument content = decode(in);
    int signedLength = in.position();
    in.bytes(MAX_SIGNATURE);
    in.end();
    return new SignedDocument(content, bytes.clone(), signedLength);
  }

  private void verifySignature() throws TrustRefusedException {
    byte[] signed = Arrays.copyOf(bytes, signedLength);
    byte[] signature = Arrays.copyOfRange(bytes, signedLength + 2, bytes.length);
    if (!KeyPairs.verifies(content.authority().getPublicKey(), signed, signature)) {
      throw tampered("its signature is not the CA's");
    }
  }

  private static TrustRefusedException tampered(String what) {
    return new TrustRefusedException(
        TrustCode.DOCUMENT_TAMPERED,
        "the cluster document cannot be trusted: " + what,
        "look at the node it came from");
  }

  private static byte[] encode(ClusterDocument document) {
    ClusterDocument.Edition edition = document.edition();
    Members members = document.members();
    FieldWriter out =
        new FieldWriter()
            .raw(MAGIC)
            .u16(VERSION)
            .uuid(document.cluster().id())
            .i64(edition.counter())
            .i64(edition.writtenAt().toEpochMilli())
            .uuid(edition.holder())
            .text(document.cluster().name())
            .bytes(Pem.der(document.authority()))
            .u32(members.admitted().size());
    members.admitted().forEach((node, name) -> out.uuid(node).text(name));
    out.u32(members.revokedNodes().size());
    members.revokedNodes().forEach(out::uuid);
    out.u32(members.revokedSerials().size());
    members.revokedSerials().forEach(serial -> out.bytes(serial.toByteArray()));
    return out.toBytes();
  }

  private static ClusterDocument decode(FieldReader in) throws MalformedException {
    if (!Arrays.equals(in.raw(MAGIC.length), MAGIC)) {
      throw new MalformedException("it does not begin like one");
    }
    int version = in.u16();
    if (version != VERSION) {
      throw new MalformedException("version " + version + " is unknown");
    }
    UUID id = in.uuid();
    long counter = in.i64();
    Instant writtenAt = Instant.ofEpochMilli(in.i64());
    ClusterDocument.Edition edition = new ClusterDocument.Edition(counter, writtenAt, in.uuid());
    Cluster cluster = new Cluster(id, name(in));
    X509Certificate authority = Certificates.parse(in.bytes(MAX_CERTIFICATE));
    if (counter < 1 || !Certificates.clusterOf(authority).equals(cluster)) {
      throw new MalformedException("it contradicts itself");
    }
    return new ClusterDocument(cluster, authority, edition, members(in));
  }

  private static Members members(FieldReader in) throws MalformedException {
    SortedMap<UUID, String> admitted = new TreeMap<>(Members.BY_BYTES);
    for (int left = in.count(TrustLimits.MAX_MEMBERS); left > 0; left--) {
      UUID node = in.uuid();
      ascending(admitted.isEmpty() || Members.BY_BYTES.compare(admitted.lastKey(), node) < 0);
      admitted.put(node, name(in));
    }
    SortedSet<UUID> revoked = new TreeSet<>(Members.BY_BYTES);
    for (int left = in.count(TrustLimits.MAX_REVOKED); left > 0; left--) {
      UUID node = in.uuid();
      ascending(revoked.isEmpty() || Members.BY_BYTES.compare(revoked.last(), node) < 0);
      ascending(!admitted.containsKey(node));
      revoked.add(node);
    }
    SortedSet<BigInteger> serials = new TreeSet<>();
    for (int left = in.count(TrustLimits.MAX_REVOKED); left > 0; left--) {
      BigInteger serial = serial(in.bytes(MAX_SERIAL));
      ascending(serials.isEmpty() || serials.last().compareTo(serial) < 0);
      serials.add(serial);
    }
    return new Members(admitted, revoked, serials);
  }

  private static BigInteger serial(byte[] bytes) throws MalformedException {
    if (bytes.length == 0) {
      throw new MalformedException("an empty serial number");
    }
    BigInteger serial = new BigInteger(bytes);
    if (serial.signum() <= 0 || !Arrays.equals(serial.toByteArray(), bytes)) {
      throw new MalformedException("a serial number that none has");
    }
    return serial;
  }

  private static String name(FieldReader in) throws MalformedException {
    String name = in.text(MAX_NAME);
    if (!NodeName.isGood(name)) {
      throw new MalformedException("a name that nobody has");
    }
    return name;
  }

  private static void ascending(boolean holds) throws MalformedException {
    if (!holds) {
      throw new MalformedException("a list that is not in order");
    }
  }
}
