package io.tharsis.replication.trust;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What lets one node into a cluster, once: made where the CA is, carried by an operator. Immutable;
 * its layout is drawn in {@code docs/formats/trust.md}.
 *
 * @param clusterId the cluster it lets in to
 * @param issuer whom to ask, and how to know him
 * @param pass what the issuer looks for
 * @param expires from then on it is refused; whole seconds
 */
public record JoinToken(UUID clusterId, Issuer issuer, Pass pass, Instant expires) {

  private static final String PREFIX = "tharsis-join-1.";
  private static final int ID_BYTES = 12;
  private static final int SECRET_BYTES = 32;
  private static final int FINGERPRINT_BYTES = 32;
  private static final int MAX_HINT = 255;
  private static final int MAX_TEXT = 1024;

  /**
   * Where a token is good.
   *
   * @param nodeId the node that issued it, the only one that redeems it and the only one that may
   *     see the secret
   * @param authorityFingerprint SHA-256 of the CA's certificate, 32 bytes
   * @param hint where the node can be reached, {@code host:port}, or empty
   */
  public record Issuer(UUID nodeId, byte[] authorityFingerprint, String hint) {

    /** Checks the shapes. */
    public Issuer {
      if (authorityFingerprint.length != FINGERPRINT_BYTES) {
        throw new IllegalArgumentException("not a SHA-256 fingerprint");
      }
      if (!isGoodHint(hint)) {
        throw new IllegalArgumentException("not an address");
      }
    }
  }

  /**
   * What a node shows to the issuer.
   *
   * @param id which token, 12 bytes; no secret
   * @param secret 32 random bytes
   */
  public record Pass(byte[] id, byte[] secret) {

    /** Checks the lengths. */
    public Pass {
      if (id.length != ID_BYTES || secret.length != SECRET_BYTES) {
        throw new IllegalArgumentException("not the pass of a token");
      }
    }

    static Pass random(TrustSetting setting) {
      byte[] id = new byte[ID_BYTES];
      byte[] secret = new byte[SECRET_BYTES];
      setting.random().nextBytes(id);
      setting.random().nextBytes(secret);
      return new Pass(id, secret);
    }

    /** The id, for people and file names. */
    public String shownId() {
      return HexFormat.of().formatHex(id);
    }

    @Override
    public String toString() {
      return "token " + shownId();
    }
  }

  /** Drops what is below a second. */
  public JoinToken {
    expires = expires.truncatedTo(ChronoUnit.SECONDS);
  }

  static boolean isGoodHint(String hint) {
    return hint.length() <= MAX_HINT && hint.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }

  /** The token as one word to paste. Whoever reads it can use it. */
  public String text() {
    byte[] payload =
        new FieldWriter()
            .uuid(clusterId)
            .uuid(issuer.nodeId())
            .raw(issuer.authorityFingerprint())
            .raw(pass.id())
            .raw(pass.secret())
            .i64(expires.getEpochSecond())
            .text(issuer.hint())
            .toBytes();
    byte[] whole = new FieldWriter().raw(payload).u32(checksum(payload)).toBytes();
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /**
   * Reads what an operator pasted; white space around it and line breaks in it do not matter.
   *
   * @throws TrustRefusedException if it is no token, or was cut or mistyped
   */
  public static JoinToken parse(String pasted) throws TrustRefusedException {
    try {
      return decode(pasted.replaceAll("\\s", ""));
    } catch (MalformedException e) {
      throw new TrustRefusedException(
          TrustCode.TOKEN_MALFORMED,
          "this is not a whole join token: " + e.getMessage(),
          "copy it again, all of it; it begins with '" + PREFIX + "'");
    }
  }

  private static JoinToken decode(String text) throws MalformedException {
    if (!text.startsWith(PREFIX) || text.length() > MAX_TEXT) {
      throw new MalformedException("it does not begin like one, or is too long");
    }
    byte[] whole = base64(text.substring(PREFIX.length()));
    if (whole.length < Integer.BYTES) {
      throw new MalformedException("it ends too early");
    }
    byte[] payload = Arrays.copyOf(whole, whole.length - Integer.BYTES);
    byte[] check = new FieldWriter().u32(checksum(payload)).toBytes();
    if (!Arrays.equals(check, Arrays.copyOfRange(whole, payload.length, whole.length))) {
      throw new MalformedException("its checksum is wrong");
    }
    FieldReader in = new FieldReader(payload);
    UUID clusterId = in.uuid();
    UUID nodeId = in.uuid();
    byte[] fingerprint = in.raw(FINGERPRINT_BYTES);
    byte[] id = in.raw(ID_BYTES);
    byte[] secret = in.raw(SECRET_BYTES);
    Instant expires = second(in.i64());
    String hint = in.text(MAX_HINT);
    in.end();
    if (!isGoodHint(hint)) {
      throw new MalformedException("its address is none");
    }
    Issuer issuer = new Issuer(nodeId, fingerprint, hint);
    JoinToken token = new JoinToken(clusterId, issuer, new Pass(id, secret), expires);
    if (!token.text().equals(text)) {
      throw new MalformedException("it is not written as it should be");
    }
    return token;
  }

  private static byte[] base64(String text) throws MalformedException {
    try {
      return Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("it has characters that no token has", e);
    }
  }

  private static Instant second(long epochSecond) throws MalformedException {
    if (epochSecond < 0 || epochSecond > Integer.MAX_VALUE * 8L) {
      throw new MalformedException("its expiry is no time");
    }
    return Instant.ofEpochSecond(epochSecond);
  }

  private static int checksum(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return pass + " of cluster " + clusterId + " until " + expires;
  }
}
