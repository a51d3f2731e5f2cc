package io.tharsis.logfiles.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a simulated directory loses and refuses. */
class SimDirectoryFaultTest {

  private static final int SEEDS = 60;
  private static final long SIZE = 8192;

  private SimWorld world = new SimWorld(0);
  private Store store = world.host().directory("store").open(world.host().owner());

  private void start(long seed) {
    world = new SimWorld(seed);
    reopen();
  }

  private void reopen() {
    store = directory().open(world.host().owner());
  }

  private SimDirectory directory() {
    return world.host().directory("store");
  }

  private void create(String file) throws IOException {
    world.await(() -> store.create(file, SIZE).then(Disk::close));
  }

  private List<String> filesAfterPowerFailure() throws IOException {
    world.host().powerFail();
    reopen();
    List<String> files = world.await(store::list);
    assertThat(world.host().space().usedBytes()).isEqualTo(files.size() * SIZE);
    assertThat(directory().durableFiles()).isEqualTo(files);
    return files;
  }

  @Test
  void unsyncedEntriesAreKeptOrLostOneByOne() throws IOException {
    TreeMap<String, Integer> outcomes = new TreeMap<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      start(seed);
      create("old");
      create("gone");
      world.await(store::syncDirectory);
      create("new");
      world.await(() -> store.rename("old", "renamed"));
      world.await(() -> store.delete("gone"));
      List<String> files = filesAfterPowerFailure();
      outcomes.merge(files.toString(), 1, Integer::sum);
      assertThat(files.contains("old")).isNotEqualTo(files.contains("renamed"));
    }
    assertThat(outcomes).hasSize(8);
  }

  @Test
  void syncedEntriesStay() throws IOException {
    for (int seed = 0; seed < 10; seed++) {
      start(seed);
      create("a");
      create("b");
      world.await(() -> store.rename("a", "c"));
      world.await(() -> store.delete("b"));
      world.await(store::syncDirectory);
      assertThat(filesAfterPowerFailure()).containsExactly("c");
    }
  }

  @Test
  void aChangeNeedsTheEarlierOnesOfItsName() throws IOException {
    TreeSet<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      start(seed);
      create("a");
      world.await(() -> store.rename("a", "b"));
      create("a");
      world.await(() -> store.delete("b"));
      outcomes.add(filesAfterPowerFailure().toString());
    }
    assertThat(outcomes).containsExactly("[]", "[a, b]", "[a]", "[b]");
  }

  @Test
  void theProbabilityCanBeSet() throws IOException {
    directory().keepUnsynced(1);
    create("a");
    assertThat(filesAfterPowerFailure()).containsExactly("a");
    directory().keepUnsynced(0);
    create("b");
    assertThat(filesAfterPowerFailure()).containsExactly("a");
  }

  @Test
  void aKillLosesNoEntry() throws IOException {
    create("a");
    world.await(store::lock);
    world.host().kill();
    reopen();
    assertThat(world.await(store::list)).containsExactly("a");
    world.await(store::lock);
    world.await(() -> store.open("a"));
  }

  @Test
  void aCrashDuringACreationLeavesNothing() throws IOException {
    world.owner().execute(() -> store.create("a", SIZE));
    world.simulation().runSteps(1);
    directory().keepUnsynced(1);
    assertThat(filesAfterPowerFailure()).isEmpty();
  }

  @Test
  void operationsFailOnOrderAndLeaveThingsAsTheyWere() throws IOException {
    create("a");
    SimFaults faults = directory().faults();
    fails(faults.next(Fault.CREATE_ERROR), () -> create("b"));
    fails(faults.next(Fault.RENAME_ERROR), () -> world.await(() -> store.rename("a", "b")));
    fails(faults.next(Fault.DELETE_ERROR), () -> world.await(() -> store.delete("a")));
    fails(faults.next(Fault.OPEN_ERROR), () -> world.await(() -> store.open("a")));
    fails(faults.next(Fault.LIST_ERROR), () -> world.await(store::list));
    fails(faults.next(Fault.DIRECTORY_SYNC_ERROR), () -> world.await(store::syncDirectory));
    assertThat(world.await(store::list)).containsExactly("a");
    assertThat(directory().durableFiles()).isEmpty();
    assertThat(world.host().space().usedBytes()).isEqualTo(SIZE);
    world.await(store::syncDirectory);
    assertThat(directory().durableFiles()).containsExactly("a");
  }

  private static void fails(
      SimFaults ordered, org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
    assertThat(ordered).isNotNull();
    assertThatIOException().isThrownBy(operation).withMessageContaining("Input/output error");
  }

  @Test
  void foreignFilesLeaveNoSpace() throws IOException {
    world.host().space().limit(4 * SIZE);
    create("a");
    world.host().space().fillAllBut(SIZE - 1);
    assertThat(world.await(store::freeBytes)).isEqualTo(SIZE - 1);
    assertThatThrownBy(() -> create("b")).isInstanceOf(NoSpaceException.class);
    assertThat(world.await(store::list)).containsExactly("a");
    world.host().space().removeForeign();
    create("b");
  }
}
