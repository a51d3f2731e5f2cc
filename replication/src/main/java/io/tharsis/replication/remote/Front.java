package io.tharsis.replication.remote;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.wire.VolumeMessage.EpochSeen;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * All volumes of one resource at one node, through all changes of roles: what they are asked goes
 * to the primary, be it here or at another node, and waits while that is not known or not reached.
 * Lives on the resource's owner at this node; all methods are called there.
 *
 * <p>Operations that wait keep the order in which they arrived. Their number and their buffers are
 * bounded by whoever begins them; nothing is copied here.
 */
public final class Front {

  /**
   * What initiators are told of a volume.
   *
   * @param sizeBytes its size
   * @param writeCache what GOOD on a write means
   */
  public record Shape(long sizeBytes, WriteCache writeCache) {}

  /** Who must know what has changed, on the owner of the front. */
  public interface Listener {
    /** The resource is reached in another way than before. */
    default void accessChanged(AccessState state) {}

    /** A volume has another size or another write cache than before. */
    default void resized(int volume) {}

    /**
     * The primary was opened anew, and not by a handover, and a volume has a write cache: what was
     * written there and not flushed may be lost, as after a power failure (SAM-5 6.2).
     */
    default void restarted() {}

    /**
     * An initiator at another node has reset a unit, which is one unit at all nodes. Succeeds when
     * nothing that this has ended can have an effect any more.
     */
    default Async<Void> reset(int volume) {
      return Async.done();
    }
  }

  private final UUID resourceId;
  private final UUID id;
  private final FrontSeams seams;
  private final RemoteLimits limits;
  private final List<RoutedVolume> volumes = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final SortedMap<Long, RoutedOperation> held = new TreeMap<>();
  private final List<RemotePrimary> retiring = new ArrayList<>();
  private final FrontResets resets = new FrontResets();
  private IntFunction<Async<Void>> fronts = volume -> Async.done();
  private Backing backing = new Backing.Held("the primary is not known yet");
  private AccessState state = AccessState.TRANSITIONING;
  private Optional<Clock.Timer> timer = Optional.empty();
  private Optional<Async<Void>> closing = Optional.empty();
  private Optional<UUID> epoch = Optional.empty();
  private long arrivals;
  private long lastSeq;
  private int underWay;

  private Front(UUID resourceId, List<Shape> shapes, FrontSeams seams, RemoteLimits limits) {
    this.resourceId = resourceId;
    this.seams = seams;
    this.limits = limits;
    this.id = seams.entropy().nextUuid();
    for (Shape shape : shapes) {
      volumes.add(new RoutedVolume(this, volumes.size(), shape));
    }
  }

  /**
   * A front that holds everything until it is told where the primary is.
   *
   * @param shapes of its volumes in order of their numbers, as far as they are known here: what the
   *     primary says counts
   */
  public static Front of(UUID resourceId, List<Shape> shapes, FrontSeams seams) {
    return new Front(resourceId, shapes, seams, RemoteLimits.STANDARD);
  }

  /** One more that is told of changes from now on. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  UUID resourceId() {
    return resourceId;
  }

  UUID id() {
    return id;
  }

  FrontSeams seams() {
    return seams;
  }

  RemoteLimits limits() {
    return limits;
  }

  long now() {
    return seams.home().clock().monotonicNanos();
  }

  /** Its volumes, in order of their numbers; the same as long as it lives. */
  public List<Volume> volumes() {
    return List.copyOf(volumes);
  }

  /** How the resource is reached now. */
  public AccessState state() {
    return state;
  }

  /** Why it is not reached, for people; empty if it is. */
  public String reason() {
    return backing.reason();
  }

  /** Operations that have begun and not ended, those that wait among them. */
  public int underWay() {
    return underWay;
  }

  // ---- where the primary is ----

  /**
   * The primary is here. Takes {@link LoggedResource#whenResized} of the resource for itself. To be
   * told to {@link #hold} before the resource is closed.
   */
  public void serve(LoggedResource local) {
    serve(local, volume -> Async.done());
  }

  /**
   * The same at a primary that other nodes' fronts use.
   *
   * @param others has the unit of a volume reset at them; never fails
   */
  public void serve(LoggedResource local, IntFunction<Async<Void>> others) {
    if (closing.isPresent()) {
      return;
    }
    fronts = others;
    become(new Backing.Local(local));
    seen(seen(local.epoch()));
    for (int i = 0; i < volumes.size(); i++) {
      shaped(i, local);
    }
    local.whenResized(volume -> {
      if (isBehind(local)) {
        shaped(volume, local);
      }
    });
    pump();
  }

  private boolean isBehind(LoggedResource local) {
    return backing instanceof Backing.Local(LoggedResource now) && now == local;
  }

  private void shaped(int volume, LoggedResource local) {
    Volume primary = local.volume(volume);
    shaped(volume, new Shape(primary.sizeBytes(), primary.writeCache()));
  }

  /** The primary is at another node. Idempotent for the same one. */
  public void follow(FetchSource primary) {
    boolean already = backing instanceof Backing.Remote(RemotePrimary now) && now.isAt(primary);
    if (already || closing.isPresent()) {
      return;
    }
    RemotePrimary remote = new RemotePrimary(this, primary);
    become(new Backing.Remote(remote));
    remote.connect();
    look();
  }

