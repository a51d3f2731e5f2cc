package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Command numbering against its rules, from any first number. */
class CommandWindowTest {

  private static final int DEPTH = 8;

  @Property
  void theWindowNeverShrinksBelowAPromiseNorExceedsTheDepth(
      @ForAll int first, @ForAll @Size(max = 200) List<Boolean> steps) {
    CommandWindow window = new CommandWindow(DEPTH, first);
    int outstanding = 0;
    int told = window.maxCmdSn();
    for (boolean receive : steps) {
      if (receive && window.contains(window.expCmdSn())) {
        window.advance();
        window.enter();
        outstanding++;
      } else if (!receive && outstanding > 0) {
        window.leave();
        outstanding--;
      }
      int now = window.maxCmdSn();
      assertThat(now - told).isNotNegative();
      assertThat(now - window.expCmdSn() + 1).isBetween(0, DEPTH);
      assertThat(outstanding + (now - window.expCmdSn() + 1)).isLessThanOrEqualTo(DEPTH);
      assertThat(window.contains(now + 1)).isFalse();
      assertThat(window.contains(window.expCmdSn() - 1)).isFalse();
      told = now;
    }
  }
}
