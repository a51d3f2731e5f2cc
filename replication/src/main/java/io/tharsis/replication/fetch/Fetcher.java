package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.FetchRefusal;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Gets the log of a resource from other members: one at a time, in order of preference, for as long
 * as it is not paused. Tells a source only what is durable here. Lives on the owner of the received
 * log.
 */
public final class Fetcher {

  /** How often the fetcher looks whether something stands still. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How often it looks before it leaves a source that has nothing more for a better one. */
  private static final int LOOKS_AT_SECOND_BEST = 5;

  /**
   * What a fetcher reaches the world through.
   *
   * @param links to other nodes
   * @param home where its links live: the owner of the log, and its clock
   * @param entropy for jitter
   */
  public record Surroundings(Links links, LinkHome home, Entropy entropy) {}

  private final ReceivedLog log;
  private final Surroundings around;
  private final FetchLimits limits;
  private final Supplier<List<FetchSource>> sources;
  private final Lag lag = new Lag();
  private FetchState state = new FetchState.Paused();
  private Optional<Visit> visit = Optional.empty();
  private Optional<Clock.Timer> retry = Optional.empty();
  private boolean running;
  private boolean closed;
  private int failures;
  private int choice;
  private int receiving;
  private long fetchedBytes;
  private long damagedRuns;

  /**
   * A fetcher that is paused.
   *
   * @param sources who may be asked now, best first; never this node itself
   */
  public Fetcher(
      ReceivedLog log,
      Surroundings around,
      FetchLimits limits,
      Supplier<List<FetchSource>> sources) {
    this.log = log;
    this.around = around;
    this.limits = limits;
    this.sources = sources;
    look();
  }

  /** Begins to fetch, or goes on. Idempotent. */
  public void resume() {
    if (!running && !closed) {
      running = true;
      failures = 0;
      choice = 0;
      next();
    }
  }

  /** Fetches nothing any more until it is resumed. What has arrived still becomes durable. */
  public void pause() {
    running = false;
    state = new FetchState.Paused();
    retry.ifPresent(Clock.Timer::cancel);
    retry = Optional.empty();
    endVisit("fetching is paused");
  }

  /** Ends it for good. */
  public void close() {
    closed = true;
    pause();
  }

  /** Whether nothing that arrived is on its way to the log any more. */
  public boolean isIdle() {
    return receiving == 0;
  }

  /** Other members may be asked than before, or in another order. */
  public void sourcesChanged() {
    boolean stuck =
        state instanceof FetchState.NoSource
            || state instanceof FetchState.Gone
            || state instanceof FetchState.Diverged;
    boolean gone =
        visit
            .filter(now -> sources.get().stream().noneMatch(it -> it.equals(now.source)))
            .isPresent();
    if (running && (stuck || gone)) {
      endVisit("it is no source any more");
      choice = 0;
      next();
    }
  }

  /** Watermarks of the log here have moved. */
  public void progressed() {
    lag.reached(log.marks().checkpoint());
    visit.ifPresent(Visit::report);
  }

  /** How it is doing. */
  public FetchStatus status() {
    return new FetchStatus(
        stateNow(), lag.durableLsn(), lag.hybridTime(), lag.millis(), fetchedBytes, damagedRuns);
  }

  private FetchState stateNow() {
    Optional<String> stopped = log.stopReason();
    if (stopped.isPresent()) {
      return new FetchState.Stopped(stopped.get());
    }
    Optional<String> shortage = log.shortage();
    return receiving > 0 && shortage.isPresent() && visit.isPresent()
        ? new FetchState.WaitingForRoom(visit.get().source.node(), shortage.get())
        : state;
  }

  private void next() {
    boolean busy = visit.isPresent() || retry.isPresent() || receiving > 0;
    if (!running || busy || log.stopReason().isPresent()) {
      return;
    }
    List<FetchSource> known = sources.get();
    if (known.isEmpty()) {
      state = new FetchState.NoSource();
      return;
    }
    Visit now = new Visit(known.get(choice % known.size()));
    visit = Optional.of(now);
    if (!(state instanceof FetchState.Connecting)) {
      state = new FetchState.Connecting(now.source.node(), "");
    }
    now.connect();
  }

