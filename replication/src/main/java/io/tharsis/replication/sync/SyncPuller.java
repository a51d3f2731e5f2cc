package io.tharsis.replication.sync;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.ReadBuffers;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.volume.FollowingResource;
import io.tharsis.logfiles.volume.Hold;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.fetch.Fetcher;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.SyncMessage;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkExtent;
import io.tharsis.replication.wire.SyncMessage.ChunkRefused;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import io.tharsis.replication.wire.SyncMessage.ChunkZero;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gets what a secondary's dirty map says from other members, chunk by chunk, until nothing is
 * dirty. Each chunk's range is kept from the Applier from before the request names the checkpoint
 * until its content is on the disk or dropped. Lives on the resource's owner; the resource is
 * closed only when this is idle.
 */
public final class SyncPuller {

  private final FollowingResource resource;
  private final Fetcher.Surroundings around;
  private final SyncLimits limits;
  private final Supplier<List<FetchSource>> sources;
  private SyncState state = new SyncState.Paused();
  private Optional<Visit> visit = Optional.empty();
  private Optional<Clock.Timer> retry = Optional.empty();
  private Optional<Async<Void>> closing = Optional.empty();
  private boolean running;
  private int choice;
  private int underWay;
  private long nextId;
  private long equalBytes;
  private long zeroBytes;
  private long copiedBytes;
  private long dropped;

  /**
   * A puller that is paused.
   *
   * @param sources who may be asked now, best first; never this node itself
   */
  public SyncPuller(
      FollowingResource resource,
      Fetcher.Surroundings around,
      SyncLimits limits,
      Supplier<List<FetchSource>> sources) {
    this.resource = resource;
    this.around = around;
    this.limits = limits;
    this.sources = sources;
  }

  /** Begins to sync, or goes on. Idempotent. */
  public void resume() {
    running = closing.isEmpty();
    next();
  }

  /** Asks for nothing any more until it is resumed; what was asked for is dropped. */
  public void pause() {
    running = false;
    state = new SyncState.Paused();
    retry.ifPresent(Clock.Timer::cancel);
    retry = Optional.empty();
    endVisit("sync is paused");
  }

  /** Ends it for good; succeeds when nothing is under way: no hold, no read, no write. */
  public Async<Void> close() {
    pause();
    Async<Void> closed = new Async<>();
    closing = Optional.of(closed);
    closeIfIdle();
    return closed;
  }

  private void closeIfIdle() {
    if (underWay == 0) {
      closing.filter(it -> !it.isDone()).ifPresent(it -> it.succeed(null));
    }
  }

  /** Something at the resource has moved: more may have become dirty. */
  public void progressed() {
    if (state instanceof SyncState.Done) {
      next();
    }
  }

  /** Other members may be asked than before. */
  public void sourcesChanged() {
    boolean gone =
        visit.filter(now -> sources.get().stream().noneMatch(now.source::equals)).isPresent();
    if (gone) {
      endVisit("it is no source any more");
    }
    next();
  }

  /** How it is doing. */
  public SyncStatus status() {
    return new SyncStatus(
        state, resource.dirty().dirtyBytes(), equalBytes, zeroBytes, copiedBytes, dropped);
  }

  private void next() {
    if (!running || visit.isPresent() || retry.isPresent()) {
      return;
    }
    if (resource.dirty().isEmpty()) {
      state = new SyncState.Done();
      return;
    }
    List<FetchSource> known = sources.get();
    if (known.isEmpty()) {
      state = new SyncState.NoSource();
      nextLater();
      return;
    }
    Visit now = new Visit(known.get(choice % known.size()));
    visit = Optional.of(now);
    if (!(state instanceof SyncState.Connecting)) {
      state = new SyncState.Connecting(now.source.node(), "");
    }
    now.connect();
  }

  private void failed(Visit which, String reason) {
    if (visit.filter(which::equals).isEmpty()) {
      return;
    }
    visit = Optional.empty();
    choice++;
    if (running) {
      state = new SyncState.Connecting(which.source.node(), reason);
      nextLater();
    }
  }

  private void nextLater() {
    retry =
        Optional.of(
            around
                .home()
                .clock()
                .after(
                    limits.pause(),
                    () -> {
                      retry = Optional.empty();
                      next();
                    }));
  }

