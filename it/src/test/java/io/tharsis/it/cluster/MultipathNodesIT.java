package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.conformance.Expectation;
import io.tharsis.it.conformance.SuiteRun;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The family of libiscsi's suite that is about several paths, over the portals of two nodes, of
 * which one forwards; with each of them as the first path, and as the primary. A result that
 * differs fails, also where it is better.
 */
@Tag("long")
class MultipathNodesIT {

  private static final String R = "r";
  private static final String FAMILY = "MultipathIO.";

  @Test
  void twoNodesAreTwoPathsToOneUnit() throws IOException {
    List<Expectation> family =
        Expectation.read(Checkout.find().home().resolve("it/conformance.tsv")).stream()
            .filter(one -> one.test().startsWith(FAMILY))
            .toList();
    assertThat(family).isNotEmpty();
    try (TornPair pair = new TornPair("multipath-nodes")) {
      pair.alpha().tell("create-resource", R, pair.alpha().disk(R).toString(), "--size", "64MiB");
      pair.beta().awaitShown(R + ":");
      pair.beta().tell("join-resource", R, pair.beta().disk(R).toString());
      pair.beta().tell("wait-resource", R, "uptodate");
      IscsiUrl atAlpha = pair.alpha().awaitLun(R);
      IscsiUrl atBeta = pair.beta().awaitLun(R);
      for (Expectation one : family) {
        verify(one, List.of(atAlpha, atBeta));
        verify(one, List.of(atBeta, atAlpha));
      }
      pair.beta().tell("primary", R);
      Portals.awaitAgreement(List.of(atAlpha, atBeta));
      for (Expectation one : family) {
        verify(one, List.of(atAlpha, atBeta));
      }
      pair.end();
    }
  }

  private static void verify(Expectation expected, List<IscsiUrl> paths) throws IOException {
    SuiteRun run = SuiteRun.of(expected.test(), paths);
    assertThat(run.verdict())
        .as("%s over %s:%n%s", expected.test(), paths, run.output())
        .isEqualTo(expected.verdict());
  }
}
