package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The directory of one node: holds the documents, lets this node write its own, takes others' from
 * peers. Lives on the node's owner; every method is called there, and listeners are.
 *
 * <p>Invariants: what is in force here, shown, told or sent is durable here. A key that was deleted
 * never has a document again. A document of this node that a peer shows in a version beyond ours is
 * overtaken, never lowered; who overtakes us while we run is our double, and silences us.
 */
public final class Directory {

  /** How often peers compare their directories. */
  public static final Duration PERIOD = Duration.ofSeconds(2);

  private final Self self;
  private final DirectorySeams seams;
  private final NodeClock clock;
  private final Holdings holdings;
  private final OwnDocuments own;
  private final Shelf shelf;
  private final Turns<Key> turns = new Turns<>();
  private final Alarms alarms = new Alarms();
  private final Heard heard;
  private final List<Conversation> conversations = new ArrayList<>();
  private final List<DirectoryListener> listeners = new ArrayList<>();
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean closed;

  private Directory(Self self, DirectorySeams seams, DirectoryLimits limits) {
    this.self = self;
    this.seams = seams;
    this.clock = new NodeClock(seams.clock());
    this.holdings = new Holdings(limits);
    this.own = new OwnDocuments(self, clock, holdings);
    this.shelf = new Shelf(seams.store());
    this.heard = new Heard(clock);
  }

  /**
   * Opens the directory: locks the store and reads all documents. Files that are not as they should
   * be are no reason to fail, see {@link #remarks}.
   */
  public static Async<Directory> open(Self self, DirectorySeams seams, DirectoryLimits limits) {
    Directory directory = new Directory(self, seams, limits);
    return seams
        .store()
        .lock()
        .then(locked ->
            directory
                .load()
                .orElse(cause -> seams.store().unlock().then(done -> Async.failed(cause))));
  }

  private Async<Directory> load() {
    return shelf
        .load(holdings)
        .then(done -> shelf.makeDurable(List.copyOf(holdings.all())))
        .map(done -> {
          holdings.all().forEach(held -> clock.hear(held.stamp()));
          scheduleTick();
          return this;
        });
  }

  /** What was wrong with the files when they were read. */
  public List<Remark> remarks() {
    return shelf.remarks();
  }

  /** Whose directory it is. */
  public Self self() {
    return self;
  }

  /** The node's hybrid clock. */
  public NodeClock clock() {
    return clock;
  }

  /** What can be read from it now. */
  public Views view() {
    return new Views(self, holdings, heard, clock);
  }

  /** Everything that is wrong now. */
  public List<Alarm> alarms() {
    return alarms.all().stream().map(Alarms.Raised::alarm).toList();
  }

  /** An operator has seen the alarms; what is still wrong is raised again. */
  public void acknowledge() {
    alarms.endAll();
  }

  /** Tells of changes and alarms from now on. */
  public void listen(DirectoryListener listener) {
    listeners.add(listener);
  }

  /** Writes what this node says of itself. Succeeds when it is durable. */
  public Async<Version> writeNode(NodeDocument content) {
    return write(new Draft(Key.node(self.node()), Optional.empty(), content));
  }

  /** Writes what this node says of its replica of a resource. Succeeds when it is durable. */
  public Async<Version> writeReplica(UUID resource, ReplicaDocument content) {
    return write(new Draft(Key.replica(resource, self.node()), Optional.empty(), content));
  }

  /** Writes what the primary says of a resource. Succeeds when it is durable. */
  public Async<Version> writeResource(UUID resource, Authority by, ResourceDocument content) {
    return write(new Draft(Key.resource(resource), Optional.of(by), content));
  }

  /**
   * Keeps a cluster document that the trust has made or verified. Succeeds when it is durable.
   *
   * @param counter the one that was signed
   */
  public Async<Version> writeCluster(ClusterDocument content, long counter) {
    Version version = new Version(new EpochRef(0, Key.NIL), counter);
    return inTurn(Key.cluster(), () -> keepOwn(own.compose(Key.cluster(), version, content)));
  }

  /**
   * Deletes a resource or a node for ever. Who may is the verbs' business: the primary, a node
   * itself, or an operator's word when those are gone.
   *
   * @param name how people called it
   */
  public Async<Version> delete(Key key, String name) {
    Invariant.check(key.canBeDeleted(), "deletion of", key);
    return inTurn(
        key,
        () -> {
          Optional<Held> present =
              holdings.of(key).stream().filter(held -> held.document().deleted()).findFirst();
          if (present.isPresent()) {
            return Async.of(present.get().document().version());
          }
          Version version = new Version(new EpochRef(1, self.incarnation()), 1);
          return keepOwn(own.compose(key, version, new Content.Tombstone(name)));
        });
  }

