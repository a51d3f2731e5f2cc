package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a mode stands in the resource's document. */
class ModeSettingTest {

  private static final LinkLoss STALL = new LinkLoss(Duration.ofMillis(1500), Reaction.STALL);

  private static final Map<String, ReplicationMode> GOLDEN =
      Map.of(
          "async",
          new ReplicationMode.Async(),
          "sync 3 10000 degrade",
          new Sync(3, LinkLoss.DEFAULT),
          "near-sync 1048576 - 1500 stall",
          new NearSync(OptionalLong.of(1 << 20), Optional.empty(), STALL),
          "near-sync - 2000 10000 degrade",
          new NearSync(OptionalLong.empty(), Optional.of(Duration.ofSeconds(2)), LinkLoss.DEFAULT));

  @Test
  void itIsWrittenAndReadAsEver() {
    GOLDEN.forEach((text, mode) -> {
      assertThat(ModeSetting.write(mode)).isEqualTo(text);
      assertThat(ModeSetting.read(text)).isEqualTo(mode);
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "quorum 3", "sync x 10000 degrade", "sync 2 10000 pray", "sync 2"})
  void whatIsNotKnownIsTakenForAPromise(String text) {
    assertThat(ModeSetting.read(text)).isEqualTo(new Sync(2, LinkLoss.DEFAULT));
  }
}
