package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.CrashMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link StagedLife} whose node becomes the primary, in the middle of whatever its stage was in:
 * it opens the resource to be written, and writes.
 */
final class PromotedLife {

  private static final long STEPS = 1_000_000;

  /** In a region that nothing is staged for. */
  private static final int AT = Math.toIntExact(4 * StagedLife.REGION);

  private static final int BYTES = 4096;
  private static final byte WRITTEN = 'c';

  private final StagedLife life;
  private final List<String> failures = new ArrayList<>();
  private boolean written;

  PromotedLife(StagedLife life) {
    this.life = life;
  }

  /** Opens it, and writes at once. */
  void begin() {
    life.world()
        .host()
        .owner()
        .execute(() ->
            life.onDisk(LoggedResource::open)
                .then(PromotedLife::write)
                .observe(done -> written = true, cause -> failures.add(cause.toString())));
  }

  private static Async<Void> write(LoggedResource resource) {
    ByteBuffer content = ByteBuffer.allocateDirect(BYTES);
    for (int i = 0; i < BYTES; i++) {
      content.put(i, WRITTEN);
    }
    Async<Void> ended = new Async<>();
    var _ = resource.volume(0).write(AT, content, true, new Reporting(ended, "the write"));
    return ended;
  }

  /** Lets it come to its end. */
  void finish() {
    life.world().simulation().runUntil(() -> written || !failures.isEmpty(), STEPS);
    if (!failures.isEmpty()) {
      throw new AssertionError("it cannot be opened to be written: " + failures);
    }
    if (!life.leftovers().isEmpty()) {
      throw new AssertionError("left over beside a log that is written: " + life.leftovers());
    }
  }

  boolean hasWritten() {
    return written;
  }

  /** A crash, and the volume is one moment, with what was written on top if it was. */
  void judgeAfter(Optional<CrashMode> power) throws IOException {
    life.crash(power);
    byte[] content = life.world().await(() -> life.onDisk(LoggedResource::open).then(this::read));
    boolean shown = content[AT] == WRITTEN;
    if (written && !shown) {
      throw new AssertionError("an acknowledged write is lost: " + life.leftovers());
    }
    if (shown) {
      takeBack(content);
    }
    if (!StagedLife.isOldMoment(content) && !StagedLife.isNewMoment(content)) {
      throw new AssertionError("the volume is no moment");
    }
  }

  private static void takeBack(byte[] content) {
    for (int i = AT; i < AT + BYTES; i++) {
      if (content[i] != WRITTEN) {
        throw new AssertionError("half a write");
      }
      content[i] = StagedLife.OLD;
    }
  }

  private Async<byte[]> read(LoggedResource resource) {
    ByteBuffer into = ByteBuffer.allocateDirect(Math.toIntExact(StagedLife.DISK_BYTES));
    Async<Void> ended = new Async<>();
    resource.volume(0).read(0, into, new Reporting(ended, "the read"));
    return ended.map(done -> {
      byte[] content = new byte[into.capacity()];
      into.get(0, content);
      return content;
    });
  }
}