  /** Where the primary is will be known soon: what is asked waits, and fails when it has waited. */
  public void hold(String why) {
    if (closing.isEmpty()) {
      become(new Backing.Held(why));
    }
  }

  /** The resource is not served here: what is asked fails at once. */
  public void refuse(String why) {
    if (closing.isPresent()) {
      return;
    }
    become(new Backing.Refused(why));
    tellResets();
    endAll(List.copyOf(held.values()), VolumeFault.UNAVAILABLE);
  }

  private void become(Backing now) {
    Backing before = backing;
    backing = now;
    if (before instanceof Backing.Remote(RemotePrimary left)) {
      retiring.add(left);
      left.retire();
    }
    accessMoved();
    look();
  }

  /** A primary that was left has nothing of us any more. */
  void retired(RemotePrimary primary) {
    retiring.remove(primary);
    closeIfQuiet();
  }

  /** Something may have changed that initiators must know. */
  void accessMoved() {
    AccessState now = backing.state();
    if (now != state) {
      state = now;
      List.copyOf(listeners).forEach(listener -> listener.accessChanged(now));
    }
  }

  // ---- what the primary says of itself ----

  static EpochSeen seen(Epoch epoch) {
    boolean whole =
        switch (epoch.kind()) {
          case FIRST, RESTART, HANDOVER -> true;
          case RECOVERY, FORCED -> false;
        };
    return new EpochSeen(epoch.id(), epoch.parent().id(), whole);
  }

  /** The primary writes this epoch now. */
  void seen(EpochSeen now) {
    boolean sure =
        epoch.isEmpty()
            || epoch.get().equals(now.id())
            || (now.whole() && epoch.get().equals(now.parent()));
    epoch = Optional.of(now.id());
    if (!sure && volumes.stream().anyMatch(volume -> volume.writeCache() == WriteCache.FLUSH)) {
      List.copyOf(listeners).forEach(Listener::restarted);
    }
  }

  void shaped(int volume, Shape shape) {
    if (volume < volumes.size() && volumes.get(volume).become(shape)) {
      List.copyOf(listeners).forEach(listener -> listener.resized(volume));
    }
  }

  // ---- operations ----

  RoutedOperation begin(RoutedOperation.Order order) {
    RoutedOperation operation = new RoutedOperation(this, order, arrivals++, now());
    underWay++;
    if (closing.isPresent()) {
      post(operation, VolumeFault.NOT_READY);
      return operation;
    }
    if (order.work().length() == 0 && order.work().kind() != Kind.FLUSH) {
      operation.ending();
      seams.home().owner().execute(() -> ended(operation));
      return operation;
    }
    switch (backing) {
      case Backing.Local(LoggedResource local) -> operation.begin(volume(local, operation));
      case Backing.Remote(RemotePrimary remote) when held.isEmpty() && remote.takes(operation) ->
          remote.send(operation);
      case Backing.Remote _, Backing.Held _ -> hold(operation);
      case Backing.Refused _ -> post(operation, VolumeFault.UNAVAILABLE);
    }
    return operation;
  }

  private static Volume volume(LoggedResource local, RoutedOperation operation) {
    return local.volume(operation.work().volume());
  }

  private void hold(RoutedOperation operation) {
    operation.held();
    held.put(operation.number(), operation);
    look();
  }

  private void post(RoutedOperation operation, VolumeFault fault) {
    operation.ending();
    seams.home().owner().execute(() -> ended(operation, fault));
  }

  long nextSeq() {
    return ++lastSeq;
  }

  /** Nothing of it was done, and nothing will be where it was: it is begun anew. */
  void returned(RoutedOperation operation) {
    if (operation.isUnwanted() || closing.isPresent()) {
      ended(operation, VolumeFault.INTERRUPTED);
    } else if (backing instanceof Backing.Refused) {
      ended(operation, VolumeFault.UNAVAILABLE);
    } else {
      hold(operation);
    }
  }

  /** The primary that was here has ceded its role; the next one is not known yet. */
  void movedAway(RoutedOperation operation) {
    if (backing instanceof Backing.Local) {
      become(new Backing.Held("the role of the primary moves"));
    }
    returned(operation);
    pump();
  }

  /** Hands on what waits, in order, as far as it is taken now. */
  void pump() {
    tellResets();
    while (!held.isEmpty()) {
      RoutedOperation first = held.get(held.firstKey());
      switch (backing) {
        case Backing.Local(LoggedResource local) -> {
          held.remove(first.number());
          first.begin(volume(local, first));
        }
        case Backing.Remote(RemotePrimary remote) -> {
          if (!remote.takes(first)) {
            return;
          }
          held.remove(first.number());
          remote.send(first);
        }
        case Backing.Held _, Backing.Refused _ -> {
          return;
        }
      }
    }
  }

  /** It is not wanted any more: what waits is taken back at once. */
  void withdrawn(RoutedOperation operation) {
    held.remove(operation.number());
    dropped(operation);
  }

