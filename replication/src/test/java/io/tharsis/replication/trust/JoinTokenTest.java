package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The word an operator pastes. */
class JoinTokenTest {

  private static final String GOLDEN =
      "tharsis-join-1.ABEiM0RVZneImaq7zN3u_wECAwQFBocIiQoLDA0ODxDx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
          + "fHx8fHx8R0dHR0dHR0dHR0dHV5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5ekPo2awAAAAAKAFs6OjFd"
          + "Ojc3Nze8ssFF";

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static JoinToken token(String hint) {
    return new JoinToken(
        UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
        new JoinToken.Issuer(
            UUID.fromString("01020304-0506-8708-890a-0b0c0d0e0f10"), filled(32, 0xF1), hint),
        new JoinToken.Pass(filled(12, 0x1D), filled(32, 0x5E)),
        Instant.parse("2027-01-01T01:00:00.75Z"));
  }

  private static void assertSame(JoinToken a, JoinToken b) {
    assertThat(a.text()).isEqualTo(b.text());
    assertThat(a.clusterId()).isEqualTo(b.clusterId());
    assertThat(a.issuer().nodeId()).isEqualTo(b.issuer().nodeId());
    assertThat(a.issuer().authorityFingerprint()).isEqualTo(b.issuer().authorityFingerprint());
    assertThat(a.issuer().hint()).isEqualTo(b.issuer().hint());
    assertThat(a.pass().id()).isEqualTo(b.pass().id());
    assertThat(a.pass().secret()).isEqualTo(b.pass().secret());
    assertThat(a.expires()).isEqualTo(b.expires());
  }

  @Test
  void goldenText() throws Exception {
    assertThat(token("[::1]:7777").text()).isEqualTo(GOLDEN);
    assertThat(token("x").expires()).isEqualTo("2027-01-01T01:00:00Z");
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    for (String hint : new String[] {"", "host.example:7777", "x".repeat(255)}) {
      assertSame(JoinToken.parse(token(hint).text()), token(hint));
    }
  }

  @Test
  void terminalsMayWrapIt() throws Exception {
    String text = token("a:1").text();
    String wrapped = "  " + text.substring(0, 80) + "\r\n\t" + text.substring(80) + "\n";
    assertSame(JoinToken.parse(wrapped), token("a:1"));
  }

  @Test
  void everyChangedOrMissingCharacterIsNoticed() {
    String text = token("a:1").text();
    for (int at = 0; at < text.length(); at++) {
      char other = text.charAt(at) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, at) + other + text.substring(at + 1);
      assertRefused(() -> JoinToken.parse(changed), TrustCode.TOKEN_MALFORMED);
      String cut = text.substring(0, at);
      assertRefused(() -> JoinToken.parse(cut), TrustCode.TOKEN_MALFORMED);
      String missing = cut + text.substring(at + 1);
      assertRefused(() -> JoinToken.parse(missing), TrustCode.TOKEN_MALFORMED);
    }
    assertRefused(() -> JoinToken.parse(text + "A"), TrustCode.TOKEN_MALFORMED);
    assertRefused(() -> JoinToken.parse(text + "ä"), TrustCode.TOKEN_MALFORMED);
    assertRefused(() -> JoinToken.parse("x".repeat(5000)), TrustCode.TOKEN_MALFORMED);
    assertRefused(() -> JoinToken.parse(text + "x".repeat(5000)), TrustCode.TOKEN_MALFORMED);
  }

  @Test
  void theSecretIsPrintedOnlyOnPurpose() throws Exception {
    JoinToken token = token("a:1");
    JoinRequest request = new JoinRequest(token.clusterId(), token.pass(), "b", new byte[1]);
    for (String shown :
        new String[] {token.toString(), token.pass().toString(), request.toString()}) {
      assertThat(shown).contains("1d1d1d1d").doesNotContain("5e5e").doesNotContain("94, 94");
    }
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new JoinToken.Pass(new byte[11], new byte[32]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JoinToken.Pass(new byte[12], new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JoinToken.Issuer(new UUID(0, 0), new byte[31], ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> token("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
  }
}
