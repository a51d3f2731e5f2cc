package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.VolumeMessage;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Heard;
import io.tharsis.replication.wire.VolumeMessage.VolumeShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a primary does for the fronts of other nodes. Made over one opening of the resource and
 * closed before it; lives on the resource's owner, where all methods are called.
 *
 * <p>Remembers what it has done for a front until the front knows: so a change is done at most once
 * however often links break. All of that is in memory: whoever comes after this service knows
 * nothing of it, and says so.
 */
public final class VolumeService {

  /** So far a front's clock may run ahead of ours before ours is taken to have stood still. */
  private static final long STANDSTILL_MILLIS = 500;

  /** How long fronts have to end their links when they have been told that the role has moved. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final LoggedResource resource;
  private final LinkHome home;
  private final RemoteLimits limits;
  private final UUID id;
  private final Map<UUID, FrontSession> sessions = new TreeMap<>();
  private final List<Caller> callers = new ArrayList<>();
  private final List<VolumeShape> shapes = new ArrayList<>();
  private Optional<Front> local = Optional.empty();
  private Optional<Clock.Timer> timer = Optional.empty();
  private Optional<Async<Void>> closing = Optional.empty();
  private boolean hurried;
  private boolean moved;
  private long floorTick = Long.MIN_VALUE;
  private long sweptNanos;
  private int underWay;

  private VolumeService(
      LoggedResource resource, LinkHome home, Entropy entropy, RemoteLimits limits) {
    this.resource = resource;
    this.home = home;
    this.limits = limits;
    this.id = entropy.nextUuid();
    for (int i = 0; i < resource.volumeCount(); i++) {
      shapes.add(shape(i));
    }
  }

  /**
   * A service that nobody uses yet.
   *
   * @param home the owner of the resource, and its clock
   */
  public static VolumeService over(LoggedResource resource, LinkHome home, Entropy entropy) {
    return new VolumeService(resource, home, entropy, RemoteLimits.STANDARD);
  }

  /** Decides about a link of class VOLUME about this resource; who may come is decided before. */
  public Acceptance accept(Hello.Purpose purpose) {
    if (purpose.linkClass() != LinkClass.VOLUME) {
      return new Acceptance.Refused(RefusalCode.UNKNOWN_CLASS, "volumes are served here");
    }
    if (closing.isPresent()) {
      return new Acceptance.Refused(RefusalCode.NOT_SERVING, "the primary is being closed");
    }
    return new Acceptance.Accepted(home, new Caller());
  }

  /** The nodes whose fronts use it now, in order of their ids. */
  public List<UUID> attachedNodes() {
    return sessions.values().stream()
        .filter(FrontSession::isLinked)
        .map(FrontSession::node)
        .toList();
  }

  /** Operations of fronts that are under way in the resource. */
  public int underWay() {
    return underWay;
  }

  /** What is remembered for fronts beside that. */
  int remembered() {
    return sessions.values().stream().mapToInt(FrontSession::remembered).sum();
  }

  /** The front of this node, which serves the same units. */
  public void beside(Front front) {
    local = Optional.of(front);
  }

  /**
   * Has the unit of a volume reset at all nodes that use this service. Succeeds when they have done
   * it, or can have nothing of before under way any more; never fails.
   */
  public Async<Void> reset(int volume) {
    return closing.isPresent()
        ? Async.done()
        : resetAll(sessions.values().stream().map(session -> session.reset(volume)).toList());
  }

  /** The same for a front, at all other nodes and at this one. */
  Async<Void> reset(FrontSession by, int volume) {
    List<Async<Void>> parts = new ArrayList<>();
    if (closing.isPresent()) {
      return Async.done();
    }
    for (FrontSession session : sessions.values()) {
      if (session != by) {
        parts.add(session.reset(volume));
      }
    }
    local.ifPresent(front -> parts.add(front.resetElsewhere(volume)));
    return resetAll(parts);
  }

  /** They go on at the same time. */
  private static Async<Void> resetAll(List<Async<Void>> begun) {
    return Async.forEach(begun, one -> one);
  }

  /**
   * The resource has been ceded: from now on everything is answered with MOVED, and the resource is
   * touched only by what is under way in it. Told by itself when an operation has failed so.
   */
  public void moved() {
    if (!moved) {
      moved = true;
      sessions.values().forEach(session -> session.say(new VolumeMessage.Moved()));
    }
  }

  /** A volume has grown. Noticed by itself a little later otherwise. */
  public void resized(int volume) {
    VolumeShape now = shape(volume);
    if (!now.equals(shapes.set(volume, now))) {
      sessions.values().forEach(session -> session.say(new VolumeMessage.Resized(volume, now)));
    }
  }

  private VolumeShape shape(int number) {
    Volume volume = resource.volume(number);
    return new VolumeShape(volume.sizeBytes(), volume.writeCache());
  }

  // ---- what sessions need ----

  LoggedResource resource() {
    return resource;
  }

  RemoteLimits limits() {
    return limits;
  }

  boolean isMoved() {
    return moved;
  }

  boolean isClosing() {
    return closing.isPresent();
  }

  /** Size of a volume as fronts know it; 0 if there is none. */
  long sizeBytes(int volume) {
    return volume < shapes.size() ? resource.volume(volume).sizeBytes() : 0;
  }

  long nowMillis() {
    return home.clock().monotonicNanos() / 1_000_000;
  }

