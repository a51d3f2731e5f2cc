package io.tharsis.replication.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Stands in front of TLS and lets one read of the socket through at a time, none within the turn
 * that another one has caused, and none while it is held. TLS asks for reads of its own accord, in
 * the middle of such turns; a channel of io_uring whose read is under way loses it when it changes
 * its loop.
 */
final class ReadGate extends ChannelDuplexHandler {

  private final Runnable onQuiet;
  private boolean inTurn;
  private boolean held;
  private boolean wanted;

  /**
   * A gate that is open.
   *
   * @param onQuiet called at the end of each turn
   */
  ReadGate(Runnable onQuiet) {
    this.onQuiet = onQuiet;
  }

  /** No read is let through until {@link #open}; call it within a turn. */
  void hold() {
    held = true;
  }

  void open() {
    held = false;
    wanted = false;
  }

  boolean isInTurn() {
    return inTurn;
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (inTurn || held) {
      wanted = true;
    } else {
      ctx.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    inTurn = true;
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    inTurn = false;
    if (wanted && !held) {
      wanted = false;
      ctx.read();
    }
    onQuiet.run();
  }
}