  private void endVisit(String why) {
    Optional<Visit> ending = visit;
    visit = Optional.empty();
    ending.ifPresent(it -> it.end(why));
  }

  /** One source, as long as it is good. */
  private final class Visit implements LinkHandler {
    private final FetchSource source;
    private final SortedMap<Long, Chunk> asked = new TreeMap<>();
    private Optional<Link> open = Optional.empty();
    private Optional<Clock.Timer> pause = Optional.empty();
    private boolean ended;
    private boolean found;
    private int chunks;
    private int volume;
    private long offset;

    Visit(FetchSource source) {
      this.source = source;
    }

    void connect() {
      Hello.Purpose purpose = Hello.Purpose.of(LinkClass.SYNC, resource.id());
      around
          .links()
          .connect(
              new Destination(source.address(), purpose, Optional.of(source.node())),
              around.home(),
              this)
          .observe(link -> {}, cause -> failed(this, String.valueOf(cause.getMessage())));
    }

    @Override
    public void opened(Link link) {
      open = Optional.of(link);
      if (ended) {
        link.close("not wanted any more");
        return;
      }
      state = new SyncState.Syncing(source.node());
      fill();
    }

    void end(String why) {
      ended = true;
      pause.ifPresent(Clock.Timer::cancel);
      List.copyOf(asked.values()).forEach(Chunk::drop);
      open.ifPresent(link -> link.close(why));
    }

    @Override
    public void roomAgain(Link link) {
      fill();
    }

    /** Asks for chunks up to the window; from the beginning again when all were asked for once. */
    private void fill() {
      while (!ended
          && pause.isEmpty()
          && chunks < limits.window()
          && open.map(Link::hasRoom).orElse(false)) {
        Optional<Chunk> chunk = nextChunk();
        if (chunk.isEmpty()) {
          wrap();
          return;
        }
        chunks++;
        underWay++;
        chunk.get().begin();
      }
    }

    private Optional<Chunk> nextChunk() {
      while (volume < resource.volumeCount()) {
        Optional<Range> range = resource.dirty().next(volume, offset, limits.chunkBytes());
        if (range.isPresent()) {
          found = true;
          offset = range.get().to();
          return Optional.of(new Chunk(this, volume, range.get()));
        }
        volume++;
        offset = 0;
      }
      return Optional.empty();
    }

    private void wrap() {
      if (chunks > 0) {
        return;
      }
      volume = 0;
      offset = 0;
      if (resource.dirty().isEmpty()) {
        endVisit("everything is synced");
        next();
      } else if (found) {
        found = false;
        around.home().owner().execute(this::fill);
      } else {
        // Dirty beyond the end of a volume that has not grown yet.
        rest();
      }
    }

    /** A chunk was dropped: not at once again. */
    private void rest() {
      if (pause.isEmpty() && !ended) {
        pause =
            Optional.of(
                around
                    .home()
                    .clock()
                    .after(
                        limits.pause(),
                        () -> {
                          pause = Optional.empty();
                          fill();
                        }));
      }
    }

    void chunkEnded() {
      chunks--;
      underWay--;
      closeIfIdle();
      fill();
    }

    @Override
    public void received(Link link, Message message) {
      Optional<Chunk> chunk =
          message instanceof SyncMessage answer
              ? Optional.ofNullable(asked.remove(answer.id()))
              : Optional.empty();
      if (ended || chunk.isEmpty()) {
        return; // too late: it was dropped
      }
      Chunk of = chunk.get();
      switch (message) {
        case ChunkEqual(long id, ChunkStamp stamp) -> of.equal(stamp);
        case ChunkZero(long id, ChunkStamp stamp) -> of.zero(stamp);
        case ChunkData data -> of.data(data);
        case ChunkRefused(long id, var code, String words) -> {
          of.drop();
          leave(code + ": " + words);
        }
        default -> {
          of.drop();
          leave("it sent " + message);
        }
      }
    }

    /** The source is no good at the moment. */
    void leave(String reason) {
      if (!ended) {
        end(reason);
        failed(this, reason);
      }
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      open = Optional.empty();
      leave(end.words());
    }
  }