  /** It will neither take effect nor be told of. */
  void dropped(RoutedOperation operation) {
    underWay--;
    operation.dropped();
    closeIfQuiet();
  }

  void cancel(RoutedOperation operation) {
    primaries().forEach(primary -> primary.cancel(operation));
  }

  /** Takes a read or a flush back; what is at a primary ends as soon as it is not. */
  boolean withdraw(VolumeCompletion done) {
    Optional<RoutedOperation> waiting =
        held.values().stream().filter(operation -> operation.isOf(done)).findFirst();
    if (waiting.isEmpty()) {
      primaries().forEach(primary -> primary.unwanted(done));
    }
    return waiting.filter(RoutedOperation::cancel).isPresent();
  }

  private List<RemotePrimary> primaries() {
    List<RemotePrimary> all = new ArrayList<>(retiring);
    if (backing instanceof Backing.Remote(RemotePrimary remote)) {
      all.add(remote);
    }
    return all;
  }

  void ended(RoutedOperation operation) {
    underWay--;
    operation.tellSuccess();
    closeIfQuiet();
  }

  void ended(RoutedOperation operation, VolumeFault fault) {
    underWay--;
    operation.tell(fault);
    closeIfQuiet();
  }

  private void endAll(List<RoutedOperation> waiting, VolumeFault fault) {
    for (RoutedOperation operation : waiting) {
      if (held.remove(operation.number(), operation)) {
        ended(operation, fault);
      }
    }
  }

  // ---- resets ----

  /**
   * An initiator of this node has reset a unit, and here that is done: has it done at all other
   * nodes that serve it (SAM-5 6.3.3). Fails if no primary is reached for too long, which is the
   * only one to know them.
   */
  public Async<Void> reset(int volume) {
    Async<Void> done = resets.add(volume, now());
    tellResets();
    look();
    return done;
  }

  private void tellResets() {
    switch (backing) {
      case Backing.Local _ ->
          resets
              .take()
              .forEach(
                  one -> fronts.apply(one.volume()).observe(one.done()::succeed, one.done()::fail));
      case Backing.Remote(RemotePrimary remote) -> resets.tell(remote);
      case Backing.Held _ -> {}
      // nobody else is served by what is here
      case Backing.Refused _ -> resets.take().forEach(one -> one.done().succeed(null));
    }
  }

  /** The others have done a reset. */
  void wasReset(long number) {
    resets.done(number);
  }

  /** A unit is reset at another node: so it is here. */
  Async<Void> resetElsewhere(int volume) {
    return volume < volumes.size()
        ? Async.forEach(List.copyOf(listeners), listener -> listener.reset(volume))
        : Async.done();
  }

  // ---- time ----

  private void look() {
    boolean needed =
        !held.isEmpty()
            || !retiring.isEmpty()
            || !resets.isEmpty()
            || backing instanceof Backing.Remote;
    if (timer.isEmpty() && needed) {
      timer =
          Optional.of(
              seams
                  .home()
                  .clock()
                  .after(
                      limits.tick(),
                      () -> {
                        timer = Optional.empty();
                        sweep();
                        look();
                      }));
    }
  }

  private void sweep() {
    primaries().forEach(RemotePrimary::look);
    resets.expire(now() - limits.hold().toNanos());
    if (!isReached()) {
      expire(now() + limits.tick().toNanos());
    }
    accessMoved();
    pump();
  }

  private boolean isReached() {
    return backing instanceof Backing.Remote(RemotePrimary remote) && remote.isAttached();
  }

  private void expire(long atNanos) {
    endAll(
        held.values().stream().filter(operation -> isOverdue(operation, atNanos)).toList(),
        VolumeFault.TRANSITIONING);
  }

  /** Whether it has waited for as long as it may, by then. */
  boolean isOverdue(RoutedOperation operation, long atNanos) {
    return operation.ageNanos(atNanos) >= limits.hold().toNanos();
  }

  /**
   * This node stood still while the primary's clock went on: what waits here is older than it
   * looks, and those who sent it may have given it up.
   */
  void stoodStill(long nanos) {
    held.values().forEach(operation -> operation.aged(nanos));
    primaries().forEach(primary -> primary.aged(nanos));
    expire(now());
  }

  // ---- the end ----

  /**
   * Takes back what it can and fails the rest; succeeds when no operation is under way and no link
   * is left.
   */
  public Async<Void> close() {
    if (closing.isEmpty()) {
      become(new Backing.Refused("the front is closed"));
      tellResets();
      closing = Optional.of(new Async<>());
      endAll(List.copyOf(held.values()), VolumeFault.NOT_READY);
      retiring.forEach(RemotePrimary::cancelAll);
      seams.home().owner().execute(this::closeIfQuiet);
    }
    return closing.get();
  }

  boolean isClosing() {
    return closing.isPresent();
  }

  private void closeIfQuiet() {
    if (underWay == 0 && retiring.isEmpty()) {
      closing
          .filter(it -> !it.isDone())
          .ifPresent(it -> {
            timer.ifPresent(Clock.Timer::cancel);
            it.succeed(null);
          });
    }
  }
}
