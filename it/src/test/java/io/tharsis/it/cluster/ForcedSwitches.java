package io.tharsis.it.cluster;

import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All leaves of MARS's forced switches, each on a resource of its own. */
public final class ForcedSwitches {

  private static final String DIRECTORY = "soak-forced-switch";

  private ForcedSwitches() {}

  /** {@code ForcedSwitches [WORD]}: those whose path has it; exits with 1 when any has failed. */
  public static void main(String[] arguments) throws IOException {
    String word = arguments.length == 0 ? "" : arguments[0];
    List<Leaf> failed = new ArrayList<>();
    int run = 0;
    TornPair pair = new TornPair(DIRECTORY);
    try {
      for (Leaf leaf : Leaf.all()) {
        if (leaf.path().contains(word)) {
          run++;
          if (!passes(pair, leaf, "r" + run)) {
            failed.add(leaf);
            pair.close();
            pair = new TornPair(DIRECTORY + "-" + run);
          }
        }
      }
      if (failed.isEmpty()) {
        pair.end();
      }
    } finally {
      pair.close();
    }
    System.out.printf("%d leaves, %d failed%n", run, failed.size());
    if (!failed.isEmpty()) {
      System.out.println("what is left of it is in " + Checkout.find().home().resolve("it/work"));
      System.exit(1);
    }
  }

  private static boolean passes(TornPair pair, Leaf leaf, String resource) {
    long begun = System.nanoTime();
    try {
      new ForcedSwitch(pair, leaf, resource).run();
      System.out.printf(
          "%s passed in %d s%n", leaf, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
      return true;
    } catch (IOException | RuntimeException | AssertionError failure) {
      System.out.printf("%s (%s) FAILED:%n", leaf, resource);
      failure.printStackTrace(System.out);
      return false;
    }
  }
}