  /** The source could not be asked, or was no good: the next one, after a while. */
  private void failed(Visit which, FetchState why) {
    if (visit.filter(which::equals).isEmpty()) {
      return;
    }
    visit = Optional.empty();
    if (!running) {
      return;
    }
    state = why;
    choice++;
    failures++;
    retry =
        Optional.of(
            around
                .home()
                .clock()
                .after(
                    pauseAfter(failures),
                    () -> {
                      retry = Optional.empty();
                      next();
                    }));
  }

  private Duration pauseAfter(int times) {
    long longest = limits.longestBackOff().toNanos();
    long pause = Math.min(longest, limits.backOff().toNanos() << Math.min(times - 1, 20));
    long jitter = Math.floorMod(around.entropy().nextLong(), pause / 2 + 1);
    return Duration.ofNanos(pause / 2 + jitter);
  }

  private void endVisit(String why) {
    Optional<Visit> ending = visit;
    visit = Optional.empty();
    ending.ifPresent(it -> it.end(why));
  }

  private void look() {
    around
        .home()
        .clock()
        .after(
            LOOK,
            () -> {
              if (!closed) {
                visit.ifPresent(Visit::look);
                next();
                look();
              }
            });
  }

  /** One attempt to get log from one source. */
  private final class Visit implements LinkHandler {
    private final FetchSource source;
    private final List<LogMessage.LogRun> pieces = new ArrayList<>();
    private Optional<Link> open = Optional.empty();
    private Position expected = log.next();
    private boolean ended;
    private int looksCaughtUp;
    private long heardAt = now();
    private long outstanding;
    private long owed;
    private long toldCheckpoint = -1;
    private long toldDurable = -1;

    Visit(FetchSource source) {
      this.source = source;
    }

    private long now() {
      return around.home().clock().monotonicNanos();
    }

    void connect() {
      Hello.Purpose purpose = Hello.Purpose.of(LinkClass.LOG, log.resourceId());
      around
          .links()
          .connect(
              new Destination(source.address(), purpose, Optional.of(source.node())),
              around.home(),
              this)
          .observe(link -> {}, cause -> failed(this, connecting(cause.getMessage())));
    }

    private FetchState connecting(String reason) {
      return new FetchState.Connecting(source.node(), String.valueOf(reason));
    }

    void end(String why) {
      ended = true;
      open.ifPresent(link -> link.close(why));
    }

    /** The source is no good; the next one. */
    private void leave(FetchState why, String words) {
      end(words);
      failed(this, why);
    }

    @Override
    public void opened(Link link) {
      open = Optional.of(link);
      if (ended) {
        link.close("not wanted any more");
        return;
      }
      state = new FetchState.Fetching(source.node());
      heardAt = now();
      outstanding = limits.creditBytes();
      link.send(new LogMessage.FetchFrom(expected, outstanding));
    }

    @Override
    public void received(Link link, Message message) {
      if (ended) {
        return;
      }
      heardAt = now();
      switch (message) {
        case LogMessage.LogRun piece -> take(piece);
        case LogMessage.DurableAt(long durable, long time) -> durableAt(durable, time);
        case LogMessage.Gone(long oldest) ->
            leave(new FetchState.Gone(source.node(), oldest), "it has no more what is needed");
        case LogMessage.Diverged(String reason) ->
            leave(new FetchState.Diverged(source.node(), reason), "the logs diverged");
        default -> leave(connecting("it sent " + message), "a message that a source does not send");
      }
    }

    private void durableAt(long durable, long time) {
      if (durable < expected.lsn()) {
        leave(connecting("it is durable only up to " + durable), "it is behind");
        return;
      }
      lag.heard(durable, time);
      lag.reached(log.marks().checkpoint());
      failures = 0;
      state =
          durable == log.marks().durable()
              ? new FetchState.CaughtUp(source.node())
              : new FetchState.Fetching(source.node());
    }