  private Async<Version> write(Draft draft) {
    return inTurn(
        draft.key(),
        () -> {
          Optional<WriteRefused> refusal = own.refusal(draft);
          if (refusal.isPresent()) {
            return Async.failed(refusal.get());
          }
          Async<Version> written =
              own.isSaid(draft)
                  ? Async.of(holdings.find(draft.line()).orElseThrow().document().version())
                  : keepOwn(own.compose(draft, holdings.find(draft.line())));
          return written.map(version -> {
            own.said(draft);
            return version;
          });
        });
  }

  private Async<Version> keepOwn(Held held) {
    return switch (holdings.judge(held)) {
      case NEW, NEWER -> keep(held).map(done -> held.document().version());
      case SAME -> Async.of(held.document().version());
      case OLDER, SUPERSEDED, DELETED ->
          refused(WriteRefused.Code.NOT_WRITER, "a later " + held.document().key() + " is here");
      case OUTRANKED, FULL ->
          refused(WriteRefused.Code.FULL, "no room for " + held.document().key());
    };
  }

  private <T> Async<T> inTurn(Key key, Supplier<Async<T>> change) {
    if (closed) {
      return refused(WriteRefused.Code.CLOSED, "the directory is being closed");
    }
    if (!turns.hasRoom()) {
      return refused(WriteRefused.Code.FULL, "too many documents wait to be written");
    }
    return turns.take(key, change);
  }

  private static <T> Async<T> refused(WriteRefused.Code code, String message) {
    return Async.failed(new WriteRefused(code, message));
  }

  /** Stores a document durably, puts it in force, and then tells of it. Within its turn. */
  private Async<Void> keep(Held held) {
    Key key = held.document().key();
    return shelf
        .put(held)
        .orElse(cause -> {
          raise(new Alarm.NotStored(key, String.valueOf(cause.getMessage())));
          return Async.failed(cause);
        })
        .then(done -> {
          alarms.end(new Alarm.NotStored(key, ""));
          if (holdings.find(held.line()).isEmpty() && !holdings.judge(held).isTaken()) {
            // While it was being written a tombstone came, or others took the room.
            shelf.drop(held.line());
            return refused(WriteRefused.Code.FULL, "no room for " + key + " any more");
          }
          inForce(held);
          return Async.done();
        });
  }

  private void inForce(Held held) {
    Key key = held.document().key();
    holdings.put(held);
    for (Held gone : holdings.superfluous(held)) {
      Key goneKey = gone.document().key();
      if (goneKey.equals(key)) {
        forget(gone.line());
      } else {
        turns.take(goneKey, () -> clean(gone.line())).observe(done -> {}, cause -> {});
      }
    }
    judgeBranches(key);
    listeners.forEach(listener -> listener.changed(key));
    List.copyOf(conversations).forEach(conversation -> conversation.announce(held));
    shelf.sweep().observe(done -> {}, cause -> {});
  }

  private Async<Void> clean(Line line) {
    holdings
        .find(line)
        .filter(held -> holdings.isSuperfluous(held))
        .ifPresent(held -> {
          forget(line);
          listeners.forEach(listener -> listener.changed(line.key()));
        });
    return shelf.sweep();
  }

  private void forget(Line line) {
    holdings.remove(line);
    shelf.drop(line);
    own.forget(line);
  }

  private void judgeBranches(Key key) {
    if (key.kind() != Key.Kind.RESOURCE) {
      return;
    }
    int branches = holdings.of(key).size();
    Alarm.Split split = new Alarm.Split(key.first(), branches);
    if (branches > 1) {
      raise(split);
    } else {
      alarms.end(split);
    }
  }

  void raise(Alarm alarm) {
    alarms.raise(alarm, told -> List.copyOf(listeners).forEach(listener -> listener.alarm(told)));
  }

  void end(Alarm alarm) {
    alarms.end(alarm);
  }

  Holdings holdings() {
    return holdings;
  }

  Heard heard() {
    return heard;
  }

  /** A peer says when a node said something; of nodes that nobody knows nothing is passed on. */
  void hearsay(UUID node, long time) {
    if (!node.equals(self.node()) && holdings.find(Line.of(Key.node(node))).isPresent()) {
      heard.hear(node, time);
    }
  }

  /** Whether what a peer offers is wanted. */
  boolean isWanted(Exchange.Entry entry) {
    Optional<Held> present = holdings.find(entry.line());
    return entry.version().canBeOvertaken()
        && (entry.deleted() || !holdings.isDeleted(entry.key()))
        && present.map(held -> held.isBeatenBy(entry)).orElse(true);
  }

