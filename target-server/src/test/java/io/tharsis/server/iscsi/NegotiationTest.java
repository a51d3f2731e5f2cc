package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The table of keys, RFC 7143 13, walked row by row, and the forms of values, 6.1. */
class NegotiationTest {

  private static final String NONE = "(no answer)";

  /** What we answer to an offer in login. */
  private record Row(NegotiationKey key, String offer, String answer) {}

  private static Row row(NegotiationKey key, String offer, String answer) {
    return new Row(key, offer, answer);
  }

  private static final List<Row> ROWS =
      List.of(
          row(NegotiationKey.AUTH_METHOD, "None", "None"),
          row(NegotiationKey.AUTH_METHOD, "CHAP,None", "None"),
          row(NegotiationKey.AUTH_METHOD, "CHAP", "Reject"),
          row(NegotiationKey.HEADER_DIGEST, "CRC32C,None", "None"),
          row(NegotiationKey.HEADER_DIGEST, "CRC32C", "Reject"),
          row(NegotiationKey.DATA_DIGEST, "None,CRC32C", "None"),
          row(NegotiationKey.DATA_DIGEST, "[", "Reject"),
          row(NegotiationKey.MAX_CONNECTIONS, "8", "1"),
          row(NegotiationKey.MAX_CONNECTIONS, "0", "Reject"),
          row(NegotiationKey.SEND_TARGETS, "All", "Reject"),
          row(NegotiationKey.TARGET_NAME, "iqn.x:y", NONE),
          row(NegotiationKey.INITIATOR_NAME, "iqn.x:z", NONE),
          row(NegotiationKey.TARGET_ALIAS, "a", "Reject"),
          row(NegotiationKey.INITIATOR_ALIAS, "", NONE),
          row(NegotiationKey.TARGET_ADDRESS, "1.2.3.4", "Reject"),
          row(NegotiationKey.TARGET_PORTAL_GROUP_TAG, "1", "Reject"),
          row(NegotiationKey.INITIAL_R2T, "No", "No"),
          row(NegotiationKey.INITIAL_R2T, "Yes", "Yes"),
          row(NegotiationKey.INITIAL_R2T, "", "Reject"),
          row(NegotiationKey.IMMEDIATE_DATA, "Yes", "Yes"),
          row(NegotiationKey.IMMEDIATE_DATA, "No", "No"),
          row(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH, "512", NONE),
          row(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH, "0xFFFFFF", NONE),
          row(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH, "511", "Reject"),
          row(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH, "16777216", "Reject"),
          row(NegotiationKey.MAX_BURST_LENGTH, "16776192", "1048576"),
          row(NegotiationKey.MAX_BURST_LENGTH, "0x1000", "4096"),
          row(NegotiationKey.MAX_BURST_LENGTH, "abc", "Reject"),
          row(NegotiationKey.FIRST_BURST_LENGTH, "262144", "262144"),
          row(NegotiationKey.FIRST_BURST_LENGTH, "1000000", "262144"),
          row(NegotiationKey.FIRST_BURST_LENGTH, "1e3", "Reject"),
          row(NegotiationKey.DEFAULT_TIME2WAIT, "0", "2"),
          row(NegotiationKey.DEFAULT_TIME2WAIT, "5", "5"),
          row(NegotiationKey.DEFAULT_TIME2WAIT, "3601", "Reject"),
          row(NegotiationKey.DEFAULT_TIME2RETAIN, "20", "0"),
          row(NegotiationKey.MAX_OUTSTANDING_R2T, "64", "8"),
          row(NegotiationKey.MAX_OUTSTANDING_R2T, "1", "1"),
          row(NegotiationKey.DATA_PDU_IN_ORDER, "No", "Yes"),
          row(NegotiationKey.DATA_SEQUENCE_IN_ORDER, "No", "Yes"),
          row(NegotiationKey.ERROR_RECOVERY_LEVEL, "2", "0"),
          row(NegotiationKey.ERROR_RECOVERY_LEVEL, "3", "Reject"),
          row(NegotiationKey.SESSION_TYPE, "Normal", NONE),
          row(NegotiationKey.TASK_REPORTING, "FastAbort,RFC3720", "RFC3720"),
          row(NegotiationKey.TASK_REPORTING, "FastAbort", "Reject"),
          row(NegotiationKey.ISCSI_PROTOCOL_LEVEL, "2", "1"),
          row(NegotiationKey.ISCSI_PROTOCOL_LEVEL, "32", "Reject"),
          row(NegotiationKey.IF_MARKER, "Yes", "No"),
          row(NegotiationKey.OF_MARKER, "No", "No"),
          row(NegotiationKey.IF_MARK_INT, "1~2", "Reject"),
          row(NegotiationKey.OF_MARK_INT, "1~2", "Reject"));

