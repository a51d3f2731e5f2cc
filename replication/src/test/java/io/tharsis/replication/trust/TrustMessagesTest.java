package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.wire.Wire;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Requests and answers as bytes. */
class TrustMessagesTest {

  private static final JoinRequest REQUEST =
      new JoinRequest(
          UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
          new JoinToken.Pass(new byte[12], new byte[32]),
          "beta",
          new byte[] {7, 8, 9});

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void goldenBytes() {
    assertThat(hex(TrustMessages.encode(REQUEST)))
        .isEqualTo(
            "0101"
                + "00112233445566778899aabbccddeeff"
                + "00".repeat(12 + 32)
                + "0400"
                + "62657461"
                + "0300"
                + "070809");
    assertThat(hex(TrustMessages.encode(new JoinAnswer.Joined(new byte[] {1}, new byte[] {2, 3}))))
        .isEqualTo("0102" + "0100" + "01" + "02000000" + "0203");
    assertThat(hex(TrustMessages.encodeRenewalRequest(new byte[] {5}))).isEqualTo("0103010005");
    assertThat(hex(TrustMessages.encode((Renewal) new Renewal.Renewed(new byte[] {6}))))
        .isEqualTo("0104010006");
    assertThat(hex(TrustMessages.encode((Renewal) new Refused(TrustCode.REVOKED, "a", "b"))))
        .isEqualTo("0105" + "0700" + "7265766f6b6564" + "010061" + "010062");
  }

  @Test
  void roundTrips() throws Exception {
    JoinRequest request = TrustMessages.joinRequest(TrustMessages.encode(REQUEST));
    assertThat(request.name()).isEqualTo("beta");
    assertThat(request.signingRequest()).containsExactly(7, 8, 9);
    Refused refused = new Refused(TrustCode.NAME_TAKEN, "fact", "advice");
    assertThat(TrustMessages.joinAnswer(TrustMessages.encode((JoinAnswer) refused)))
        .isEqualTo(refused);
    assertThat(TrustMessages.renewal(TrustMessages.encode((Renewal) refused))).isEqualTo(refused);
    for (TrustCode code : TrustCode.values()) {
      Refused no = new Refused(code, "fact", "advice");
      assertThat(TrustMessages.renewal(TrustMessages.encode((Renewal) no))).isEqualTo(no);
    }
    assertThat(TrustMessages.renewalRequest(TrustMessages.encodeRenewalRequest(new byte[] {5})))
        .containsExactly(5);
  }

  /** The longest document there can be still fits into an answer. */
  @Test
  void aFullDocumentFits() throws Exception {
    TrustWorld world = new TrustWorld();
    TreeMap<UUID, String> admitted = new TreeMap<>(Members.BY_BYTES);
    TreeSet<UUID> nodes = new TreeSet<>(Members.BY_BYTES);
    TreeSet<BigInteger> serials = new TreeSet<>();
    for (int i = 0; i < TrustLimits.MAX_REVOKED; i++) {
      nodes.add(new UUID(1, i));
      serials.add(BigInteger.ONE.shiftLeft(158).add(BigInteger.valueOf(i)));
      if (i < TrustLimits.MAX_MEMBERS) {
        admitted.put(new UUID(2, i), "x".repeat(63));
      }
    }
    Members full = new Members(admitted, nodes, serials);
    assertThat(full.isTooLong()).isFalse();
    MemoryTrustFiles files = new MemoryTrustFiles();
    ClusterTrust holder = world.home(files).create("y".repeat(63), "x".repeat(63));
    AuthorityKey key = AuthorityFile.load(new TrustDirectory(files)).orElseThrow();
    ClusterDocument document = holder.document();
    SignedDocument signed =
        SignedDocument.sign(
            new ClusterDocument(document.cluster(), document.authority(), document.edition(), full),
            key);
    byte[] certificate = Pem.der(holder.certificate().certificate());
    JoinAnswer answer = new JoinAnswer.Joined(certificate, signed.toBytes());
    byte[] bytes = TrustMessages.encode(answer);
    assertThat(bytes.length).isLessThan(Wire.MAX_JOIN_BYTES);
    assertThat(((JoinAnswer.Joined) TrustMessages.joinAnswer(bytes)).document())
        .isEqualTo(signed.toBytes());
    assertThat(SignedDocument.verify(signed.toBytes(), document.authority()).content().members())
        .isEqualTo(full);
  }

  @Test
  void aStrangersTextCannotSteerATerminal() throws Exception {
    Refused evil = new Refused(TrustCode.REVOKED, "\u001b[2Jä\n", "b");
    JoinAnswer read = TrustMessages.joinAnswer(TrustMessages.encode((JoinAnswer) evil));
    assertThat(((Refused) read).fact()).isEqualTo("?[2J??");
  }

  @Test
  void whatIsCutOrTooLongIsRefused() {
    byte[] good = TrustMessages.encode(REQUEST);
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertRefused(() -> TrustMessages.joinRequest(cut), TrustCode.BAD_REQUEST);
      assertRefused(() -> TrustMessages.joinAnswer(cut), TrustCode.BAD_REQUEST);
      assertRefused(() -> TrustMessages.renewal(cut), TrustCode.BAD_REQUEST);
      assertRefused(() -> TrustMessages.renewalRequest(cut), TrustCode.BAD_REQUEST);
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertRefused(() -> TrustMessages.joinRequest(longer), TrustCode.BAD_REQUEST);
    byte[] huge = Arrays.copyOf(good, TrustMessages.MAX_BYTES + 1);
    assertRefused(() -> TrustMessages.joinRequest(huge), TrustCode.BAD_REQUEST);
    byte[] later = good.clone();
    later[0] = 2;
    assertRefused(() -> TrustMessages.joinRequest(later), TrustCode.BAD_REQUEST);
    byte[] unknown = {1, 5, 1, 0, 'x', 0, 0, 0, 0};
    assertRefused(() -> TrustMessages.joinAnswer(unknown), TrustCode.BAD_REQUEST);
    byte[] negative = {1, 2, 0, 0, -1, -1, -1, -1};
    assertRefused(() -> TrustMessages.joinAnswer(negative), TrustCode.BAD_REQUEST);
  }
}
