package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.tharsis.server.scsi.PortGroups.Group;

/**
 * Asks for the state that a parameter list describes. There is one primary, so what can be asked
 * for is which group is active/optimized; the others then are active/non-optimized, which may be
 * said or left out.
 */
final class SetPortGroupsTask extends Task {

  private static final int HEADER_BYTES = 4;
  private static final int DESCRIPTOR_BYTES = 4;
  private static final int NOBODY = 0;

  private final LogicalUnit unit;

  SetPortGroupsTask(Arrival arrival, LogicalUnit unit, int listBytes) {
    super(arrival, arrival.order(), listBytes);
    this.unit = unit;
  }

  /** Whether so many bytes are a header and descriptors, and not more than there can be. */
  static boolean isList(long bytes) {
    return bytes > HEADER_BYTES
        && bytes <= HEADER_BYTES + PortGroups.MAX_GROUPS * DESCRIPTOR_BYTES
        && (bytes - HEADER_BYTES) % DESCRIPTOR_BYTES == 0;
  }

  @Override
  long bufferBytes() {
    return dataOutBytes();
  }

  @Override
  void start() {
    ByteBuf list = data().slice();
    int best = best(list);
    Sense verdict = check(list, best);
    if (!verdict.equals(Sense.NONE)) {
      post(Results.checkCondition(verdict));
    } else if (best == NOBODY || state(best) == AccessState.OPTIMIZED) {
      post(Results.GOOD);
    } else {
      unit.ports().wish(nexus(), unit.index(), best, this::ended);
    }
  }

  /** The last group that the list wants to be optimized. */
  private int best(ByteBuf list) {
    int best = NOBODY;
    for (int at = HEADER_BYTES;
        at + DESCRIPTOR_BYTES <= list.readableBytes();
        at += DESCRIPTOR_BYTES) {
      best = stateCode(list, at) == AccessState.OPTIMIZED.code() ? number(list, at) : best;
    }
    return best;
  }

  /** What is wrong with a list, {@link Sense#NONE} if nothing is. */
  private Sense check(ByteBuf list, int best) {
    if (!isList(list.readableBytes())) {
      return Sense.PARAMETER_LIST_LENGTH;
    }
    for (int at = HEADER_BYTES; at < list.readableBytes(); at += DESCRIPTOR_BYTES) {
      int number = number(list, at);
      if (unit.ports().groups().group(number).isEmpty()) {
        return Sense.invalidParameter(at + 2);
      }
      if (!isPossible(number, stateCode(list, at), best)) {
        return Sense.invalidParameter(at);
      }
    }
    return Sense.NONE;
  }

  /** One group can be optimized; the role is not taken from it without giving it to another. */
  private boolean isPossible(int number, int code, int best) {
    if (number == best) {
      return code == AccessState.OPTIMIZED.code();
    }
    return code == AccessState.NON_OPTIMIZED.code()
        && (best != NOBODY || state(number) == AccessState.NON_OPTIMIZED);
  }

  private AccessState state(int number) {
    return unit.ports().groups().group(number).map(Group::state).orElseThrow();
  }

  private static int stateCode(ByteBuf list, int at) {
    return list.getByte(at) & 0xf;
  }

  private static int number(ByteBuf list, int at) {
    return list.getUnsignedShort(at + 2);
  }

  private void ended(AccessControl.Verdict verdict) {
    end(
        switch (verdict) {
          case DONE -> Results.GOOD;
          case REFUSED -> Results.checkCondition(Sense.invalidParameter(HEADER_BYTES));
          case FAILED -> Results.checkCondition(Sense.PORT_GROUPS_NOT_SET);
        });
  }
}
