package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

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
