package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.BackOff;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Heard;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The primary at another node as a front reaches it: over one link at a time, with what was sent
 * and not answered, over this link or over one that has ended. Belongs to its front.
 *
 * <p>A change whose link has ended is asked for over the next one, and ends as unknown where that
 * cannot help any more, but never before it is certain that it cannot take effect later.
 */
final class RemotePrimary {

  private static final BackOff BACK_OFF = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(1));

  /** A link that breaks and is there again at once is not worth telling initiators. */
  private static final Duration UNNOTICED = Duration.ofSeconds(1);

  private final Front front;
  private final FetchSource source;
  private final Map<Long, RoutedOperation> sent = new LinkedHashMap<>();
  private final Map<Long, RoutedOperation> lost = new LinkedHashMap<>();
  private Optional<RemoteVisit> visit = Optional.empty();
  private Optional<Clock.Timer> retry = Optional.empty();
  private String lastFailure = "not reached yet";
  private UUID service = Heard.NOTHING.service();
  private long tick;
  private long heardNanos;
  private long lostUntilNanos;
  private long unreachedNanos;
  private boolean wasAttached;
  private boolean retired;
  private int failures;
  private long sentBytes;

  RemotePrimary(Front front, FetchSource source) {
    this.front = front;
    this.source = source;
    this.unreachedNanos = front.now();
  }

  Front front() {
    return front;
  }

  boolean isAt(FetchSource primary) {
    return source.equals(primary);
  }

  boolean isAttached() {
    return visit.filter(RemoteVisit::isServed).isPresent();
  }

  AccessState access() {
    long away = front.now() - unreachedNanos;
    if (isAttached() || (wasAttached && away < UNNOTICED.toNanos())) {
      return AccessState.NON_OPTIMIZED;
    }
    return away < front.limits().hold().toNanos()
        ? AccessState.TRANSITIONING
        : AccessState.UNAVAILABLE;
  }

  String reason() {
    return isAttached() ? "" : "the primary is not reached: " + lastFailure;
  }

  // ---- links ----

  void connect() {
    RemoteVisit now = new RemoteVisit(this);
    visit = Optional.of(now);
    now.connect(source);
  }

  /** What the next link begins with. */
  Heard heard() {
    return new Heard(service, tick, (front.now() - heardNanos) / 1_000_000);
  }

  /** Changes whose outcome the primary may know. */
  List<Long> unresolved() {
    return List.copyOf(lost.keySet());
  }

  /** The primary serves us. */
  void attached(RemoteVisit by, Attached said) {
    if (said.service().equals(service)) {
      tell(said.tick());
    }
    service = said.service();
    tick = said.tick();
    heardNanos = front.now();
    failures = 0;
    wasAttached = true;
    unreachedNanos = heardNanos;
    List<RoutedOperation> asked = List.copyOf(lost.values());
    lost.clear();
    if (said.resumed()) {
      asked.forEach(operation -> {
        operation.resumed();
        sent.put(operation.seq(), operation);
      });
    } else {
      asked.forEach(operation -> interrupted(operation));
    }
    front.seen(said.epoch());
    for (int i = 0; i < said.volumes().size(); i++) {
      var shape = said.volumes().get(i);
      front.shaped(i, new Front.Shape(shape.sizeBytes(), shape.writeCache()));
    }
    front.accessMoved();
    front.pump();
  }

  /** Unknown, and for ever: the opening of the resource that it was sent to is gone. */
  private void interrupted(RoutedOperation operation) {
    sentBytes -= operation.work().dataBytes();
    front.ended(operation, VolumeFault.INTERRUPTED);
  }

  /** The primary's clock, now. If ours has gone less far since the last time it stood still. */
  void tell(long newTick) {
    long now = front.now();
    long behindNanos = (newTick - tick) * 1_000_000 - (now - heardNanos);
    tick = newTick;
    heardNanos = now;
    if (behindNanos > Duration.ofSeconds(1).toNanos()) {
      front.stoodStill(behindNanos);
    }
  }

  long tick() {
    return tick;
  }

  /** How long ago the primary was heard. */
  long silentNanos() {
    return front.now() - heardNanos;
  }

  /** The link has ended, or there will be none; nothing comes over it any more. */
  void ended(RemoteVisit which, String why) {
    if (visit.filter(which::equals).isEmpty()) {
      return;
    }
    visit = Optional.empty();
    lastFailure = why;
    if (which.isServed()) {
      unreachedNanos = front.now();
    }
    if (which.isAttached()) {
      lostUntilNanos = which.lastSentNanos() + front.limits().deadNanos();
    }
    List<RoutedOperation> unanswered = List.copyOf(sent.values());
    sent.clear();
    for (RoutedOperation operation : unanswered) {
      if (operation.isChange()) {
        operation.lost();
        lost.put(operation.seq(), operation);
      } else {
        sentBytes -= operation.work().dataBytes();
        front.returned(operation);
      }
    }
    if (retired) {
      retireIfDone();
    } else {
      again();
    }
    front.accessMoved();
    front.pump();
  }

  private void again() {
    failures++;
    if (failures == 1) {
      front.seams().home().owner().execute(this::connectIfWanted);
    } else {
      Duration pause = BACK_OFF.after(failures - 1, front.seams().entropy());
      retry = Optional.of(front.seams().home().clock().after(pause, this::connectIfWanted));
    }
  }

  private void connectIfWanted() {
    retry = Optional.empty();
    if (!retired && visit.isEmpty()) {
      connect();
    }
  }

  /** It is the primary no more. */
  void moved() {
    wasAttached = false;
    unreachedNanos = front.now();
    lastFailure = "it has ceded its role";
    front.accessMoved();
  }

  /** Has a unit reset at all other nodes, if the primary is reached. */
  void reset(long number, int volume) {
    if (isAttached()) {
      visit.orElseThrow().reset(number, volume);
    }
  }

  // ---- operations ----

  boolean takes(RoutedOperation operation) {
    return visit.isPresent() && visit.get().takes(operation, sent.size() + lost.size(), sentBytes);
  }

  /** Sends an operation that is taken. */
  void send(RoutedOperation operation) {
    operation.sent(front.nextSeq());
    sent.put(operation.seq(), operation);
    sentBytes += operation.work().dataBytes();
    visit.orElseThrow().send(operation);
  }

  Optional<RoutedOperation> find(long seq) {
    return Optional.ofNullable(sent.get(seq));
  }

  /** An operation has its answer. */
  void answered(RoutedOperation operation, Outcome outcome) {
    sent.remove(operation.seq());
    sentBytes -= operation.work().dataBytes();
    switch (outcome) {
      case DONE -> front.ended(operation);
      case NOT_BEGUN, MOVED -> front.returned(operation);
      case READ_FAILED -> front.ended(operation, VolumeFault.READ_FAILED);
      case LOG_STOPPED -> front.ended(operation, VolumeFault.LOG_STOPPED);
      case SPACE_EXHAUSTED -> front.ended(operation, VolumeFault.SPACE_EXHAUSTED);
      case INTERRUPTED -> front.ended(operation, VolumeFault.INTERRUPTED);
    }
    if (retired) {
      retireIfDone();
    }
  }

  /** An operation that is here is not wanted any more. */
  void cancel(RoutedOperation operation) {
    if (sent.get(operation.seq()) == operation) {
      visit.ifPresent(now -> now.cancel(operation));
    }
  }

  void cancelAll() {
    List.copyOf(sent.values()).forEach(RoutedOperation::cancel);
    List.copyOf(lost.values()).forEach(RoutedOperation::cancel);
  }

  /** The same for a read or a flush whose caller is known. */
  void unwanted(VolumeCompletion done) {
    List<RoutedOperation> all = new ArrayList<>(sent.values());
    all.addAll(lost.values());
    all.stream().filter(operation -> operation.isOf(done)).forEach(RoutedOperation::cancel);
  }

  void aged(long nanos) {
    sent.values().forEach(operation -> operation.aged(nanos));
    lost.values().forEach(operation -> operation.aged(nanos));
  }

  // ---- time ----

  void look() {
    visit.ifPresent(RemoteVisit::look);
    long now = front.now();
    if (now > lostUntilNanos) {
      for (RoutedOperation operation : List.copyOf(lost.values())) {
        boolean givenUp = retired || operation.isUnwanted() || front.isOverdue(operation, now);
        if (givenUp && lost.remove(operation.seq(), operation)) {
          interrupted(operation);
        }
      }
    }
    if (retired) {
      retireIfDone();
    }
  }

  // ---- the end ----

  /** Takes nothing any more; what was sent is still answered. */
  void retire() {
    retired = true;
    retry.ifPresent(Clock.Timer::cancel);
    visit.filter(now -> !now.isAttached()).ifPresent(now -> now.end("not wanted any more"));
    retireIfDone();
  }

  /** Whether nothing is waited for. */
  boolean isQuiet() {
    return sent.isEmpty();
  }

  private void retireIfDone() {
    if (sent.isEmpty() && lost.isEmpty()) {
      visit.ifPresent(now -> now.end("the primary is elsewhere, or is not wanted any more"));
      front.retired(this);
    }
  }
}
