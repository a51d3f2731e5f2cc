package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes that are durable here, and wait for more than that. */
class AnswersTest {

  private static final long SIZE = 16 << 20;

  private final SimWorld world = new SimWorld(39);
  private final List<String> outcomes = new ArrayList<>();
  private long promisedLsn;

  private LoggedResource open(WriteCache cache) throws IOException {
    Disk disk = world.await(() -> world.openSparse("disk", SIZE));
    ResourceConfig config =
        new ResourceConfig(
            "r", List.of(new VolumeConfig(disk, cache)), TestLog.config(TestLog.LIMITS, false));
    Seams seams = TestLog.seams(world, world.await(world::openStore), 1000);
    ResourceListener listener =
        new ResourceListener() {
          @Override
          public boolean mayAnswer(long lsn) {
            return lsn <= promisedLsn;
          }
        };
    return world.await(() -> LoggedResource.open(config, seams, listener));
  }

  private VolumeCompletion told(String what) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        outcomes.add(what + " done");
      }

      @Override
      public void failed(VolumeFault fault) {
        outcomes.add(what + " " + fault);
      }
    };
  }

  private Ticket write(LoggedResource resource, String what, boolean forced) throws IOException {
    ByteBuffer data = TestLog.payload(0, 4096);
    Ticket ticket =
        world.await(() -> Async.of(resource.volume(0).write(0, data, forced, told(what))));
    run();
    return ticket;
  }

  private void on(Runnable action) {
    world.host().owner().execute(action);
    run();
  }

  private void run() {
    world.simulation().runFor(Duration.ofMillis(300));
  }

  private void promise(LoggedResource resource, long lsn) {
    promisedLsn = lsn;
    on(() -> resource.answers().upTo(lsn));
  }

  private static long end(LoggedResource resource) {
    return resource.log().marks().durable();
  }

  @Test
  void whatIsDurableHereWaitsUntilItIsPromised() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    long before = end(resource);
    write(resource, "first", false);
    long first = end(resource);
    write(resource, "second", false);
    assertThat(outcomes).isEmpty();
    promise(resource, before);
    assertThat(outcomes).isEmpty();
    promise(resource, first);
    assertThat(outcomes).containsExactly("first done");
    promise(resource, Long.MAX_VALUE);
    write(resource, "third", false);
    assertThat(outcomes).containsExactly("first done", "second done", "third done");
  }

  @Test
  void unmapsAndScsiStateWaitToo() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    on(() -> {
      var _ = resource.volume(0).unmap(0, 4096, told("unmap"));
      resource.changeScsiState(0, Blob.of(new byte[] {1}), told("state"));
      resource.mark().observe(lsn -> outcomes.add("mark"), cause -> {});
    });
    assertThat(outcomes).containsExactly("mark");
    promise(resource, Long.MAX_VALUE);
    assertThat(outcomes).containsExactly("mark", "unmap done", "state done");
  }

  @Test
  void withAWriteCacheOnlyWhatIsToBeStableWaits() throws IOException {
    LoggedResource resource = open(WriteCache.FLUSH);
    write(resource, "cached", false);
    write(resource, "forced", true);
    on(() -> resource.volume(0).flush(told("flush")));
    assertThat(outcomes).containsExactly("cached done");
    promise(resource, Long.MAX_VALUE);
    assertThat(outcomes).containsExactly("cached done", "forced done", "flush done");
  }

  @Test
  void whoeverIsAbortedDoesNotWait() throws IOException {
    LoggedResource resource = open(WriteCache.FLUSH);
    Ticket ticket = write(resource, "write", true);
    VolumeCompletion flush = told("flush");
    on(() -> {
      resource.volume(0).flush(flush);
      assertThat(resource.volume(0).withdraw(flush)).isFalse();
      assertThat(ticket.cancel()).isFalse();
    });
    assertThat(outcomes).containsExactlyInAnyOrder("write INTERRUPTED", "flush INTERRUPTED");
    assertThat(resource.answers().count()).isZero();
  }

  @Test
  void whoeverWasAbortedBeforeItWasDurableDoesNotWaitEither() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    on(() -> {
      ByteBuffer data = TestLog.payload(0, 4096);
      Ticket ticket = resource.volume(0).write(0, data, false, told("write"));
      assertThat(ticket.cancel()).isFalse();
    });
    assertThat(outcomes).containsExactly("write INTERRUPTED");
  }

  @Test
  void itIsFrozenWhenEverythingIsAnswered() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    write(resource, "write", false);
    on(() -> resource.freeze().observe(at -> outcomes.add("frozen"), cause -> {}));
    assertThat(outcomes).isEmpty();
    promise(resource, end(resource));
    assertThat(outcomes).containsExactly("write done", "frozen");
  }

  @Test
  void whatIsAbortedIsNotWaitedForWhenItIsFrozen() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    Ticket ticket = write(resource, "write", false);
    on(() -> resource.freeze().observe(at -> outcomes.add("frozen"), cause -> {}));
    on(() -> assertThat(ticket.cancel()).isFalse());
    assertThat(outcomes).containsExactlyInAnyOrder("write INTERRUPTED", "frozen");
  }

  @Test
  void thawedBeforeItGoesOnAndCanBeFrozenAgain() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    write(resource, "write", false);
    on(() -> resource.freeze().observe(at -> outcomes.add("frozen"), no -> outcomes.add("not")));
    on(resource::thaw);
    write(resource, "next", false);
    on(() -> resource.freeze().observe(at -> outcomes.add("frozen"), no -> outcomes.add("not")));
    promise(resource, Long.MAX_VALUE);
    assertThat(outcomes).containsExactly("not", "write done", "next done", "frozen");
  }

  @Test
  void closingDoesNotWaitForWhoMayBeGone() throws IOException {
    LoggedResource resource = open(WriteCache.DURABLE);
    write(resource, "write", false);
    on(() -> {
      ByteBuffer data = TestLog.payload(8192, 4096);
      var _ = resource.volume(0).write(8192, data, false, told("under way"));
      resource.close().observe(done -> outcomes.add("closed"), cause -> {});
    });
    world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(outcomes).containsExactly("write INTERRUPTED", "under way INTERRUPTED", "closed");
  }

  @Test
  void aFrozenOneThatIsCededLetsGoOfFlushes() throws IOException {
    LoggedResource resource = open(WriteCache.FLUSH);
    promise(resource, Long.MAX_VALUE);
    write(resource, "write", true);
    on(() -> resource.freeze().observe(at -> outcomes.add("frozen"), cause -> {}));
    promisedLsn = 0;
    on(() -> resource.volume(0).flush(told("flush")));
    on(() -> resource.cede().observe(done -> outcomes.add("ceded"), cause -> {}));
    assertThat(outcomes).containsExactly("write done", "frozen", "flush INTERRUPTED", "ceded");
  }
}