    private void take(LogMessage.LogRun piece) {
      outstanding -= piece.payload().plainBytes();
      pieces.add(piece);
      if (outstanding < -Fetcher.this.limits.creditBytes()) {
        leave(connecting("it sends more than it may"), "more than there was credit for");
      } else if (piece.last()) {
        try {
          receive(whole());
        } catch (FormatException bad) {
          damaged(bad.getMessage());
        }
      }
    }

    private record Run(Position position, Optional<ByteBuffer> header, ByteBuffer bytes) {}

    private Run whole() throws FormatException {
      LogMessage.LogRun first = pieces.getFirst();
      int length = 0;
      for (LogMessage.LogRun piece : pieces) {
        length += piece.payload().plainBytes();
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect(length);
      for (LogMessage.LogRun piece : pieces) {
        if (piece.position().lsn() != first.position().lsn() + bytes.position()) {
          throw new FormatException(0, "pieces of a run are out of order");
        }
        bytes.put(Compression.expand(piece.payload()));
      }
      pieces.clear();
      return new Run(first.position(), first.headerBlock(), bytes.flip());
    }

    private void receive(Run run) {
      int length = run.bytes().remaining();
      if (run.position().lsn() != expected.lsn()) {
        damaged("it sent LSN " + run.position().lsn() + " instead of " + expected.lsn());
        return;
      }
      if (!(state instanceof FetchState.Fetching)) {
        state = new FetchState.Fetching(source.node());
      }
      receiving++;
      Async<Void> begun = run.header().map(log::begin).orElseGet(Async::done);
      begun
          .then(done -> log.receive(run.position().lsn(), run.bytes()))
          .observe(done -> durable(length), this::refused);
      expected = log.next();
    }

    private void durable(int bytes) {
      receiving--;
      fetchedBytes += bytes;
      owed += bytes;
      failures = 0;
      report();
      next();
    }

    /** Says how far we are: at once if the source may need it, never twice the same. */
    void report() {
      long durable = log.marks().durable();
      long checkpoint = log.marks().checkpoint();
      boolean news = durable != toldDurable || owed > 0;
      boolean applied = checkpoint != toldCheckpoint && receiving == 0;
      if (ended || open.isEmpty() || !(news || applied)) {
        return;
      }
      toldDurable = durable;
      toldCheckpoint = checkpoint;
      outstanding += owed;
      open.get().send(new LogMessage.Progress(durable, checkpoint, owed));
      owed = 0;
    }

    private void refused(IOException cause) {
      receiving--;
      if (cause instanceof FetchRefusal refusal && refusal.code() == FetchRefusal.Code.DIVERGED) {
        leave(new FetchState.Diverged(source.node(), refusal.getMessage()), "the logs diverged");
      } else {
        damaged(cause.getMessage());
      }
      next();
    }

    private void damaged(String reason) {
      if (!ended) {
        damagedRuns++;
        leave(connecting(reason), "what came does not count: " + reason);
      }
    }

    /**
     * A source that owes us something and says nothing is given up; one that has nothing more, and
     * is not the best, is left for the best: members that follow each other only would stand still.
     */
    void look() {
      boolean isBest = sources.get().stream().findFirst().filter(source::equals).isPresent();
      if (state instanceof FetchState.CaughtUp
          && !isBest
          && ++looksCaughtUp >= LOOKS_AT_SECOND_BEST) {
        end("another source may have more");
        visit = Optional.empty();
        choice = 0;
        return;
      }
      boolean silent = now() - heardAt > limits.silence().toNanos();
      if (open.isPresent() && !ended && silent && receiving == 0) {
        leave(connecting("it says nothing"), "nothing came for too long");
      }
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      open = Optional.empty();
      if (!ended) {
        ended = true;
        failed(this, connecting(end.words()));
      }
    }
  }

  /** Who is asked at the moment. */
  public Optional<UUID> source() {
    return visit.map(now -> now.source.node());
  }
}
