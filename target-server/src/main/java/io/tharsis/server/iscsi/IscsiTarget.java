package io.tharsis.server.iscsi;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.seam.Invariant;
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
  private final int portalGroup;
  private final EventLoop loop;
  private final SessionTable sessions = new SessionTable();
  private final MemoryBudget memory;

  /**
   * A target.
   *
   * @param name its iSCSI name, {@code iqn...}
   * @param device called on {@code loop} only
   * @param portalGroup target portal group tag of all portals here, RFC 7143 4.2.7.2: the same as
   *     the device says, on every portal, and for ever
   * @param loop where the connections that log in to it are moved to
   * @param limits how much memory all its transfers may hold, over how many connections
   */
  public IscsiTarget(
      String name, TargetDevice device, int portalGroup, EventLoop loop, IscsiLimits limits) {
    Invariant.check(portalGroup > 0 && portalGroup <= 0xffff, "a tag is 16 bits", portalGroup);
    this.name = name;
    this.device = device;
    this.portalGroup = portalGroup;
    this.loop = loop;
    this.memory =
        new MemoryBudget(
            limits.memory().targetBytes(), limits.memory().smallBytes(), limits.connections());
  }

  /** Its iSCSI name. */
  public String name() {
    return name;
  }

  /** The tag of the group that this node's portals are for it. */
  int portalGroup() {
    return portalGroup;
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

  /** How many initiators are logged in. On the loop. */
  public int sessionCount() {
    return sessions.all().size();
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