  /**
   * Takes a document from a peer; what cannot be taken is named, and offered again if it counts.
   *
   * @param heard whether that peer may say something about this
   * @return of which line it is, if it is a document
   */
  Optional<Line> receive(UUID from, Blob bytes, Predicate<Key> heard) {
    if (closed || !turns.hasRoom()) {
      return Optional.empty();
    }
    Held held;
    try {
      held = Arrival.check(Held.decode(bytes));
    } catch (FormatException e) {
      raise(new Alarm.Nonsense(from, String.valueOf(e.getMessage())));
      return Optional.empty();
    }
    Key key = held.document().key();
    if (!heard.test(key)) {
      return Optional.of(held.line());
    }
    // What we wrote ourselves is taken whatever our clock was then: it is stamped anew. The cluster
    // document is signed, and its counter counts, so a wrong clock keeps no revocation away.
    boolean stamped = !own.isByUs(held) && !key.equals(Key.cluster());
    if (stamped && !clock.isBelieved(held.stamp())) {
      UUID writer = held.document().origin().node();
      raise(new Alarm.StampAhead(key, writer, clock.aheadMillis(held.stamp())));
      return Optional.of(held.line());
    }
    turns
        .take(key, () -> genuine(held).then(good -> good ? merge(held) : forged(from, held)))
        .observe(done -> {}, cause -> {});
    return Optional.of(held.line());
  }

  private Async<Boolean> genuine(Held held) {
    return held.content() instanceof ClusterDocument cluster
        ? seams.warrant().isGenuine(cluster, held.document().version().counter())
        : Async.of(true);
  }

  private Async<Void> forged(UUID from, Held held) {
    raise(new Alarm.Nonsense(from, "not genuine: " + held.document().key()));
    return Async.done();
  }

  private Async<Void> merge(Held held) {
    Holdings.Judgement judgement = holdings.judge(held);
    judgeContest(held, judgement);
    if (judgement == Holdings.Judgement.FULL) {
      raise(new Alarm.Full(held.document().key().kind()));
    }
    if (!judgement.isTaken()) {
      return Async.done();
    }
    clock.hear(held.stamp());
    return switch (own.hear(held)) {
      case OwnDocuments.Meaning.Ordinary() -> keep(held);
      case OwnDocuments.Meaning.Overtaken(Held ours) -> keep(ours);
      case OwnDocuments.Meaning.ByDouble(UUID incarnation) -> {
        raise(new Alarm.Copied(held.document().key(), incarnation));
        yield keep(held);
      }
    };
  }

  private void judgeContest(Held held, Holdings.Judgement judgement) {
    Document document = held.document();
    holdings
        .find(held.line())
        .map(Held::document)
        .filter(present -> judgement != Holdings.Judgement.SAME && !document.deleted())
        // those are the trust's: it knows both, and says so
        .filter(present -> !document.key().equals(Key.cluster()))
        .filter(present -> present.version().equals(document.version()))
        .ifPresent(present -> raise(new Alarm.Contested(document.key(), document.version())));
  }

  /**
   * A link to a node is there; call {@link Conversation#received} with what it says and {@link
   * Conversation#ended} when it is gone.
   */
  public Conversation connected(Peer peer) {
    Conversation conversation = new Conversation(this, peer);
    conversations.add(conversation);
    conversation.summarize();
    return conversation;
  }

  void disconnected(Conversation conversation) {
    conversations.remove(conversation);
  }

  boolean isClosed() {
    return closed;
  }

  long nanos() {
    return seams.clock().monotonicNanos();
  }

  private void scheduleTick() {
    long jitter = Long.remainderUnsigned(seams.entropy().nextLong(), PERIOD.toNanos() / 4);
    timer = Optional.of(seams.clock().after(PERIOD.plusNanos(jitter), this::tick));
  }

  private void tick() {
    if (closed) {
      return;
    }
    restamp();
    shelf.sweep().observe(done -> {}, cause -> {});
    List.copyOf(conversations).forEach(Conversation::tick);
    scheduleTick();
  }

  /** What we wrote while our clock was far ahead nobody believes: it is written again. */
  private void restamp() {
    for (Held held : own.unbelieved()) {
      Key key = held.document().key();
      Async<?> again =
          switch (held.content()) {
            case Content.Tombstone tombstone ->
                inTurn(key, () -> keepOwn(own.compose(key, held.document().version(), tombstone)));
            case ClusterDocument cluster -> Async.done();
            case NodeDocument node -> write(OwnDocuments.again(held.document(), node));
            case ReplicaDocument replica -> write(OwnDocuments.again(held.document(), replica));
            case ResourceDocument resource -> write(OwnDocuments.again(held.document(), resource));
            case Content.Unread unread -> Async.done();
          };
      again.observe(done -> {}, cause -> {});
    }
  }

  /** Ends all that runs, then gives the store back. Nothing may be asked for afterwards. */
  public Async<Void> close() {
    closed = true;
    timer.ifPresent(Clock.Timer::cancel);
    return turns.whenIdle().then(done -> shelf.sweep()).then(done -> seams.store().unlock());
  }
}
