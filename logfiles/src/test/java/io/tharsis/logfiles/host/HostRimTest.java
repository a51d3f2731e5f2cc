package io.tharsis.logfiles.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** What only the binding to the host has: threads, locks, truncated files, what a crash leaves. */
class HostRimTest {

  private static final int SIZE = 1 << 20;

  @TempDir private Path directory;
  private HostWorld world;

  @BeforeEach
  void open() {
    world = new HostWorld(directory, HostDisk.Options.BUFFERED);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private Disk openDisk() throws IOException {
    return world.await(() -> world.openSparse("disk", SIZE));
  }

  @Test
  void aFileThatWasTruncatedBehindOurBackEndsEarly() throws IOException {
    Disk disk = openDisk();
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("disk").toFile(), "rw")) {
      file.setLength(1000);
    }
    assertThat(world.read(disk, 0, 1000)).containsOnly(0);
    assertThatIOException()
        .isThrownBy(() -> world.read(disk, 512, 512))
        .withMessageContaining("disk: ends before byte 1024");
    world.await(disk::close);
  }

  @Test
  void readsDoNotWaitBehindWrites() throws IOException {
    Disk disk = openDisk();
    CountDownLatch release = new CountDownLatch(1);
    List<Async<Void>> writes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      world.threads().writing().execute(() -> waitFor(release));
    }
    world.await(() -> {
      List<Extent> extents = List.of(Extent.of(0, ByteBuffer.allocateDirect(512)));
      writes.add(Async.start(done -> disk.write(extents, Durability.DURABLE, done)));
      return Async.done();
    });
    // longer than what the owner reads itself, so it needs a thread
    int length = HostDisk.INLINE_READ_LIMIT_BYTES + 1;
    assertThat(world.read(disk, 4096, length)).hasSize(length);
    assertThat(world.await(() -> Async.of(writes.getFirst().isDone()))).isFalse();
    release.countDown();
    world.await(writes::getFirst);
    world.await(disk::close);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void threadsHaveNamesAndEndInGoodOrder() {
    List<String> names = new ArrayList<>();
    try (IoThreads threads = new IoThreads("mine", 1, 1)) {
      for (int i = 0; i < 100; i++) {
        threads.writing().execute(() -> names.add(Thread.currentThread().getName()));
      }
    }
    assertThat(names).hasSize(100).containsOnly("mine-write-1");
  }

  @Test
  void whatCannotBeStartedFails() throws IOException {
    Disk disk = openDisk();
    world.threads().close();
    assertThatIOException()
        .isThrownBy(() -> world.run(disk::sync))
        .withMessageContaining("shutting down");
    assertThatIOException()
        .isThrownBy(() -> world.await(disk::allocated))
        .withMessageContaining("shutting down");
  }

  @Test
  void aReaderNeedsNoLockAndCannotWrite() throws IOException {
    Disk disk = openDisk();
    Disk reader =
        world.await(() ->
            HostDisk.open(
                directory.resolve("disk"),
                world.owner(),
                world.threads(),
                HostDisk.Options.READ_ONLY));
    assertThat(world.read(reader, 0, 512)).containsOnly(0);
    assertThatIOException()
        .isThrownBy(() -> world.run(done -> reader.punch(new Range(0, 512), done)))
        .withMessageContaining("Bad file descriptor");
    world.await(reader::close);
    world.await(disk::close);
  }

  /** A file system in memory has no other medium. */
  @Test
  void whoOpensItReadsTheMediumAndNotTheCache(
      @TempDir(factory = BesideTheClasses.class) Path onDisk) throws IOException {
    Path path = onDisk.resolve("disk");
    Files.write(path, new byte[SIZE]);
    Scratch scratch = new Scratch(1);
    HostFile file =
        HostFile.open(scratch, Libc.AT_FDCWD, path.toString(), "disk", HostDisk.Options.READ_ONLY);
    ByteBuffer block = ByteBuffer.allocateDirect(4096);
    file.sync(scratch);
    Disk disk =
        world.await(
            () -> HostDisk.open(path, world.owner(), world.threads(), HostDisk.Options.BUFFERED));
    boolean inMemory = Files.getFileStore(path).type().equals("tmpfs");
    assertThat(file.readCached(scratch, block, 0)).isEqualTo(inMemory ? 4096 : 0);
    world.await(disk::close);
    file.close(scratch);
  }

  private static final class BesideTheClasses implements TempDirFactory {
    @Override
    public Path createTempDirectory(
        AnnotatedElementContext elementContext, ExtensionContext extensionContext)
        throws IOException {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "rim");
    }
  }

  @Test
  void whatIsNoFileIsNoDisk() {
    assertThatIOException()
        .isThrownBy(() ->
            world.await(() ->
                HostDisk.open(
                    directory, world.owner(), world.threads(), HostDisk.Options.READ_ONLY)))
        .withMessageContaining("neither a regular file nor a block device");
  }

  @Test
  void whatACrashLeftOfACreationIsRemovedByTheLock() throws IOException {
    Path store = Files.createDirectory(directory.resolve("store"));
    Files.writeString(store.resolve("log.creating"), "half");
    Store opened = world.await(world::openStore);
    assertThat(world.await(opened::list)).isEmpty();
    world.await(opened::lock);
    assertThat(Files.exists(store.resolve("log.creating"))).isFalse();
    world.await(() -> opened.create("log", SIZE).then(Disk::close));
    assertThat(Files.size(store.resolve("log"))).isEqualTo(SIZE);
  }

  @Test
  void aRefusedLockLeavesTheLeftoversToTheirOwner() throws IOException {
    Store first = world.await(world::openStore);
    Store second = world.await(world::openStore);
    world.await(first::lock);
    Path half = Files.writeString(directory.resolve("store/log.creating"), "being made");
    assertThatIOException().isThrownBy(() -> world.await(second::lock));
    assertThat(Files.exists(half)).isTrue();
  }

  /** Somebody takes the name while the file is being filled: both descriptors are given back. */
  @Test
  void aCreationThatFailsAtTheVeryEndLeavesNothingOpen() throws IOException {
    try (HostWorld direct = new HostWorld(directory, HostDisk.Options.DIRECT)) {
      Store store = direct.await(direct::openStore);
      Path name = directory.resolve("store/log");
      while (!isTakenWhileBeingCreated(direct, store, name)) {
        Files.delete(name);
      }
      assertThat(openFiles()).noneMatch(file -> file.startsWith(name.toString()));
    }
  }

  /** Whether the creation failed; if it was faster, the file is there. */
  private static boolean isTakenWhileBeingCreated(HostWorld world, Store store, Path name)
      throws IOException {
    Path half = name.resolveSibling("log.creating");
    List<Async<Void>> creations = new ArrayList<>();
    world.await(() -> {
      creations.add(store.create("log", 64L * SIZE).then(Disk::close));
      return Async.done();
    });
    while (Files.notExists(half) && Files.notExists(name)) {
      Thread.onSpinWait();
    }
    try {
      Files.createDirectory(name);
    } catch (FileAlreadyExistsException late) {
      world.await(creations::getFirst);
      return false;
    }
    assertThatIOException().isThrownBy(() -> world.await(creations::getFirst));
    return true;
  }

  private static List<String> openFiles() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open) {
        try {
          names.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException closed) {
          // the listing's own
        }
      }
    }
    return names;
  }

  @Test
  void idsAreRandom() {
    HostEntropy entropy = new HostEntropy();
    assertThat(entropy.nextUuid()).isNotEqualTo(entropy.nextUuid());
  }
}
