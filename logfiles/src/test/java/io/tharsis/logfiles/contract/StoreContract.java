package io.tharsis.logfiles.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Store} does. */
public abstract class StoreContract {

  private static final long SIZE = 3 << 20;

  private World world;
  private Store store;

  /** A fresh world. */
  protected abstract World newWorld() throws IOException;

  @BeforeEach
  void open() throws IOException {
    world = newWorld();
    store = world.await(world::openStore);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void createAndClose(String file) throws IOException {
    world.await(() -> store.create(file, SIZE).then(Disk::close));
  }

  private void refused(Supplier<Async<?>> operation, String... saying) {
    assertThatThrownBy(() -> world.await(() -> operation.get().map(value -> "done")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(saying);
  }

  @Test
  void aNewFileIsFullOfAllocatedZeros() throws IOException {
    Disk disk = world.await(() -> store.create("log-2", SIZE));
    assertThat(disk.sizeBytes()).isEqualTo(SIZE);
    assertThat(world.read(disk, 0, (int) SIZE)).containsOnly(0);
    assertThat(world.await(disk::allocated)).containsExactly(new Range(0, SIZE));
    world.await(disk::close);
  }

  @Test
  void namesAreListedSorted() throws IOException {
    assertThat(world.await(store::list)).isEmpty();
    world.await(store::lock);
    for (String file : List.of("b", "a", "log-10", "log-2")) {
      createAndClose(file);
    }
    world.await(store::syncDirectory);
    assertThat(world.await(store::list)).containsExactly("a", "b", "log-10", "log-2");
  }

  @Test
  void whatIsThereIsNotCreatedAgain() throws IOException {
    createAndClose("a");
    refused(() -> store.create("a", SIZE), "a");
    assertThat(world.await(store::list)).containsExactly("a");
    world.await(() -> store.open("a").then(Disk::close));
  }

  @Test
  void aFileIsOpenOnlyOnce() throws IOException {
    Disk disk = world.await(() -> store.create("a", SIZE));
    refused(() -> store.open("a"), "a", "already in use");
    refused(() -> store.delete("a"), "a", "already in use");
    world.await(disk::close);
    Disk again = world.await(() -> store.open("a"));
    assertThat(again.sizeBytes()).isEqualTo(SIZE);
    world.await(again::close);
  }

  @Test
  void aRenamedFileKeepsItsContentIdentityAndOpenDisk() throws IOException {
    Disk disk = world.await(() -> store.create("a", SIZE));
    ByteBuffer seven = ByteBuffer.allocateDirect(512).put(0, (byte) 7);
    world.await(() -> store.rename("a", "b"));
    List<Extent> extents = List.of(Extent.of(0, seven));
    world.run(done -> disk.write(extents, Durability.DURABLE, done));
    String identity = disk.identity();
    world.await(disk::close);
    assertThat(world.await(store::list)).containsExactly("b");
    Disk renamed = world.await(() -> store.open("b"));
    assertThat(world.read(renamed, 0, 1)).containsExactly(7);
    assertThat(renamed.identity()).isEqualTo(identity);
    world.await(renamed::close);
  }

  @Test
  void renamingNeverReplaces() throws IOException {
    createAndClose("a");
    createAndClose("b");
    refused(() -> store.rename("a", "b"), "b", "exists");
    refused(() -> store.rename("c", "d"), "c", "No such file");
    assertThat(world.await(store::list)).containsExactly("a", "b");
  }

  @Test
  void aDeletedFileIsGoneAndItsNameFree() throws IOException {
    createAndClose("a");
    world.await(() -> store.delete("a"));
    assertThat(world.await(store::list)).isEmpty();
    refused(() -> store.open("a"), "a", "No such file");
    refused(() -> store.delete("a"), "a", "No such file");
    createAndClose("a");
  }

  @Test
  void creatingTakesSpaceAndDeletingGivesItBack() throws IOException {
    assertThat(world.await(store::freeBytes)).isGreaterThan(SIZE);
    createAndClose("a");
    world.await(() -> store.delete("a"));
    assertThat(world.await(store::freeBytes)).isGreaterThan(SIZE);
  }

  @Test
  void theDirectoryIsLockedOnce() throws IOException {
    Store second = world.await(world::openStore);
    world.await(store::lock);
    refused(second::lock, "already in use");
    world.await(store::unlock);
    world.await(second::lock);
    refused(store::lock, "already in use");
    world.await(second::unlock);
  }
}
