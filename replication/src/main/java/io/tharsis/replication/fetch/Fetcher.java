package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.FetchRefusal;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.log.ShippedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.replication.link.BackOff;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
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

  /**
   * Where log goes.
   *
   * @param log of the resource
   * @param isFull whether so much of it waits to be replayed that no more should come for now
   * @param isConsistent whether the disks with this log are one moment of the resource's life
   */
  public record Intake(ReceivedLog log, BooleanSupplier isFull, BooleanSupplier isConsistent) {}

  private final Intake intake;
  private final ReceivedLog log;
  private final Surroundings around;
  private final FetchLimits limits;
  private final Supplier<List<FetchSource>> sources;
  private final BooleanSupplier led;
  private final Lag lag = new Lag();
  private FetchState state = new FetchState.Paused();
  private Optional<Visit> visit = Optional.empty();
  private Optional<Clock.Timer> retry = Optional.empty();
  private Optional<FetchState> verdict = Optional.empty();
  private List<FetchSource> known = List.of();
  private boolean running;
  private boolean closed;
  private int failures;
  private int choice;

  /** Which choice it was when the best one was found to be of no use. */
  private int judged;

  private int receiving;
  private long fetchedBytes;
  private long damagedRuns;

  /**
   * A fetcher that is paused.
   *
   * @param sources who may be asked now, best first; never this node itself
   * @param led whether the first of them is the primary: what another one has no more may be there
   */
  public Fetcher(
      Intake intake,
      Surroundings around,
      FetchLimits limits,
      Supplier<List<FetchSource>> sources,
      BooleanSupplier led) {
    this.intake = intake;
    this.log = intake.log();
    this.around = around;
    this.limits = limits;
    this.sources = sources;
    this.led = led;
    look();
  }

  /** Begins to fetch, or goes on. Idempotent. */
  public void resume() {
    if (!running && !closed) {
      running = true;
      failures = 0;
      fromTheBest();
      next();
    }
  }

  /** Fetches nothing any more until it is resumed. What has arrived still becomes durable. */
  public void pause() {
    running = false;
    state = new FetchState.Paused();
    forgetRetry();
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
    boolean gone =
        visit.filter(now -> sources.get().stream().noneMatch(now.source::equals)).isPresent();
    meet();
    if (gone) {
      fromTheBest();
      endVisit("it is no source any more");
    }
    next();
  }

  /**
   * Who was no source before is asked soon, and before anything is said to be gone: it may have
   * kept what others have no more. What somebody has said who is not the best any more counts no
   * more.
   */
  private void meet() {
    List<FetchSource> before = known;
    known = sources.get();
    if (!known.stream().findFirst().equals(before.stream().findFirst())
        || (isOrphan() && !led.getAsBoolean())) {
      verdict = Optional.empty();
    }
    if (!before.containsAll(known)) {
      judged = choice;
      failures = 0;
      forgetRetry();
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
    Optional<String> shortage =
        intake.isFull().getAsBoolean()
            ? Optional.of("replay is too far behind")
            : log.shortage().filter(it -> receiving > 0);
    if (visit.isPresent() && shortage.isPresent()) {
      return new FetchState.WaitingForRoom(visit.get().source.node(), shortage.get());
    }
    return running ? verdict.filter(this::isFinal).orElse(state) : state;
  }

  /**
   * What the best source has no more another one may have kept: a primary of before, for whom that
   * one has not. So it is gone only when all were asked.
   */
  private boolean isFinal(FetchState why) {
    return !(why instanceof FetchState.Gone) || choice - judged >= sources.get().size();
  }

  /** Whether the best one has said that it has no more what is needed, and nobody has shown it. */
  private boolean isOrphan() {
    return verdict.filter(it -> it instanceof FetchState.Gone).isPresent();
  }

  /** The best one is asked next. */
  private void forgetRetry() {
    retry.ifPresent(Clock.Timer::cancel);
    retry = Optional.empty();
  }

  private void fromTheBest() {
    choice = 0;
    judged = 0;
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
  private void failed(Visit which, FetchState.Connecting why) {
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
    return new BackOff(limits.backOff(), limits.longestBackOff()).after(times, around.entropy());
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
    private final Pieces pieces = new Pieces();
    private Optional<Link> open = Optional.empty();
    private Position expected = log.next();
    private boolean ended;
    private int looksCaughtUp;
    private long heardAt = now();
    private long outstanding;
    private long owed;
    private long toldCheckpoint = -1;
    private boolean toldConsistent;
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

    private FetchState.Connecting connecting(String reason) {
      return new FetchState.Connecting(source.node(), String.valueOf(reason));
    }

    void end(String why) {
      ended = true;
      open.ifPresent(link -> link.close(why));
    }

    /** The source is no good; the next one. */
    private void leave(String reason) {
      end(reason);
      failed(this, connecting(reason));
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
      owed = limits.creditBytes();
      outstanding = takeOwed();
      link.send(new LogMessage.FetchFrom(expected, outstanding));
      report();
    }

    /** Credit that may be given now: for everything that is durable here, unless it piles up. */
    private long takeOwed() {
      long grant = intake.isFull().getAsBoolean() ? 0 : owed;
      owed -= grant;
      return grant;
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
            useless(new FetchState.Gone(source.node(), oldest), "it has no more what is needed");
        case LogMessage.Diverged(String reason) -> diverged(reason);
        default -> leave("it sent what a source does not send: " + message);
      }
    }

    private void diverged(String reason) {
      useless(new FetchState.Diverged(source.node(), reason), "the logs diverged: " + reason);
    }

    /**
     * The source has nothing for us. Of the best one that is the state until log comes after all,
     * once the others were asked; those may just know less. That something is gone only the primary
     * can say: it keeps what members need, and the others recycle what they have applied.
     */
    private void useless(FetchState why, String words) {
      if (isBest() && (led.getAsBoolean() || !(why instanceof FetchState.Gone))) {
        judged = verdict.isPresent() ? judged : choice;
        verdict = Optional.of(why);
      }
      leave(words);
    }

    private boolean isBest() {
      return sources.get().stream().findFirst().filter(source::equals).isPresent();
    }

    private void durableAt(long durable, long time) {
      boolean hasNothing = durable == expected.lsn() && isOrphan() && !isBest();
      if (durable < expected.lsn() || hasNothing) {
        leave("it is behind, durable up to " + durable);
        return;
      }
      lag.heard(durable, time);
      lag.reached(log.marks().checkpoint());
      failures = 0;
      if (isBest()) {
        verdict = Optional.empty();
      }
      state =
          durable == log.marks().durable()
              ? new FetchState.CaughtUp(source.node())
              : new FetchState.Fetching(source.node());
    }

    private void take(LogMessage.LogRun piece) {
      outstanding -= piece.payload().plainBytes();
      if (outstanding < -ShippedLog.MAX_RUN_BYTES) {
        leave("it sends more than there was credit for");
        return;
      }
      try {
        pieces.add(piece).ifPresent(this::receive);
      } catch (FormatException bad) {
        damaged(bad.getMessage());
      }
    }

    private void receive(Pieces.Run run) {
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
      verdict = Optional.empty();
      owed += bytes;
      failures = 0;
      report();
      next();
    }

    /** Says how far we are: at once if the source may need it, never twice the same. */
    void report() {
      if (ended || open.isEmpty()) {
        return;
      }
      long durable = log.marks().durable();
      long checkpoint = log.marks().checkpoint();
      long grant = takeOwed();
      boolean applied = checkpoint != toldCheckpoint && receiving == 0;
      boolean consistent = intake.isConsistent().getAsBoolean();
      if (durable != toldDurable || grant > 0 || applied || consistent != toldConsistent) {
        toldDurable = durable;
        toldConsistent = consistent;
        toldCheckpoint = checkpoint;
        outstanding += grant;
        open.get().send(new LogMessage.Progress(durable, checkpoint, grant, consistent));
      }
    }

    private void refused(IOException cause) {
      receiving--;
      if (cause instanceof FetchRefusal refusal && refusal.code() == FetchRefusal.Code.DIVERGED) {
        diverged(refusal.getMessage());
      } else {
        damaged(cause.getMessage());
      }
      next();
    }

    private void damaged(String reason) {
      if (!ended) {
        damagedRuns++;
        leave("what came does not count: " + reason);
      }
    }

    /**
     * A source that owes us something and says nothing is given up; one that has nothing more, and
     * is not the best, is left for the best: members that follow each other only would stand still.
     */
    void look() {
      boolean secondBest = state instanceof FetchState.CaughtUp && !isBest();
      if (secondBest && ++looksCaughtUp >= LOOKS_AT_SECOND_BEST) {
        end("another source may have more");
        visit = Optional.empty();
        fromTheBest();
        return;
      }
      boolean silent = now() - heardAt > limits.silence().toNanos();
      if (open.isPresent() && !ended && silent && receiving == 0) {
        leave("it says nothing");
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