  private static List<TextKeys.Pair> answers(Negotiation negotiation, String... offers)
      throws Exception {
    List<TextKeys.Pair> pairs = new ArrayList<>();
    for (String offer : offers) {
      int at = offer.indexOf('=');
      pairs.add(new TextKeys.Pair(offer.substring(0, at), offer.substring(at + 1)));
    }
    return negotiation.answer(pairs);
  }

  @Test
  void everyRowOfTheTable() throws Exception {
    Set<NegotiationKey> walked = EnumSet.noneOf(NegotiationKey.class);
    for (Row row : ROWS) {
      Negotiation negotiation = new Negotiation();
      List<TextKeys.Pair> expected =
          row.answer().equals(NONE)
              ? List.of()
              : List.of(new TextKeys.Pair(row.key().text(), row.answer()));
      String offer = row.key().text() + "=" + row.offer();
      assertThat(answers(negotiation, offer)).as(offer).isEqualTo(expected);
      if (row.answer().equals(NegotiationRule.REJECT)) {
        assertThat(negotiation.value(row.key())).isEqualTo(row.key().initially());
      }
      walked.add(row.key());
    }
    assertThat(walked).isEqualTo(EnumSet.allOf(NegotiationKey.class));
  }

  @Test
  void whatNobodySpokeOf() {
    TransferParameters usual = new Negotiation().transferParameters();
    assertThat(usual).isEqualTo(new TransferParameters(8192, 262144, 65536, 1, true, true));
  }

  @Test
  void firstBurstIsNeverLongerThanABurst() throws Exception {
    Negotiation negotiation = new Negotiation();
    assertThat(answers(negotiation, "FirstBurstLength=65536", "MaxBurstLength=4096"))
        .contains(new TextKeys.Pair("FirstBurstLength", "4096"));
    assertThat(negotiation.firstBurstBytes()).isEqualTo(4096);
  }

  @Test
  void whatMeansNothingInDiscoveryIsIrrelevant() throws Exception {
    Negotiation negotiation = new Negotiation();
    assertThat(answers(negotiation, "MaxBurstLength=4096", "SessionType=Discovery"))
        .containsExactly(new TextKeys.Pair("MaxBurstLength", "Irrelevant"));
  }

  @Test
  void unknownKeysAreNotUnderstood() throws Exception {
    assertThat(answers(new Negotiation(), "X-a.b=1", "maxburstlength=512"))
        .extracting(TextKeys.Pair::value)
        .containsExactly("NotUnderstood", "NotUnderstood");
  }

  @Test
  void aKeyIsOfferedOnce() {
    assertThatThrownBy(() -> answers(new Negotiation(), "MaxConnections=1", "MaxConnections=2"))
        .isInstanceOf(Negotiation.OfferedTwice.class);
  }

  @Property
  void noTextIsTooOdd(@ForAll byte[] text) throws Exception {
    var pairs = TextKeys.parse(text);
    if (pairs.isPresent()) {
      assertThat(TextKeys.parse(TextKeys.format(pairs.get()))).isEqualTo(pairs);
    }
  }

  @Property
  void noValueIsTooOdd(@ForAll NegotiationKey key, @ForAll String value) {
    String answer = key.rule().answer(value);
    assertThat(key.rule().answer(answer)).as("the answer offered back").isEqualTo(answer);
  }

  @Property
  void numbersInBothForms(@ForAll int number) {
    int positive = number & Integer.MAX_VALUE;
    boolean inRange = positive >= 512 && positive <= 0xffffff;
    for (String text :
        List.of(
            "0x" + Integer.toHexString(positive),
            "0X" + Integer.toHexString(positive).toUpperCase(java.util.Locale.ROOT))) {
      assertThat(NegotiationRule.number(text, 512, 0xffffff).isPresent()).isEqualTo(inRange);
    }
  }
}
