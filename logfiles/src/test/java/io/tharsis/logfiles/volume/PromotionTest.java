package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.sim.CrashMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A replica that is opened to be written, whatever is staged beside it. */
class PromotionTest {

  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(128L << 20);

  private static Stream<Optional<CrashMode>> ways() {
    return Stream.concat(
        Stream.of(Optional.empty()), Stream.of(CrashMode.values()).map(Optional::of));
  }

  private static String name(Optional<CrashMode> power) {
    return power.map(mode -> "power fails, " + mode).orElse("process is killed");
  }

  /** Each way takes other events, unless all are taken. */
  private static int offset(Optional<CrashMode> power) {
    return power.map(mode -> 1 + List.of(CrashMode.values()).indexOf(mode)).orElse(0);
  }

  /** Everything is staged and nothing counts. */
  private static StagedLife staged() throws IOException {
    StagedLife life = StagedLife.prepared(ROOMY);
    life.stampsAreBeyondTheLog();
    life.work();
    life.runFor(Duration.ofSeconds(30));
    life.crash(Optional.empty());
    return life;
  }

  @Test
  void whatIsStagedIsGivenUpBeforeAnythingIsWritten() throws IOException {
    StagedLife life = staged();
    PromotedLife promoted = new PromotedLife(life);
    promoted.begin();
    promoted.finish();
    promoted.judgeAfter(Optional.of(CrashMode.NOTHING));
  }

  /** Crashed after every event of the stage, and again in the middle of being opened. */
  @TestFactory
  Stream<DynamicTest> everyEventOfTheStageIsOneAtWhichItIsPromoted() {
    return ways().map(way -> DynamicTest.dynamicTest(name(way), () -> sweepStage(way)));
  }

  private static void sweepStage(Optional<CrashMode> power) throws IOException {
    long before = StagedLife.prepared(ROOMY).events();
    StagedLife undisturbed = StagedLife.prepared(ROOMY);
    undisturbed.work();
    undisturbed.finish();
    int stride = Integer.getInteger("tharsis.stride", 7);
    long first = offset(power) % stride;
    for (long crash = first; crash < undisturbed.events() - before; crash += stride) {
      StagedLife life = StagedLife.prepared(ROOMY);
      life.work();
      life.run(crash);
      promoteTwice(life, crash * 13 % 499, power, "after event " + crash);
    }
  }

  /** Of what a stage that does not count is given up, every event. */
  @TestFactory
  Stream<DynamicTest> everyEventOfGivingAStageUpIsACrashPoint() {
    return ways().map(way -> DynamicTest.dynamicTest(name(way), () -> sweepPromotion(way)));
  }

  private static void sweepPromotion(Optional<CrashMode> power) throws IOException {
    StagedLife undisturbed = staged();
    long before = undisturbed.events();
    PromotedLife promoted = new PromotedLife(undisturbed);
    promoted.begin();
    promoted.finish();
    long events = undisturbed.events() - before;
    assertThat(events).isBetween(50L, 2_000L);
    int stride = Integer.getInteger("tharsis.stride", 7);
    long first = offset(power) % stride;
    for (long crash = first; crash < events; crash += stride) {
      promoteTwice(staged(), crash, power, "of a stage, after event " + crash);
    }
  }

  private static void promoteTwice(
      StagedLife life, long crash, Optional<CrashMode> power, String what) {
    try {
      life.crash(power);
      PromotedLife first = new PromotedLife(life);
      first.begin();
      life.run(crash);
      if (first.hasWritten()) {
        first.judgeAfter(power);
      }
      life.crash(power);
      PromotedLife second = new PromotedLife(life);
      second.begin();
      second.finish();
      second.judgeAfter(power);
    } catch (AssertionError | RuntimeException | IOException failure) {
      throw new AssertionError(what, failure);
    }
  }
}
