package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Watermarks keep their order, and none goes back. */
final class WatermarksTest {

  private final Watermarks marks = new Watermarks(100, 200, 300, 400);

  @Test
  void aRecoveredLogIsWrittenAndDurableToItsEnd() {
    assertThat(List.of(marks.retained(), marks.checkpoint(), marks.horizon()))
        .containsExactly(100L, 200L, 300L);
    assertThat(List.of(marks.durable(), marks.written(), marks.appended())).containsOnly(400L);
    assertThat(marks.backlogBytes()).isEqualTo(200);
  }

  @Test
  void eachMovesUpToTheNext() {
    marks.advanceAppended(700);
    marks.advanceWritten(600);
    marks.advanceDurable(500);
    marks.advanceHorizon(500);
    marks.advanceCheckpoint(500);
    marks.advanceRetained(500);
    assertThat(marks)
        .hasToString(
            "retained 500, checkpoint 500, horizon 500, durable 500, written 600, appended 700");
  }

  @Test
  void noneOvertakesTheNext() {
    refuses(m -> m.advanceRetained(201), "out of order");
    refuses(m -> m.advanceCheckpoint(301), "out of order");
    refuses(m -> m.advanceHorizon(401), "out of order");
    refuses(m -> m.advanceDurable(401), "out of order");
    refuses(m -> m.advanceWritten(401), "out of order");
    assertThatThrownBy(() -> new Watermarks(100, 99, 300, 400))
        .isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void noneGoesBack() {
    refuses(m -> m.advanceRetained(99), "retained went back from 100 to 99");
    refuses(m -> m.advanceCheckpoint(199), "checkpoint went back");
    refuses(m -> m.advanceHorizon(299), "horizon went back");
    refuses(m -> m.advanceDurable(399), "durable went back");
    refuses(m -> m.advanceWritten(399), "written went back");
    refuses(m -> m.advanceAppended(399), "appended went back");
  }

  private static void refuses(Consumer<Watermarks> change, String why) {
    Watermarks fresh = new Watermarks(100, 200, 300, 400);
    assertThatThrownBy(() -> change.accept(fresh))
        .isInstanceOf(Invariant.Broken.class)
        .hasMessageContaining(why);
  }
}