  /** Whether what bears this tick may still begin. */
  boolean isFresh(long tick) {
    return tick >= floorTick && nowMillis() - tick <= limits.age().toMillis();
  }

  void begun() {
    underWay++;
  }

  void ended() {
    underWay--;
    closeIfQuiet();
  }

  // ---- links ----

  /** One link of some front. */
  private final class Caller implements LinkHandler {
    private Optional<Link> open = Optional.empty();
    private Optional<FrontSession> session = Optional.empty();

    @Override
    public void opened(Link link) {
      open = Optional.of(link);
      callers.add(this);
      if (closing.isPresent()) {
        link.close("the primary is being closed");
      }
    }

    @Override
    public void received(Link link, Message message) {
      sweepIfLate();
      if (message instanceof Attach attach && session.isEmpty()) {
        session = attach(link, attach);
      } else if (message instanceof VolumeMessage said && session.isPresent()) {
        session.get().received(link, said);
      } else {
        link.close("an operation before the front is attached");
      }
    }

    @Override
    public void roomAgain(Link link) {
      session.ifPresent(it -> it.roomAgain(link));
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      callers.remove(this);
      session.ifPresent(it -> it.unlinked(link));
      open = Optional.empty();
      closeIfQuiet();
    }
  }

  /** Serves a front over this link, and none of its node over any other any more. */
  private Optional<FrontSession> attach(Link link, Attach attach) {
    FrontSession.Name name =
        new FrontSession.Name(link.peer().nodeId(), link.peer().incarnation(), attach.front());
    Optional<FrontSession> before = Optional.ofNullable(sessions.get(name.node()));
    if (before.filter(it -> it.isNewerThan(name, attach.attempt())).isPresent()) {
      link.close("the front has a newer link");
      return Optional.empty();
    }
    notice(attach.knows());
    before.ifPresent(it -> it.endLink("the front has a newer link"));
    boolean resumed = before.filter(it -> it.isOf(name)).isPresent();
    before.filter(it -> !it.isOf(name)).ifPresent(it -> it.endResets(Long.MAX_VALUE));
    FrontSession session =
        before.filter(it -> it.isOf(name)).orElseGet(() -> new FrontSession(this, name));
    if (session.isCrowded()) {
      link.close("what was read over earlier links is still under way");
      return Optional.empty();
    }
    sessions.put(name.node(), session);
    link.send(
        new Attached(
            id, Front.seen(resource.epoch()), resumed, nowMillis(), limits.credit(), shapes));
    session.begin(link, attach.attempt(), resumed ? attach.unresolved() : List.of());
    if (moved) {
      session.say(new VolumeMessage.Moved());
    }
    look();
    return Optional.of(session);
  }

  /**
   * A front has heard a tick longer ago than our clock says: it stood still, for instance with the
   * machine. All ticks that were told before say nothing any more.
   */
  private void notice(Heard knows) {
    long now = nowMillis();
    if (knows.service().equals(id)
        && knows.tick() + knows.elapsedMillis() > now + STANDSTILL_MILLIS) {
      floorTick = now;
      sessions.values().forEach(FrontSession::takeBackWaiting);
      sessions.values().forEach(session -> session.say(new VolumeMessage.Tick(now)));
    }
  }

  // ---- time ----

  private void look() {
    if (timer.isEmpty() && !sessions.isEmpty() && closing.isEmpty()) {
      timer =
          Optional.of(
              home.clock()
                  .after(
                      limits.tick(),
                      () -> {
                        timer = Optional.empty();
                        sweep();
                        look();
                      }));
    }
  }

  /** After a standstill of this process: what is too old is taken back before anything else. */
  private void sweepIfLate() {
    if (home.clock().monotonicNanos() - sweptNanos > 2 * limits.tick().toNanos()) {
      sweep();
    }
  }

  private void sweep() {
    sweptNanos = home.clock().monotonicNanos();
    if (closing.isEmpty() && !moved) {
      for (int i = 0; i < shapes.size(); i++) {
        resized(i);
      }
    }
    sessions.values().forEach(FrontSession::look);
    sessions.values().removeIf(FrontSession::isForgotten);
  }

  // ---- the end ----

  /**
   * Takes nothing any more; succeeds when nothing of the resource is under way for fronts and they
   * have been told.
   */
  public Async<Void> close() {
    if (closing.isEmpty()) {
      closing = Optional.of(new Async<>());
      timer.ifPresent(Clock.Timer::cancel);
      sessions.values().forEach(FrontSession::takeBackWaiting);
      sessions.values().forEach(session -> session.endResets(Long.MAX_VALUE));
      if (moved) {
        home.clock().after(FAREWELL, this::hurry);
      }
      home.owner().execute(this::closeIfQuiet);
    }
    return closing.get();
  }

  private void hurry() {
    hurried = true;
    closeIfQuiet();
  }

  /** Of a primary that has moved fronts end the links: what is on its way has to be answered. */
  private void closeIfQuiet() {
    boolean waiting = moved && !hurried && !callers.isEmpty();
    if (closing.isEmpty() || closing.get().isDone() || underWay > 0 || waiting) {
      return;
    }
    if (callers.isEmpty()) {
      sessions.clear();
      closing.get().succeed(null);
    } else {
      List.copyOf(callers)
          .forEach(
              caller -> caller.open.ifPresent(link -> link.close("the primary is being closed")));
    }
  }
}
