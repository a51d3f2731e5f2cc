package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.vm.Guest;
import io.tharsis.it.vm.Handovers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The stock Linux initiator at real nodes between which the role of the primary moves. The
 * properties {@code tharsis.vm-handovers} and {@code tharsis.vm-handover-kills} say how often.
 */
@Tag("long")
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VmHandoverIT {

  private final int rounds = Integer.getInteger("tharsis.vm-handovers", 4);
  private final int kills = Integer.getInteger("tharsis.vm-handover-kills", 2);
  private VmHandovers handovers;

  @BeforeAll
  void start() throws IOException {
    Guest.make();
    handovers = new VmHandovers("vm-handover");
  }

  @AfterAll
  void end() throws IOException {
    if (handovers != null) {
      handovers.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void programsSeePausesOnly(VmHandovers.Way way) throws IOException {
    print(way.toString(), handovers.planned(way, rounds));
  }

  @Test
  void programsGoOnWhenThePrimaryIsKilledAndAnotherOneIsForced() throws IOException {
    print("killed", handovers.killed(kills));
  }

  @Test
  void whatHasABranchDoesNotServe() throws IOException {
    Handovers.Seen seen = handovers.split(kills);
    print("split", seen);
    assertThat(seen.failedPaths()).as("paths that were given up").isPositive();
  }

  @Test
  void programsGoOnWhenTheMachineMovesTheRole() throws IOException {
    try (VmHandovers wishes = VmHandovers.takingWishes("vm-wishes")) {
      Handovers.Seen seen = wishes.wished(rounds);
      print("wished", seen);
      assertThat(seen.failedPaths()).as("paths that were given up").isPositive();
    }
  }

  private static void print(String what, Handovers.Seen seen) {
    System.out.println("VmHandoverIT: " + what + ": " + seen);
  }
}
