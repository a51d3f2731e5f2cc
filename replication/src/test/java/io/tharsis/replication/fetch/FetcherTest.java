package io.tharsis.replication.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.Position;
import io.tharsis.replication.wire.LogMessage.Diverged;
import io.tharsis.replication.wire.LogMessage.DurableAt;
import io.tharsis.replication.wire.LogMessage.FetchFrom;
import io.tharsis.replication.wire.LogMessage.Gone;
import io.tharsis.replication.wire.LogMessage.LogRun;
import io.tharsis.replication.wire.LogMessage.Progress;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Log is asked for at one member after the other. */
class FetcherTest {

  private static final FetchLimits LIMITS =
      new FetchLimits(
          1 << 20, 64 << 10, Duration.ofSeconds(12), Duration.ofMillis(100), Duration.ofSeconds(2));
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private final SourceLog source;
  private final Follower follower;
  private final Fetcher fetcher;
  private List<FetchSource> sources = List.of(Follower.FIRST, Follower.SECOND);
  private boolean full;
  private boolean led = true;

  FetcherTest() throws IOException {
    source = new SourceLog(51);
    follower = new Follower(source, 52);
    fetcher =
        SourceLog.on(
            follower.world(),
            () ->
                new Fetcher(
                    new Fetcher.Intake(follower.resource().log(), () -> full, () -> false),
                    follower.around(),
                    LIMITS,
                    () -> sources,
                    () -> led));
    follower.onProgress(fetcher::progressed);
  }

  private ScriptedLinks.Asked asked() {
    return follower.links().asked().orElseThrow(() -> new AssertionError("nobody was asked"));
  }

  /** The next member that is asked is this one, and the link is there. */
  private ScriptedLink linkTo(FetchSource expected) throws IOException {
    ScriptedLinks.Asked asked = asked();
    assertThat(asked.to().node()).contains(expected.node());
    ScriptedLink[] link = new ScriptedLink[1];
    follower.act(() -> link[0] = asked.accept());
    return link[0];
  }

  private ScriptedLink resumed() throws IOException {
    follower.act(fetcher::resume);
    return linkTo(Follower.FIRST);
  }

  private void say(ScriptedLink link, Message message) throws IOException {
    follower.act(() -> link.say(message));
  }

  private Position next() {
    return follower.resource().log().next();
  }

  private long durable() {
    return follower.resource().log().marks().durable();
  }

  private void sayAll(ScriptedLink link) throws IOException {
    while (next().lsn() < source.log().marks().durable()) {
      say(link, source.run(next()));
    }
  }

  private static long credit(List<Message> messages) {
    return messages.stream()
        .mapToLong(message -> message instanceof Progress progress ? progress.creditBytes() : 0)
        .sum();
  }

  @Test
  void asksForWhatComesNextAndTellsHowFarItIs() throws IOException {
    ScriptedLink link = resumed();
    assertThat(link.take())
        .containsExactly(new FetchFrom(Position.start(0), 1 << 20), new Progress(0, 0, 0, false));
    assertThat(fetcher.status().state()).isEqualTo(new FetchState.Fetching(Follower.FIRST.node()));
  }

  @Test
  void credit() throws IOException {
    source.write(128);
    ScriptedLink link = resumed();
    link.take();
    sayAll(link);
    assertThat(durable()).isEqualTo(source.log().marks().durable());
    List<Message> said = link.take();
    assertThat(credit(said)).isEqualTo(durable());
    assertThat(fetcher.status().fetchedBytes()).isEqualTo(durable());
  }

  @Test
  void saysNothingBeforeItIsDurable() throws IOException {
    source.write(64);
    ScriptedLink link = resumed();
    link.take();
    LogRun run = source.run(next());
    SourceLog.on(
        follower.world(),
        () -> {
          link.say(run);
          assertThat(link.sent()).isEmpty();
          return true;
        });
    follower.pass(Duration.ofMillis(20));
    assertThat(link.sent()).isNotEmpty();
  }

