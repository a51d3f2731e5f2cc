package io.tharsis.replication.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The golden {@code cluster} document, and that the drawings say what the code does. */
class TrustDrawingsTest {

  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d+) \\| ([^|]+) \\|.*");
  private static final UUID CLUSTER = UUID.fromString("00112233-4455-4677-8899-aabbccddeeff");
  private static final UUID ALPHA = UUID.fromString("01020304-0506-8708-890a-0b0c0d0e0f10");
  private static final UUID BETA = UUID.fromString("f1f2f3f4-f5f6-8708-890a-0b0c0d0e0f10");
  private static final UUID GONE = UUID.fromString("80000000-0000-8000-8000-000000000000");

  private record Field(int offset, int bytes) {}

  private static byte[] golden() throws IOException {
    try (InputStream in = TrustDrawingsTest.class.getResourceAsStream("cluster-document-1.hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }

  private static ClusterDocument expected(X509Certificate authority) {
    Members members =
        Members.none()
            .admit(BETA, "beta")
            .admit(ALPHA, "alpha")
            .revokeNode(GONE)
            .revokeSerial(BigInteger.valueOf(0x80))
            .revokeSerial(BigInteger.valueOf(0x7F));
    return new ClusterDocument(
        new Cluster(CLUSTER, "blue"),
        authority,
        new ClusterDocument.Edition(7, Instant.parse("2027-01-02T03:04:05.006Z"), ALPHA),
        members);
  }

  private static Map<String, Field> layout(String heading) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "formats", "trust.md"));
    Map<String, Field> fields = new LinkedHashMap<>();
    int end = 0;
    for (String line : lines.subList(lines.indexOf(heading), lines.size())) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Field field = new Field(Integer.parseInt(row.group(1)), Integer.parseInt(row.group(2)));
        assertThat(field.offset()).as(row.group(3)).isEqualTo(end);
        end += field.bytes();
        fields.put(row.group(3), field);
      } else if (!fields.isEmpty()) {
        break;
      }
    }
    return fields;
  }

  private static String at(byte[] bytes, Field field) {
    byte[] part = Arrays.copyOfRange(bytes, field.offset(), field.offset() + field.bytes());
    return HexFormat.of().formatHex(part);
  }

  private static String hex(UUID id) {
    return id.toString().replace("-", "");
  }

  @Test
  void theGoldenDocumentIsReadAndItsSignatureHolds() throws Exception {
    X509Certificate authority = SignedDocument.parse(golden()).content().authority();
    SignedDocument document = SignedDocument.verify(golden(), authority);
    assertThat(document.content()).isEqualTo(expected(authority));
  }

  @Test
  void theGoldenDocumentIsWhatIsWritten() throws Exception {
    SignedDocument document = SignedDocument.parse(golden());
    X509Certificate authority = document.content().authority();
    AuthorityKey otherKey =
        new AuthorityKey(authority, KeyPairs.generate(new SecureRandom()).getPrivate());
    SignedDocument again = SignedDocument.sign(expected(authority), otherKey);
    assertThat(again.saysTheSameAs(document)).isTrue();
  }

  @Test
  void theDocumentIsDrawn() throws Exception {
    byte[] golden = golden();
    Map<String, Field> drawn = layout("## Cluster document");
    assertThat(at(golden, drawn.get("magic"))).isEqualTo("544841525349534b");
    assertThat(at(golden, drawn.get("version"))).isEqualTo("0100");
    assertThat(at(golden, drawn.get("cluster"))).isEqualTo(hex(CLUSTER));
    assertThat(at(golden, drawn.get("counter"))).isEqualTo("0700000000000000");
    assertThat(at(golden, drawn.get("written"))).isEqualTo("8eb85ad4a2010000");
    assertThat(at(golden, drawn.get("holder"))).isEqualTo(hex(ALPHA));
    assertThat(drawn).hasSize(6);
    String rest = HexFormat.of().formatHex(golden).substring(2 * 58);
    assertThat(rest).startsWith("0400" + "626c7565");
    assertThat(rest)
        .contains(
            "02000000"
                + (hex(ALPHA) + "0500" + "616c706861")
                + (hex(BETA) + "0400" + "62657461")
                + "01000000"
                + hex(GONE)
                + "02000000"
                + ("0100" + "7f")
                + ("0200" + "0080"));
  }

  @Test
  void theTokenIsDrawn() throws Exception {
    JoinToken token =
        new JoinToken(
            CLUSTER,
            new JoinToken.Issuer(ALPHA, filled(32, 0xF1), "a:1"),
            new JoinToken.Pass(filled(12, 0x1D), filled(32, 0x5E)),
            Instant.ofEpochSecond(0x01020304));
    String text = token.text();
    byte[] bytes = Base64.getUrlDecoder().decode(text.substring(text.indexOf('.') + 1));
    Map<String, Field> drawn = layout("## Join token");
    assertThat(at(bytes, drawn.get("cluster"))).isEqualTo(hex(CLUSTER));
    assertThat(at(bytes, drawn.get("issuer"))).isEqualTo(hex(ALPHA));
    assertThat(at(bytes, drawn.get("fingerprint"))).isEqualTo("f1".repeat(32));
    assertThat(at(bytes, drawn.get("id"))).isEqualTo("1d".repeat(12));
    assertThat(at(bytes, drawn.get("secret"))).isEqualTo("5e".repeat(32));
    assertThat(at(bytes, drawn.get("expiry"))).isEqualTo("0403020100000000");
    assertThat(at(bytes, drawn.get("address length"))).isEqualTo("0300");
    assertThat(drawn).hasSize(7);
    assertThat(bytes).hasSize(118 + 3 + 4);
  }

  @Test
  void theKindsOfMessagesAreDrawn() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "formats", "trust.md"));
    Map<Integer, byte[]> kinds =
        Map.of(
            2, TrustMessages.encode(new JoinAnswer.Joined(new byte[0], new byte[0])),
            3, TrustMessages.encodeRenewalRequest(new byte[0]),
            4, TrustMessages.encode((Renewal) new Renewal.Renewed(new byte[0])),
            5, TrustMessages.encode((Renewal) new Refused(TrustCode.REVOKED, "", "")));
    kinds.forEach((kind, message) -> assertThat(message[1]).isEqualTo(kind.byteValue()));
    assertThat(page)
        .contains("| 1 | request to join |")
        .contains("| 2 | joined |")
        .contains("| 3 | request to renew |")
        .contains("| 4 | renewed |")
        .contains("| 5 | refused |");
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
