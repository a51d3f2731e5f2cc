package io.tharsis.server.iscsi;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tharsis.server.scsi.TargetDevice;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One iSCSI target: a name, the device behind it, the loop that owns the resource. Made by the
 * wiring, shared by all portals; what changes in it (sessions, used memory) is confined to the
 * loop.
 */
public final class IscsiTarget {

  private final String name;
  private final TargetDevice device;
  private final EventLoop loop;
  private final SessionTable sessions = new SessionTable();
  private final MemoryBudget memory;

  /**
   * A target.
   *
   * @param name its iSCSI name, {@code iqn...}
   * @param device called on {@code loop} only
   * @param loop where the connections that log in to it are moved to
   * @param limits how much memory all its transfers may hold, over how many connections
   */
  public IscsiTarget(String name, TargetDevice device, EventLoop loop, IscsiLimits limits) {
    this.name = name;
    this.device = device;
    this.loop = loop;
    this.memory =
        new MemoryBudget(
            limits.memory().targetBytes(), limits.memory().smallBytes(), limits.connections());
  }

  /** Its iSCSI name. */
  public String name() {
    return name;
  }

  /** The loop on which it lives. */
  public EventLoop loop() {
    return loop;
  }

  /**
   * Ends all sessions, and lets nobody log in any more. What was begun is finished and answered,
   * but for no longer than {@code limit}. Called once, on the loop.
   *
   * @param done runs on the loop when no command can have an effect any more
   */
  public void close(Duration limit, Runnable done) {
    Future<?> late =
        loop.schedule(
            () ->
                sessions.all().forEach(session -> session.drop("the target is removed", () -> {})),
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
    sessions.all().forEach(Session::drain);
    sessions.close(() -> {
      late.cancel(false);
      done.run();
    });
  }

  TargetDevice device() {
    return device;
  }

  SessionTable sessions() {
    return sessions;
  }

  MemoryBudget memory() {
    return memory;
  }
}
