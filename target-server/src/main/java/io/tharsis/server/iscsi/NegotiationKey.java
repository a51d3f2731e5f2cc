package io.tharsis.server.iscsi;

import io.tharsis.server.iscsi.NegotiationRule.Always;
import io.tharsis.server.iscsi.NegotiationRule.And;
import io.tharsis.server.iscsi.NegotiationRule.DeclaredNumber;
import io.tharsis.server.iscsi.NegotiationRule.DeclaredText;
import io.tharsis.server.iscsi.NegotiationRule.FirstOf;
import io.tharsis.server.iscsi.NegotiationRule.Max;
import io.tharsis.server.iscsi.NegotiationRule.Min;
import io.tharsis.server.iscsi.NegotiationRule.Or;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All keys of RFC 7143 13, one row each: spelling, rule with what we want, value before any
 * negotiation, when it may be negotiated, whether it means something in a discovery session.
 */
enum NegotiationKey {
  AUTH_METHOD("AuthMethod", new FirstOf(List.of("None")), "None", When.LOGIN, true),
  HEADER_DIGEST("HeaderDigest", new FirstOf(List.of("None")), "None", When.LOGIN, true),
  DATA_DIGEST("DataDigest", new FirstOf(List.of("None")), "None", When.LOGIN, true),
  MAX_CONNECTIONS("MaxConnections", new Min(1, 65535, 1), "1", When.LOGIN, false),
  SEND_TARGETS("SendTargets", new DeclaredText(), "", When.FULL_FEATURE, true),
  TARGET_NAME("TargetName", new DeclaredText(), "", When.LOGIN, true),
  INITIATOR_NAME("InitiatorName", new DeclaredText(), "", When.LOGIN, true),
  TARGET_ALIAS("TargetAlias", new Always("Reject"), "", When.NEVER, true),
  INITIATOR_ALIAS("InitiatorAlias", new DeclaredText(), "", When.ALWAYS, true),
  TARGET_ADDRESS("TargetAddress", new Always("Reject"), "", When.NEVER, true),
  TARGET_PORTAL_GROUP_TAG("TargetPortalGroupTag", new Always("Reject"), "", When.NEVER, true),
  INITIAL_R2T("InitialR2T", new Or(false), "Yes", When.LOGIN, false),
  IMMEDIATE_DATA("ImmediateData", new And(true), "Yes", When.LOGIN, false),
  MAX_RECV_DATA_SEGMENT_LENGTH(
      "MaxRecvDataSegmentLength", new DeclaredNumber(512, 0xffffff), "8192", When.ALWAYS, true),
  MAX_BURST_LENGTH("MaxBurstLength", new Min(512, 0xffffff, 1 << 20), "262144", When.LOGIN, false),
  FIRST_BURST_LENGTH(
      "FirstBurstLength", new Min(512, 0xffffff, 256 << 10), "65536", When.LOGIN, false),
  DEFAULT_TIME2WAIT("DefaultTime2Wait", new Max(0, 3600, 2), "2", When.LOGIN, true),
  DEFAULT_TIME2RETAIN("DefaultTime2Retain", new Min(0, 3600, 0), "20", When.LOGIN, true),
  MAX_OUTSTANDING_R2T("MaxOutstandingR2T", new Min(1, 65535, 8), "1", When.LOGIN, false),
  DATA_PDU_IN_ORDER("DataPDUInOrder", new Or(true), "Yes", When.LOGIN, false),
  DATA_SEQUENCE_IN_ORDER("DataSequenceInOrder", new Or(true), "Yes", When.LOGIN, false),
  ERROR_RECOVERY_LEVEL("ErrorRecoveryLevel", new Min(0, 2, 0), "0", When.LOGIN, true),
  SESSION_TYPE("SessionType", new DeclaredText(), "Normal", When.LOGIN, true),
  TASK_REPORTING("TaskReporting", new FirstOf(List.of("RFC3720")), "RFC3720", When.LOGIN, false),
  ISCSI_PROTOCOL_LEVEL("iSCSIProtocolLevel", new Min(0, 31, 1), "1", When.LOGIN, true),
  /** The four of RFC 7143 13.25: gone, but never NotUnderstood. */
  IF_MARKER("IFMarker", new Always("No"), "No", When.LOGIN, true),
  OF_MARKER("OFMarker", new Always("No"), "No", When.LOGIN, true),
  IF_MARK_INT("IFMarkInt", new Always("Reject"), "", When.LOGIN, true),
  OF_MARK_INT("OFMarkInt", new Always("Reject"), "", When.LOGIN, true);

  /** When a key may be negotiated (LO, FFPO, ALL in the RFC; NEVER: only targets say it). */
  enum When {
    LOGIN,
    FULL_FEATURE,
    ALWAYS,
    NEVER;

    boolean allows(boolean fullFeature) {
      return switch (this) {
        case LOGIN -> !fullFeature;
        case FULL_FEATURE -> fullFeature;
        case ALWAYS -> true;
        case NEVER -> false;
      };
    }
  }

  private static final Map<String, NegotiationKey> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toMap(NegotiationKey::text, Function.identity()));

  private final String text;

  // every rule is a record of values; the lists in them are List.of
  @SuppressWarnings("ImmutableEnumChecker")
  private final NegotiationRule rule;

  private final String initially;
  private final When when;
  private final boolean inDiscovery;

  NegotiationKey(
      String text, NegotiationRule rule, String initially, When when, boolean inDiscovery) {
    this.text = text;
    this.rule = rule;
    this.initially = initially;
    this.when = when;
    this.inDiscovery = inDiscovery;
  }

  /** The key so spelled. */
  static Optional<NegotiationKey> of(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  /** The RFC's spelling. */
  String text() {
    return text;
  }

  NegotiationRule rule() {
    return rule;
  }

  /** The value that holds when nobody speaks of the key. */
  String initially() {
    return initially;
  }

  When when() {
    return when;
  }

  /** Whether it has a meaning in discovery sessions; else the answer there is Irrelevant. */
  boolean inDiscovery() {
    return inDiscovery;
  }
}