  @Test
  void whenEverythingIsThereItIsCaughtUp() throws IOException {
    source.write(4);
    ScriptedLink link = resumed();
    sayAll(link);
    say(link, new DurableAt(durable(), 1L << 40));
    assertThat(fetcher.status().state()).isEqualTo(new FetchState.CaughtUp(Follower.FIRST.node()));
    assertThat(fetcher.status().sourceDurableLsn()).isEqualTo(durable());
  }

  @Test
  void aDamagedRunDoesNotCountAndAnotherMemberIsAsked() throws IOException {
    source.write(64);
    ScriptedLink link = resumed();
    LogRun run = source.run(next());
    ByteBuffer bytes = ByteBuffer.allocate(run.payload().plainBytes());
    bytes.put(run.payload().stored()).flip();
    int middle = bytes.remaining() / 2;
    bytes.put(middle, (byte) (bytes.get(middle) ^ 1));
    say(link, new LogRun(run.position(), true, run.headerBlock(), Payload.plain(bytes)));
    assertThat(link.closed()).isPresent();
    assertThat(durable()).isZero();
    assertThat(fetcher.status().damagedRuns()).isEqualTo(1);
    follower.pass(LONGEST_WAIT);
    ScriptedLink other = linkTo(Follower.SECOND);
    sayAll(other);
    assertThat(durable()).isEqualTo(source.log().marks().durable());
  }

  @Test
  void aRunThatDoesNotFollowDoesNotCount() throws IOException {
    source.write(64);
    ScriptedLink link = resumed();
    LogRun run = source.run(next());
    say(link, run);
    say(link, run);
    assertThat(link.closed()).isPresent();
    assertThat(durable()).isEqualTo(run.payload().plainBytes());
  }

  @Test
  void piecesOfARunAreJoined() throws IOException {
    source.write(64);
    ScriptedLink link = resumed();
    LogRun run = source.run(next());
    ByteBuffer bytes = run.payload().stored();
    int half = 4096;
    say(
        link,
        new LogRun(run.position(), false, run.headerBlock(), Payload.plain(bytes.slice(0, half))));
    assertThat(durable()).isZero();
    Position behind =
        new Position(
            run.position().logfileNumber(), run.position().lsn() + half, run.position().epochId());
    say(
        link,
        new LogRun(
            behind,
            true,
            Optional.empty(),
            Payload.plain(bytes.slice(half, bytes.remaining() - half))));
    assertThat(durable()).isEqualTo(run.payload().plainBytes());
  }

  @Test
  void whoSendsMuchMoreThanItMayIsLeft() throws IOException {
    ScriptedLink link = resumed();
    Payload megabyte = Payload.plain(ByteBuffer.allocate(1 << 20));
    for (int i = 0; i < 18 && link.closed().isEmpty(); i++) {
      long lsn = (long) i << 20;
      say(
          link,
          new LogRun(new Position(1, lsn, new UUID(1, 1)), false, Optional.empty(), megabyte));
    }
    assertThat(link.closed()).isPresent();
  }

  @Test
  void whoIsSilentIsLeft() throws IOException {
    ScriptedLink link = resumed();
    follower.pass(Duration.ofSeconds(10));
    assertThat(link.closed()).isEmpty();
    say(link, new DurableAt(0, 1));
    follower.pass(Duration.ofSeconds(11));
    assertThat(link.closed()).isEmpty();
    follower.pass(Duration.ofSeconds(3));
    assertThat(link.closed()).isPresent();
  }

  @Test
  void whoIsBehindIsLeft() throws IOException {
    source.write(64);
    ScriptedLink link = resumed();
    sayAll(link);
    say(link, new DurableAt(4096, 1));
    assertThat(link.closed()).isPresent();
    assertThat(fetcher.status().state())
        .isInstanceOfSatisfying(
            FetchState.Connecting.class, state -> assertThat(state.reason()).contains("behind"));
  }