  /** One range on its way here. */
  private final class Chunk {
    private final Visit of;
    private final int volume;
    private final Range range;
    private final long id = nextId++;
    private Optional<Hold> hold = Optional.empty();
    private boolean isCompared;
    private Optional<Clock.Timer> deadline = Optional.empty();

    Chunk(Visit of, int volume, Range range) {
      this.of = of;
      this.volume = volume;
      this.range = range;
    }

    void begin() {
      resource.hold(volume, range).observe(this::held, cause -> dropNow());
    }

    private void held(Hold granted) {
      hold = Optional.of(granted);
      if (of.ended) {
        dropNow();
        return;
      }
      ByteBuffer own = buffers().take((int) range.lengthBytes());
      resource
          .readDisk(volume, range.from(), own)
          .observe(
              done -> {
                ask(Optional.of(own));
                buffers().giveBack(own);
              },
              cause -> ask(Optional.empty()));
    }

    private ReadBuffers buffers() {
      return resource.log().readBuffers();
    }

    /** A range of ours that cannot be read may still be written. */
    private void ask(Optional<ByteBuffer> own) {
      if (of.ended || of.open.isEmpty()) {
        dropNow();
        return;
      }
      of.asked.put(id, this);
      isCompared = own.isPresent();
      deadline = Optional.of(around.home().clock().after(limits.answer(), this::late));
      ChunkExtent extent = new ChunkExtent(volume, range.from(), (int) range.lengthBytes());
      of.open
          .get()
          .send(
              new ChunkRequest(
                  id, extent, hold.orElseThrow().checkpointLsn(), own.map(Content::digest)));
    }

    private void late() {
      of.asked.remove(id);
      dropNow();
      of.leave("no answer within " + limits.answer().toSeconds() + " s");
    }

    void equal(ChunkStamp stamp) {
      if (!isCompared) {
        dropNow();
        of.leave("said to be equal to what cannot be read here");
        return;
      }
      put(stamp, it -> resource.confirm(hold.orElseThrow(), it), () -> equalBytes += bytes());
    }

    void zero(ChunkStamp stamp) {
      put(stamp, it -> resource.putZeros(hold.orElseThrow(), it), () -> zeroBytes += bytes());
    }

    void data(ChunkData data) {
      try {
        ByteBuffer content = direct(Compression.expand(data.payload()));
        put(
            data.stamp(),
            it -> resource.put(hold.orElseThrow(), content, it),
            () -> {
              copiedBytes += bytes();
              buffers().giveBack(content);
            });
      } catch (FormatException damaged) {
        dropNow();
        of.leave("a chunk cannot be read: " + damaged.getMessage());
      }
    }

    private ByteBuffer direct(ByteBuffer bytes) {
      return buffers().take(bytes.remaining()).put(bytes).flip();
    }

    private long bytes() {
      return range.lengthBytes();
    }

    private void put(ChunkStamp stamp, Function<Stamp, Async<Void>> change, Runnable counted) {
      deadline.ifPresent(Clock.Timer::cancel);
      if (!isOurs(stamp) || stamp.lsn() < hold.orElseThrow().checkpointLsn()) {
        // Of another branch, or of an epoch that the log will bring soon.
        dropNow();
        return;
      }
      change
          .apply(new Stamp(stamp.lsn(), stamp.epochId()))
          .observe(
              done -> {
                counted.run();
                release();
              },
              // The resource tells why, for people.
              cause -> dropNow());
    }

    /** Of an epoch that the log here went through, and not from beyond where the next one forks. */
    private boolean isOurs(ChunkStamp stamp) {
      Lineage lineage = resource.log().lineage();
      return lineage.find(stamp.epochId()).isPresent()
          && lineage.mayReach(stamp.epochId(), stamp.lsn());
    }

    /** The visit has ended while an answer was waited for. */
    void drop() {
      of.asked.remove(id);
      dropNow();
    }

    private void dropNow() {
      dropped++;
      of.rest();
      release();
    }

    private void release() {
      deadline.ifPresent(Clock.Timer::cancel);
      hold.ifPresent(Hold::release);
      hold = Optional.empty();
      of.chunkEnded();
    }
  }
}
