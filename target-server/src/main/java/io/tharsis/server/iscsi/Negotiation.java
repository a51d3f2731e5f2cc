package io.tharsis.server.iscsi;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The text negotiation of one session, driven by the table {@link NegotiationKey}. Owned by the
 * session's connection. Holds the value of every key; an offer is answered and its result stored.
 */
final class Negotiation {

  /** The longest data segment we accept; we declare it in every session. */
  static final int MAX_RECV_DATA_SEGMENT_BYTES = 256 << 10;

  private final Map<NegotiationKey, String> values = new EnumMap<>(NegotiationKey.class);
  private final Set<NegotiationKey> offered = EnumSet.noneOf(NegotiationKey.class);
  private boolean fullFeature;

  /** An initiator offered a key a second time in the same negotiation, RFC 7143 6.3. */
  static final class OfferedTwice extends Exception {
    private static final long serialVersionUID = 1L;

    OfferedTwice(String key) {
      super(key, null, false, false);
    }
  }

  /** Login is over: only keys of the full feature phase may be negotiated from here. */
  void enterFullFeaturePhase() {
    fullFeature = true;
    offered.clear();
  }

  /** A new negotiation in full feature phase: keys may be offered again. */
  void beginAgain() {
    offered.clear();
  }

  /**
   * Answers to offers; declarations that are accepted get none. The session type comes first and
   * FirstBurstLength last, since others' meaning and its limit depend on them.
   */
  List<TextKeys.Pair> answer(List<TextKeys.Pair> offers) throws OfferedTwice {
    List<TextKeys.Pair> answers = new ArrayList<>(offers.size());
    for (int turn = 0; turn < 3; turn++) {
      for (TextKeys.Pair offer : offers) {
        if (turnOf(offer.key()) == turn) {
          answer(offer, answers);
        }
      }
    }
    return answers;
  }

  private static int turnOf(String key) {
    if (key.equals(NegotiationKey.SESSION_TYPE.text())) {
      return 0;
    }
    return key.equals(NegotiationKey.FIRST_BURST_LENGTH.text()) ? 2 : 1;
  }

  private void answer(TextKeys.Pair offer, List<TextKeys.Pair> answers) throws OfferedTwice {
    NegotiationKey key = NegotiationKey.of(offer.key()).orElse(null);
    if (key == null) {
      answers.add(new TextKeys.Pair(offer.key(), "NotUnderstood"));
      return;
    }
    if (!offered.add(key)) {
      throw new OfferedTwice(offer.key());
    }
    String answer = answer(key, offer.value());
    boolean accepted = !answer.equals(NegotiationRule.REJECT) && !answer.equals("Irrelevant");
    if (accepted) {
      values.put(key, answer);
    }
    if (!accepted || !key.rule().isDeclarative()) {
      answers.add(new TextKeys.Pair(offer.key(), answer));
    }
  }

  private String answer(NegotiationKey key, String offer) {
    if (!key.when().allows(fullFeature)) {
      return NegotiationRule.REJECT;
    }
    if (isDiscovery() && !key.inDiscovery()) {
      return "Irrelevant";
    }
    String answer = key.rule().answer(offer);
    boolean burst = key == NegotiationKey.FIRST_BURST_LENGTH;
    if (burst && !answer.equals(NegotiationRule.REJECT)) {
      return Integer.toString(Math.min(Integer.parseInt(answer), maxBurstBytes()));
    }
    return answer;
  }

  /** The value of a key as it stands. */
  String value(NegotiationKey key) {
    return values.getOrDefault(key, key.initially());
  }

  /** Whether the initiator spoke of a key. */
  boolean wasOffered(NegotiationKey key) {
    return offered.contains(key);
  }

  boolean isDiscovery() {
    return value(NegotiationKey.SESSION_TYPE).equals("Discovery");
  }

  /** Longest data segment that the initiator accepts. */
  int initiatorSegmentBytes() {
    return number(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH);
  }

  int maxBurstBytes() {
    return number(NegotiationKey.MAX_BURST_LENGTH);
  }

  /** Unsolicited data of one command at most. */
  int firstBurstBytes() {
    return Math.min(number(NegotiationKey.FIRST_BURST_LENGTH), maxBurstBytes());
  }

  int maxOutstandingR2t() {
    return number(NegotiationKey.MAX_OUTSTANDING_R2T);
  }

  boolean initialR2t() {
    return value(NegotiationKey.INITIAL_R2T).equals("Yes");
  }

  boolean immediateData() {
    return value(NegotiationKey.IMMEDIATE_DATA).equals("Yes");
  }

  /** What data transfer needs to know, as it stands. */
  TransferParameters transferParameters() {
    return new TransferParameters(
        initiatorSegmentBytes(),
        maxBurstBytes(),
        firstBurstBytes(),
        maxOutstandingR2t(),
        initialR2t(),
        immediateData());
  }

  private int number(NegotiationKey key) {
    return NegotiationRule.number(value(key), 0, Integer.MAX_VALUE).orElseThrow();
  }
}
