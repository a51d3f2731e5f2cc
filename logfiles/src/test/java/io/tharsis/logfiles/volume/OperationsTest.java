package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Completion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationsTest {

  private final List<String> seen = new ArrayList<>();
  private final Operations operations = new Operations(() -> seen.add("end"));

  @Test
  void failingEndsEachOnceInOrderAndLaterOutcomesCountForNothing() {
    VolumeCompletion first = operations.begun(recorded("first"));
    VolumeCompletion second = operations.begun(recorded("second"));
    VolumeCompletion third = operations.begun(recorded("third"));
    second.succeeded();
    assertThat(operations.count()).isEqualTo(2);

    operations.failAll(VolumeFault.LOG_STOPPED);
    first.succeeded();
    third.failed(VolumeFault.READ_FAILED);

    assertThat(operations.count()).isZero();
    assertThat(seen)
        .containsExactly(
            "second ok", "end", "first LOG_STOPPED", "end", "third LOG_STOPPED", "end");
  }

  @Test
  void failingLeavesABufferToTheDiskUntilTheDiskGivesItBack() {
    Operations.Operation read = operations.begun(recorded("read"));
    Completion disk = read.lend(Completion.of(() -> seen.add("disk ok"), cause -> {}));

    operations.failAll(VolumeFault.LOG_STOPPED);
    assertThat(seen).isEmpty();
    assertThat(operations.count()).isEqualTo(1);

    disk.succeeded();
    assertThat(seen).containsExactly("read LOG_STOPPED", "end");
    assertThat(read.isOver()).isTrue();
  }

  @Test
  void failingEndsAtOnceWhatTheDiskHasGivenBack() {
    Operations.Operation read = operations.begun(recorded("read"));
    read.lend(Completion.of(() -> seen.add("disk ok"), cause -> {})).succeeded();

    operations.failAll(VolumeFault.LOG_STOPPED);

    assertThat(seen).containsExactly("disk ok", "read LOG_STOPPED", "end");
  }

  @Test
  void whatIsTakenBackCountsNoMoreAndIsNeverToldOf() {
    Operations.Operation write = operations.begun(recorded("write"));
    write.drop();
    write.succeeded();

    operations.failAll(VolumeFault.LOG_STOPPED);

    assertThat(operations.count()).isZero();
    assertThat(seen).isEmpty();
  }

  private VolumeCompletion recorded(String name) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        seen.add(name + " ok");
      }

      @Override
      public void failed(VolumeFault fault) {
        seen.add(name + " " + fault);
      }
    };
  }
}
