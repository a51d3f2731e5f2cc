package io.tharsis.it.vm;

import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Power cuts of an initiator's machine that relies on a write cache, with a kill of the node. The
 * property {@code tharsis.vm.cuts} says how many.
 */
@DisabledIfSystemProperty(named = "tharsis.it.vm", matches = "no")
class PowerCutIT {

  @BeforeAll
  static void make() throws IOException {
    Guest.make();
  }

  @Test
  void whatWasSyncedIsThereInTheNextLife() throws IOException {
    Path directory = Checkout.find().workDirectory("power-cut");
    System.out.println(
        "PowerCutIT: " + new PowerCuts(directory).run(Integer.getInteger("tharsis.vm.cuts", 1)));
    Checkout.remove(directory);
  }
}
