package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Puts the numbered PDUs of a session into the order of their CmdSN, RFC 7143 4.2.2.1. Owned by the
 * session's connection. Holds at most a window's depth of PDUs.
 */
final class CommandOrder {

  /** Handles PDUs, in order. */
  @FunctionalInterface
  interface Handler {
    void handle(Bhs bhs, ByteBuf data, Optional<HeldCommand> held);
  }

  private final CommandWindow window;
  private final Handler handler;

  /** By CmdSN; an empty value is a number taken as received whose PDU shall not be handled. */
  private final IntObjectMap<Optional<HeldCommand>> early = new IntObjectHashMap<>();

  CommandOrder(CommandWindow window, Handler handler) {
    this.window = window;
    this.handler = handler;
  }

  /**
   * A numbered PDU has come: handled now, later when those before it have come, or never if its
   * number is outside the window.
   */
  void accept(Bhs bhs, ByteBuf data) {
    int cmdSn = bhs.cmdSn();
    if (!window.contains(cmdSn)) {
      return;
    }
    if (cmdSn != window.expCmdSn()) {
      if (!early.containsKey(cmdSn)) {
        early.put(cmdSn, Optional.of(new HeldCommand(bhs, data)));
      }
      return;
    }
    window.advance();
    try {
      handler.handle(bhs, data, Optional.empty());
    } finally {
      handleEarly();
    }
  }

  private void handleEarly() {
    while (!early.isEmpty()) {
      Optional<HeldCommand> next = early.remove(window.expCmdSn());
      if (next == null) {
        return;
      }
      window.advance();
      if (next.isPresent()) {
        HeldCommand held = next.get();
        try {
          handler.handle(held.bhs(), held.data(), next);
        } finally {
          held.release();
        }
      }
    }
  }

  /** Takes a number in the window as received without its PDU. */
  void skip(int cmdSn) {
    Optional<HeldCommand> old = early.put(cmdSn, Optional.empty());
    if (old != null) {
      old.ifPresent(HeldCommand::release);
    }
    handleEarly();
  }

  /** The command with this tag that waits for numbers before it. */
  Optional<HeldCommand> task(int taskTag) {
    for (Optional<HeldCommand> held : early.values()) {
      if (held.isPresent() && held.get().isTask(taskTag)) {
        return held;
      }
    }
    return Optional.empty();
  }

  /** Takes the waiting commands that match as received and forgets them. */
  void skipIf(Predicate<HeldCommand> matches) {
    for (IntObjectMap.PrimitiveEntry<Optional<HeldCommand>> entry : early.entries()) {
      Optional<HeldCommand> held = entry.value();
      if (held.isPresent() && matches.test(held.get())) {
        held.get().release();
        entry.setValue(Optional.empty());
      }
    }
  }

  /** Forgets everything. */
  void close() {
    early.values().forEach(held -> held.ifPresent(HeldCommand::release));
    early.clear();
  }
}