  @Test
  void aSecondBestIsLeftForTheBestWhenItHasNothingMore() throws IOException {
    follower.act(fetcher::resume);
    follower.act(() -> asked().refuse("down"));
    follower.pass(LONGEST_WAIT);
    ScriptedLink second = linkTo(Follower.SECOND);
    for (int i = 0; i < 8; i++) {
      say(second, new DurableAt(0, 1));
      follower.pass(Duration.ofSeconds(1));
    }
    assertThat(second.closed()).isPresent();
    linkTo(Follower.FIRST);
  }

  @Test
  void whatTheBestSourceHasNoMoreComesFromAnotherOne() throws IOException {
    source.write(64);
    say(resumed(), new Gone(8192));
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Connecting.class);
    follower.pass(LONGEST_WAIT);
    ScriptedLink other = linkTo(Follower.SECOND);
    sayAll(other);
    assertThat(fetcher.status().state()).isEqualTo(new FetchState.Fetching(Follower.SECOND.node()));
    assertThat(durable()).isEqualTo(source.log().marks().durable());
  }

  @Test
  void goneIsWhatNoSourceHas() throws IOException {
    say(resumed(), new Gone(8192));
    follower.pass(LONGEST_WAIT);
    say(linkTo(Follower.SECOND), new Gone(16384));
    FetchState gone = new FetchState.Gone(Follower.FIRST.node(), 8192);
    assertThat(fetcher.status().state()).isEqualTo(gone);
    follower.pass(LONGEST_WAIT);
    say(linkTo(Follower.FIRST), new Gone(8192));
    assertThat(fetcher.status().state()).as("it stays so").isEqualTo(gone);
  }

  @Test
  void goneIsWhatNoSourceThatCanBeAskedHas() throws IOException {
    say(resumed(), new Gone(8192));
    follower.pass(LONGEST_WAIT);
    follower.act(() -> asked().refuse("down"));
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Gone.class);
  }

  /** Members that miss the same would follow each other for ever. */
  @Test
  void whoHasNoMoreThanOneselfShowsNothing() throws IOException {
    say(resumed(), new Gone(8192));
    follower.pass(LONGEST_WAIT);
    ScriptedLink other = linkTo(Follower.SECOND);
    say(other, new DurableAt(0, 1));
    assertThat(other.closed()).isPresent();
    FetchState gone = new FetchState.Gone(Follower.FIRST.node(), 8192);
    assertThat(fetcher.status().state()).isEqualTo(gone);
    follower.pass(LONGEST_WAIT);
    ScriptedLink best = linkTo(Follower.FIRST);
    source.write(64);
    sayAll(best);
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Fetching.class);
  }

  @Test
  void whatASecondBestSourceDoesNotHaveIsNotGone() throws IOException {
    follower.act(fetcher::resume);
    follower.act(() -> asked().refuse("down"));
    follower.pass(LONGEST_WAIT);
    say(linkTo(Follower.SECOND), new Gone(8192));
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Connecting.class);
  }

  /** A node comes back and meets one after the other. */
  @Test
  void whoIsMetLaterIsAskedBeforeAnythingIsGone() throws IOException {
    source.write(64);
    sources = List.of(Follower.FIRST);
    say(resumed(), new Gone(8192));
    for (int i = 0; i < 4; i++) {
      follower.pass(LONGEST_WAIT);
      say(linkTo(Follower.FIRST), new Gone(8192));
    }
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Gone.class);
    sources = List.of(Follower.FIRST, Follower.SECOND);
    follower.act(fetcher::sourcesChanged);
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Connecting.class);
    ScriptedLinks.Asked next = asked();
    if (next.to().node().equals(Optional.of(Follower.FIRST.node()))) {
      follower.act(() -> next.refuse("down"));
      follower.pass(SOON);
      sayAll(linkTo(Follower.SECOND));
    } else {
      ScriptedLink[] link = new ScriptedLink[1];
      follower.act(() -> link[0] = next.accept());
      sayAll(link[0]);
    }
    assertThat(durable()).isEqualTo(source.log().marks().durable());
  }

  @Test
  void whatThePrimaryOfBeforeHasNoMoreIsNotGone() throws IOException {
    say(resumed(), new Gone(8192));
    follower.pass(LONGEST_WAIT);
    say(linkTo(Follower.SECOND), new Gone(16384));
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Gone.class);
    sources = List.of(Follower.SECOND, Follower.FIRST);
    follower.act(fetcher::sourcesChanged);
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Connecting.class);
  }

  /** Others recycle what they have applied, whoever needs it. */
  @Test
  void whereNoPrimaryIsKnownNothingIsGone() throws IOException {
    led = false;
    say(resumed(), new Gone(8192));
    follower.pass(LONGEST_WAIT);
    say(linkTo(Follower.SECOND), new Gone(16384));
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.Connecting.class);
  }

  @Test
  void divergedIsAState() throws IOException {
    say(resumed(), new Diverged("because"));
    assertThat(fetcher.status().state())
        .isEqualTo(new FetchState.Diverged(Follower.FIRST.node(), "because"));
  }

  @Test
  void refusalsAreWaitedOutLongerAndLonger() throws IOException {
    follower.act(fetcher::resume);
    int attempts = 0;
    for (int seconds = 0; seconds < 20; seconds++) {
      for (var asked = follower.links().asked();
          asked.isPresent();
          asked = follower.links().asked()) {
        attempts++;
        var refused = asked.get();
        follower.act(() -> refused.refuse("no"));
      }
      follower.pass(Duration.ofSeconds(1));
    }
    assertThat(attempts).isBetween(8, 18);
  }

  @Test
  void pausedItAsksForNothingAndLaterGoesOnWhereItWas() throws IOException {
    source.write(128);
    ScriptedLink link = resumed();
    say(link, source.run(next()));
    follower.act(fetcher::pause);
    assertThat(link.closed()).isPresent();
    assertThat(fetcher.status().state()).isEqualTo(new FetchState.Paused());
    follower.pass(Duration.ofSeconds(30));
    assertThat(follower.links().asked()).isEmpty();
    Position where = next();
    ScriptedLink again = resumed();
    assertThat(again.take().getFirst()).isEqualTo(new FetchFrom(where, 1 << 20));
  }

  @Test
  void pausedWhileItConnectsItClosesWhatItGets() throws IOException {
    follower.act(fetcher::resume);
    follower.act(fetcher::pause);
    ScriptedLink late = linkTo(Follower.FIRST);
    assertThat(late.closed()).isPresent();
    assertThat(late.sent()).isEmpty();
  }

  @Test
  void whileReplayIsTooFarBehindItGivesNoCredit() throws IOException {
    source.write(128);
    ScriptedLink link = resumed();
    link.take();
    full = true;
    sayAll(link);
    assertThat(credit(link.take())).isZero();
    assertThat(fetcher.status().state()).isInstanceOf(FetchState.WaitingForRoom.class);
    full = false;
    follower.act(fetcher::progressed);
    assertThat(credit(link.take())).isEqualTo(durable());
  }

  @Test
  void withoutSourcesItSaysSo() throws IOException {
    sources = List.of();
    follower.act(fetcher::resume);
    assertThat(fetcher.status().state()).isEqualTo(new FetchState.NoSource());
    sources = List.of(Follower.SECOND);
    follower.act(fetcher::sourcesChanged);
    linkTo(Follower.SECOND);
  }

  @Test
  void whoIsNoSourceAnyMoreIsLeftAtOnce() throws IOException {
    ScriptedLink link = resumed();
    sources = List.of(Follower.SECOND);
    follower.act(fetcher::sourcesChanged);
    assertThat(link.closed()).isPresent();
    linkTo(Follower.SECOND);
  }
}
