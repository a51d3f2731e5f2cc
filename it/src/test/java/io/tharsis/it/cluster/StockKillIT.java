package io.tharsis.it.cluster;

import io.tharsis.it.vm.Guest;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Kills nodes of a cluster under a file system of a stock Linux initiator. The properties {@code
 * tharsis.stock-kill.rounds} and {@code tharsis.stock-kill.seed} say how often and which.
 */
@Tag("long")
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
class StockKillIT {

  @BeforeAll
  static void make() throws IOException {
    Guest.make();
  }

  @Test
  void programsOnTheFileSystemOnlySeePauses() throws IOException {
    int rounds = Integer.getInteger("tharsis.stock-kill.rounds", 5);
    long seed = Long.getLong("tharsis.stock-kill.seed", System.nanoTime() & 0xffff_ffffL);
    System.out.println("StockKillIT: " + rounds + " rounds, seed " + seed);
    try (StockKillRounds kills = new StockKillRounds("stock-kill", seed)) {
      System.out.println("StockKillIT: " + kills.run(rounds));
    }
  }
}
