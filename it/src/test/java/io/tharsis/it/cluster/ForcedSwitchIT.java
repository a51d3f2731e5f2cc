package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A handful of leaves of MARS's forced switches, see {@link ForcedSwitch}; {@code it/soak
 * --forced-switch} runs all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForcedSwitchIT {

  /** One whose log is destroyed, and one that is split, written to at both sides, and reclaimed. */
  private static final Set<String> IN_THE_GATE =
      Set.of(
          "connected/data_dev_not_in_use/secon_becomes_prim/no_full_replay",
          "logrot_spl_brain_orig_secon/logrot_orig_prim/not_connected/data_dev_in_use"
              + "/orig_prim_becomes_prim");

  private TornPair pair;
  private int resources;

  @BeforeAll
  void start() throws IOException {
    pair = new TornPair("forced-switch");
  }

  @AfterAll
  void end() throws IOException {
    if (pair != null) {
      pair.close();
    }
  }

  static Stream<Leaf> leaves() throws IOException {
    return Leaf.all().stream().filter(leaf -> IN_THE_GATE.contains(leaf.path()));
  }

  @ParameterizedTest
  @MethodSource("leaves")
  @DisplayName("admin/switch2primary_force")
  void leaf(Leaf leaf) throws IOException {
    new ForcedSwitch(pair, leaf, "r" + ++resources).run();
  }

  @Test
  void everyLeafIsThereOnce() throws IOException {
    List<Leaf> all = Leaf.all();
    assertThat(all).hasSize(61).doesNotHaveDuplicates();
    assertThat(leaves()).hasSize(IN_THE_GATE.size());
  }
}
