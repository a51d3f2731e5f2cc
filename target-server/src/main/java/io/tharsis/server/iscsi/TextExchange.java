package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Text Requests in full feature phase, RFC 7143 11.10: SendTargets and new declarations. At most
 * one exchange at a time; owned by the session's connection. Text in and out may span several PDUs,
 * tied together by a target transfer tag.
 */
final class TextExchange {

  private static final int CONTINUE = 0x40;

  private final Negotiation negotiation;
  private final SendTargets sendTargets;
  private final PduWriter writer;
  private final int maxTextBytes;
  private final Supplier<Integer> transferTags;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private byte[] pending = new byte[0];
  private int transferTag = Bhs.NO_TAG;

  TextExchange(
      Negotiation negotiation,
      SendTargets sendTargets,
      PduWriter writer,
      int maxTextBytes,
      Supplier<Integer> transferTags) {
    this.negotiation = negotiation;
    this.sendTargets = sendTargets;
    this.writer = writer;
    this.maxTextBytes = maxTextBytes;
    this.transferTags = transferTags;
  }

  /** Answers one request. */
  void request(Bhs bhs, ByteBuf data) {
    if (bhs.transferTag() == Bhs.NO_TAG) {
      reset();
    } else if (bhs.transferTag() != transferTag) {
      throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "text transfer tag");
    }
    if (collected.size() + data.readableBytes() > maxTextBytes) {
      reset();
      throw ProtocolViolation.reject(RejectReason.PROTOCOL_ERROR, "text too long");
    }
    collected.writeBytes(ByteBufUtil.getBytes(data));
    boolean continued = (bhs.flags() & CONTINUE) != 0;
    if (!continued && pending.length == 0) {
      pending = TextKeys.format(answers());
      collected.reset();
    }
    respond(bhs.initiatorTaskTag(), continued);
  }

  private void reset() {
    collected.reset();
    pending = new byte[0];
    transferTag = Bhs.NO_TAG;
    negotiation.beginAgain();
  }

  private List<TextKeys.Pair> answers() {
    List<TextKeys.Pair> offers =
        TextKeys.parse(collected.toByteArray())
            .orElseThrow(
                () -> ProtocolViolation.reject(RejectReason.PROTOCOL_ERROR, "malformed text"));
    try {
      List<TextKeys.Pair> answers = new ArrayList<>(negotiation.answer(offers));
      for (TextKeys.Pair offer : offers) {
        if (offer.key().equals(NegotiationKey.SEND_TARGETS.text())) {
          answers.addAll(sendTargets.answer(offer.value()));
        }
      }
      return answers;
    } catch (Negotiation.OfferedTwice e) {
      throw ProtocolViolation.reject(
          RejectReason.PROTOCOL_ERROR, "offered twice: " + e.getMessage());
    }
  }

  private void respond(int tag, boolean continued) {
    int limit = negotiation.initiatorSegmentBytes();
    boolean more = continued || pending.length > limit;
    if (more && transferTag == Bhs.NO_TAG) {
      transferTag = transferTags.get();
    }
    byte[] now = Arrays.copyOf(pending, Math.min(limit, pending.length));
    pending = Arrays.copyOfRange(pending, now.length, pending.length);
    if (!more) {
      transferTag = Bhs.NO_TAG;
    }
    writer.textResponse(tag, more ? transferTag : Bhs.NO_TAG, now);
  }
}
